import type { Account } from '../domain/account.ts';
import type { Delivery } from '../domain/session.ts';
import type { IssuedTokens } from '../engine/refresh/outcome.ts';
import type { StartSession } from '../engine/sessions/session-input.ts';
import { readCookie } from './cookies.ts';
import { refuseBodyDelivery, refuseForeignCookie } from './cross-site.ts';
import type { HttpContext } from './handler.ts';
import { callerOf, type Header, type NeutralRequest, type NeutralResponse } from './neutral.ts';
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
  { engine, settings }: HttpContext,
): Promise<{ readonly tokens: IssuedTokens; readonly cookies: readonly Header[] }> {
  const cookie = readCookie(request, 'rt', settings);
  const replaces = delivery === 'cookie' && cookie.kind === 'present';
  const replaced = replaces ? await engine.sessions.ofRefreshToken(cookie.value) : undefined;
  const tokens = await engine.sessions.start({ ...callerOf(request), ...input }, delivery, replaced);
  let cookies: readonly Header[];
  try {
    cookies = tokenCookies(tokens, engine.context.clock.nowMs(), settings);
  } catch (error) {
    // Nobody will ever hold its tokens.
    await engine.sessions.end(tokens.session.id, 'revoked');
    throw error;
  }
  // Who gives up a credential of before once more, is given the same session again.
  if (replaced !== undefined && replaced !== tokens.session.id) {
    await engine.sessions.end(replaced, 'signed_out');
  }
  return { tokens, cookies };
}
