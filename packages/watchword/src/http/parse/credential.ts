import { readCookie } from '../cookies/cookies.ts';
import type { NeutralRequest } from '../neutral.ts';
import type { HttpSettings } from '../settings.ts';

/** What a request proves itself with, and how it came. */
export type Credential =
  | { readonly kind: 'absent' }
  /** An access token. */
  | { readonly kind: 'bearer' | 'cookie'; readonly token: string }
  /** The id of an opaque session, which comes in its cookie only. */
  | { readonly kind: 'opaque'; readonly id: string }
  | { readonly kind: 'ambiguous' };

/** As nearly everybody writes it. */
const PREFIX = 'Bearer ';
const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i;

/**
 * An Authorization header of the Bearer scheme (RFC 6750 §2.1) goes before all cookies; other schemes are not ours. Of two cookies
 * the one counts that browsers are given now.
 */
export function readCredential(request: NeutralRequest, settings: HttpSettings): Credential {
  const authorization = request.header('authorization');
  if (authorization !== undefined) {
    const token = bearerToken(authorization);
    if (token !== undefined) return { kind: 'bearer', token };
  }
  const [usual, other] =
    settings.browserSessions === 'opaque' ? (['sid', 'at'] as const) : (['at', 'sid'] as const);
  const credential = readFrom(usual, request, settings);
  return credential.kind === 'absent' ? readFrom(other, request, settings) : credential;
}

/** `''` for what is no token; whoever looks at the token finds what else may be wrong with it. */
function bearerToken(authorization: string): string | undefined {
  if (authorization.startsWith(PREFIX) && !authorization.includes(' ', PREFIX.length)) {
    return authorization.slice(PREFIX.length);
  }
  return /^Bearer\b/i.test(authorization) ? (BEARER.exec(authorization)?.[1] ?? '') : undefined;
}

function readFrom(kind: 'at' | 'sid', request: NeutralRequest, settings: HttpSettings): Credential {
  const cookie = readCookie(request, kind, settings);
  if (cookie.kind !== 'present') return cookie;
  return kind === 'at' ? { kind: 'cookie', token: cookie.value } : { kind: 'opaque', id: cookie.value };
}
