import type { Account } from '../domain/account.ts';
import type { Delivery } from '../domain/session.ts';
import { refuseBodyDelivery, refuseForeignCookie } from './cross-site.ts';
import type { HttpContext } from './handler.ts';
import type { NeutralRequest, NeutralResponse } from './neutral.ts';
import { presentAccount } from './present/session.ts';
import { presentTokens, tokenCookies } from './present/tokens.ts';
import { respondJson } from './respond.ts';

/** Whether tokens may be handed out this way to who asks: login CSRF is CSRF. */
export function refuseDelivery(
  request: NeutralRequest,
  delivery: Delivery,
  context: HttpContext,
): NeutralResponse | undefined {
  return delivery === 'body' ? refuseBodyDelivery(request, context) : refuseForeignCookie(request, context);
}

/** Starts the session of somebody who has just proven a password, and answers with its tokens. */
export async function answerWithSession(
  status: 200 | 201,
  account: Account,
  delivery: Delivery,
  { engine, settings }: HttpContext,
): Promise<NeutralResponse> {
  const tokens = await engine.sessions.start({ subject: account.id, amr: ['pwd'] }, delivery);
  const body = { user: presentAccount(account), ...presentTokens(tokens) };
  return respondJson(status, body, tokenCookies(tokens, engine.context.clock.nowMs(), settings));
}
