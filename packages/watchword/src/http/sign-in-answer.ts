import type { Account } from '../domain/account.ts';
import type { SessionId } from '../domain/ids.ts';
import type { Delivery } from '../domain/session.ts';
import type { Issued } from '../engine/refresh/outcome.ts';
import type { StartSession } from '../engine/sessions/session-input.ts';
import { refuseBodyDelivery, refuseForeignCookie } from './cross-site.ts';
import type { HttpContext } from './handler.ts';
import { callerOf, type Header, type NeutralRequest, type NeutralResponse } from './neutral.ts';
import { presentedInCookies } from './parse/presented-refresh.ts';
import { presentAccount } from './present/session.ts';
import { presentTokens, tokenCookies } from './present/tokens.ts';
import { respondJson } from './respond.ts';

/** Whether tokens may be handed out this way to who asks: login CSRF is CSRF. */
export function refuseDelivery(
  request: NeutralRequest,
  delivery: Delivery,
  context: HttpContext,
  /** The session that a cookie names; `undefined` where there is none yet. */
  sessionId: SessionId | undefined,
): NeutralResponse | undefined {
  return delivery === 'body'
    ? refuseBodyDelivery(request, context)
    : refuseForeignCookie(request, context, sessionId);
}

/** Starts the session of somebody who has just proven a password, and answers with its tokens. */
export async function answerWithSession(
  request: NeutralRequest,
  status: 200 | 201,
  account: Account,
  { delivery, remember }: { readonly delivery: Delivery; readonly remember: boolean },
  context: HttpContext,
): Promise<NeutralResponse> {
  const { tokens, cookies } = await startSession(
    request,
    { subject: account.id, amr: ['pwd'], remember },
    delivery,
    context,
  );
  return respondJson(status, { user: presentAccount(account), ...presentTokens(tokens) }, cookies);
}

/** ASVS V7.2.4: signing in again makes a new session, and ends the one whose cookies it replaces. */
export async function startSession(
  request: NeutralRequest,
  input: StartSession,
  delivery: Delivery,
  context: HttpContext,
): Promise<{ readonly tokens: Issued; readonly cookies: readonly Header[] }> {
  const { sessions } = context.engine;
  const replaced = delivery === 'cookie' ? await sessionsInCookies(request, context) : [];
  const tokens = await sessions.start({ ...callerOf(request), ...input }, delivery, replaced[0]);
  let cookies: readonly Header[];
  try {
    cookies = tokenCookies(tokens, request, context);
  } catch (error) {
    // Nobody will ever hold its tokens.
    await sessions.end(tokens.session.id, 'revoked');
    throw error;
  }
  for (const id of new Set(replaced)) {
    // Who gives up a credential of before once more, is given the same session again.
    if (id !== tokens.session.id) await sessions.end(id, 'signed_out');
  }
  return { tokens, cookies };
}

async function sessionsInCookies(
  request: NeutralRequest,
  context: HttpContext,
): Promise<readonly SessionId[]> {
  const presented = presentedInCookies(request, context);
  if (presented === 'ambiguous') return [];
  const ids = await Promise.all(presented.map((one) => context.engine.sessions.ofPresented(one)));
  return ids.filter((id) => id !== undefined);
}
