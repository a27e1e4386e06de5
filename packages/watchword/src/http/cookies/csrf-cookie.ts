import type { SessionId } from '../../domain/ids.ts';
import type { Session } from '../../domain/session.ts';
import { readCookie, setCookie } from './cookies.ts';
import type { HttpContext } from '../handler.ts';
import type { Header, NeutralRequest } from '../neutral.ts';
import { readCredential } from '../parse/credential.ts';

/** What a page sends back, as nobody can who does not read the cookie. */
export const CSRF_HEADER = 'x-ww-csrf';

/** The cookie that goes with those of a session, and lives as long. */
export function csrfCookie(
  sessionId: SessionId,
  /** `undefined` for a cookie that goes when the browser is closed. */
  maxAgeSeconds: number | undefined,
  { engine, settings }: HttpContext,
): Header {
  return setCookie('csrf', engine.csrfTokens.of(sessionId), maxAgeSeconds, settings);
}

/** For a session that began before there was such a cookie, or whose browser has lost it. */
export function missingCsrfCookie(
  request: NeutralRequest,
  { id, remembered, absoluteExpiresMs }: Session,
  context: HttpContext,
): readonly Header[] {
  const { engine, settings } = context;
  if (readCredential(request, settings).kind === 'bearer') return [];
  // Pages look for it under the name of today only.
  const cookie = readCookie(request, 'csrf', { ...settings, formerCookiePrefixes: [] });
  if (cookie.kind === 'present' && engine.csrfTokens.isOf(id, cookie.value)) return [];
  const leftSeconds = (absoluteExpiresMs - engine.context.clock.nowMs()) / 1000;
  return [csrfCookie(id, remembered ? leftSeconds : undefined, context)];
}

/** Whether the request brings the session's token twice: in the cookie, and where only script of our origin can put it. */
export function bringsCsrfToken(
  request: NeutralRequest,
  sessionId: SessionId,
  { engine, settings }: HttpContext,
): boolean {
  const header = request.header(CSRF_HEADER);
  const cookie = readCookie(request, 'csrf', settings);
  if (header === undefined || cookie.kind !== 'present') return false;
  const { csrfTokens } = engine;
  return csrfTokens.isOf(sessionId, header) && csrfTokens.isOf(sessionId, cookie.value);
}
