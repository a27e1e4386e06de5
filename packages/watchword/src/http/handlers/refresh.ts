import { isWithoutSecret } from '../client-authentication.ts';
import type { Handler } from '../handler.ts';
import { callerOf } from '../neutral.ts';
import { readPresentedRefresh } from '../parse/presented-refresh.ts';
import { presentTokens, tokenCookies } from '../present/tokens.ts';
import { problem } from '../problem.ts';
import { respondJson } from '../respond.ts';
import { refuseDelivery } from '../sign-in-answer.ts';

/**
 * `POST /auth/refresh`. No answer of it clears a cookie: it may have been overtaken by a sign-in, and what it was refused
 * with may no longer be what the browser holds.
 */
export const refresh: Handler = async (request, context) => {
  const { engine, settings } = context;
  const presented = await readPresentedRefresh(request, settings);
  if (presented.kind === 'refused') return problem(presented.code, presented);
  if (presented.kind === 'absent') return problem('ERR_REFRESH_MISSING');
  const { token, delivery, clientId } = presented;
  const refusal = refuseDelivery(request, delivery, context);
  if (refusal !== undefined) return refusal;
  // Who has a secret proves itself with it, at `/oauth/token`.
  if (clientId !== undefined && !(await isWithoutSecret(clientId, engine))) {
    return problem('ERR_REFRESH_INVALID');
  }
  const outcome = await engine.refresher.refresh(token, { clientId, delivery, ...callerOf(request) });
  switch (outcome.kind) {
    case 'rotated':
    case 'current':
    case 'resent':
    case 'resent_late':
    case 'moved_forward':
      return respondJson(
        200,
        presentTokens(outcome),
        tokenCookies(outcome, engine.context.clock.nowMs(), settings),
      );
    case 'reused':
    case 'refused':
      return problem('ERR_REFRESH_INVALID');
    case 'ahead':
      return problem('ERR_STORE_ROLLED_BACK');
  }
};
