import { readCookie } from '../cookies.ts';
import type { NeutralRequest } from '../neutral.ts';
import type { HttpSettings } from '../settings.ts';

/** The access token of a request and how it came. */
export type Credential =
  | { readonly kind: 'absent' }
  | { readonly kind: 'bearer' | 'cookie'; readonly token: string }
  | { readonly kind: 'ambiguous' };

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i;

/** An Authorization header of the Bearer scheme (RFC 6750 §2.1) goes before the cookie; other schemes are not ours. */
export function readCredential(request: NeutralRequest, settings: HttpSettings): Credential {
  const authorization = request.header('authorization');
  if (authorization !== undefined && /^Bearer\b/i.test(authorization)) {
    return { kind: 'bearer', token: BEARER.exec(authorization)?.[1] ?? '' };
  }
  const cookie = readCookie(request, 'at', settings);
  return cookie.kind === 'present' ? { kind: 'cookie', token: cookie.value } : cookie;
}
