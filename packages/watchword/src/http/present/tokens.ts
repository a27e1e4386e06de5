import type { Issued } from '../../engine/refresh/outcome.ts';
import { clearCookie, readCookie, setCookie, type CookieKind } from '../cookies/cookies.ts';
import { csrfCookie } from '../cookies/csrf-cookie.ts';
import type { HttpContext } from '../handler.ts';
import type { Header, NeutralRequest } from '../neutral.ts';

/** The members that every answer with tokens has, and the tokens themselves where the delivery is `body`. */
export function presentTokens(issued: Issued): object {
  const { session, generation } = issued;
  const about = { id: session.id, expires_at: isoTime(session.absoluteExpiresMs), generation };
  if (issued.form === 'opaque') return { session: about, expires_in: issued.expiresInSeconds };
  const { accessToken, refreshToken } = issued;
  return {
    session: about,
    expires_in: accessToken.expiresInSeconds,
    ...(session.delivery === 'body' && {
      token_type: 'Bearer',
      access_token: accessToken.text,
      refresh_token: refreshToken,
    }),
  };
}

/** The cookies of a session where the delivery is `cookie`, and none otherwise. What the browser has of the other form goes. */
export function tokenCookies(
  issued: Issued,
  request: NeutralRequest,
  context: HttpContext,
): readonly Header[] {
  const { session } = issued;
  const { settings } = context;
  if (session.delivery === 'body') return [];
  const nowMs = context.engine.context.clock.nowMs();
  // Use moves the idle expiry of an opaque session, so that it is for the server to say when it is over.
  const endMs = issued.form === 'opaque' ? session.absoluteExpiresMs : session.idleExpiresMs;
  const kept = (seconds: number): number | undefined => (session.remembered ? seconds : undefined);
  const untilEnd = kept((endMs - nowMs) / 1000);
  const cleared = OTHERS[issued.form].filter((kind) => readCookie(request, kind, settings).kind !== 'absent');
  return [
    ...(issued.form === 'opaque'
      ? [setCookie('sid', issued.opaqueId, untilEnd, settings)]
      : [
          setCookie('at', issued.accessToken.text, kept(issued.accessToken.expiresInSeconds), settings),
          setCookie('rt', issued.refreshToken, untilEnd, settings),
        ]),
    csrfCookie(session.id, untilEnd, context),
    ...cleared.map((kind) => clearCookie(kind, settings)),
  ];
}

const OTHERS: Readonly<Record<Issued['form'], readonly CookieKind[]>> = {
  token: ['sid'],
  opaque: ['at', 'rt'],
};

/** RFC 3339, UTC, with milliseconds. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
