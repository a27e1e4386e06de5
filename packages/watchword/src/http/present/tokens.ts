import type { IssuedTokens } from '../../engine/refresh/outcome.ts';
import { setCookie } from '../cookies.ts';
import type { Header } from '../neutral.ts';
import type { HttpSettings } from '../settings.ts';

/** The members that every answer with tokens has, and the tokens themselves where the delivery is `body`. */
export function presentTokens(tokens: IssuedTokens): object {
  const { session, generation, accessToken, refreshToken } = tokens;
  return {
    session: { id: session.id, expires_at: isoTime(session.absoluteExpiresMs), generation },
    expires_in: accessToken.expiresInSeconds,
    ...(session.delivery === 'body' && {
      token_type: 'Bearer',
      access_token: accessToken.text,
      refresh_token: refreshToken,
    }),
  };
}

/** The cookies that carry the tokens where the delivery is `cookie`; none otherwise. */
export function tokenCookies(tokens: IssuedTokens, nowMs: number, settings: HttpSettings): readonly Header[] {
  const { session, accessToken, refreshToken } = tokens;
  if (session.delivery === 'body') return [];
  const kept = (seconds: number): number | undefined => (session.remembered ? seconds : undefined);
  const idleSeconds = (session.idleExpiresMs - nowMs) / 1000;
  return [
    setCookie('at', accessToken.text, kept(accessToken.expiresInSeconds), settings),
    setCookie('rt', refreshToken, kept(idleSeconds), settings),
  ];
}

/** RFC 3339, UTC, with milliseconds. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
