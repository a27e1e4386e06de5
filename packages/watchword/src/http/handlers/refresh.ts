import { isWithoutSecret } from '../client-authentication.ts';
import type { Handler } from '../handler.ts';
import { callerOf } from '../neutral.ts';
import { readPresentedRefresh } from '../parse/presented-refresh.ts';
import { presentTokens, tokenCookies } from '../present/tokens.ts';
import { problem } from '../problem.ts';
import { respondJson } from '../respond.ts';
import { refuseDelivery } from '../sign-in-answer.ts';

/**
 * `POST /auth/refresh`. No refusal clears a cookie: it may have been overtaken by a sign-in, and what it was refused with may no
 * longer be what the browser holds.
 */
export const refresh: Handler = async (request, context) => {
  const { engine } = context;
  const reading = await readPresentedRefresh(request, context);
  if (reading.kind === 'refused') return problem(reading.code, reading);
  if (reading.kind === 'absent') return problem('ERR_REFRESH_MISSING');
  const { presented, delivery, clientId } = reading;
  const refusal = refuseDelivery(request, delivery, context, engine.sessions.namedBy(presented));
  if (refusal !== undefined) return refusal;
  // Who has a secret proves itself with it, at `/oauth/token`.
  if (clientId !== undefined && !(await isWithoutSecret(clientId, engine))) {
    return problem('ERR_REFRESH_INVALID');
  }
  const outcome = await engine.refresher.refresh(presented, { clientId, delivery, ...callerOf(request) });
  switch (outcome.kind) {
    case 'rotated':
    case 'current':
    case 'resent':
    case 'resent_late':
    case 'moved_forward':
      return respondJson(200, presentTokens(outcome), tokenCookies(outcome, request, context));
    case 'reused':
    case 'refused':
      return problem('ERR_REFRESH_INVALID');
    case 'ahead':
      return problem('ERR_STORE_ROLLED_BACK');
  }
};
