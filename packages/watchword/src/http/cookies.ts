import { WatchwordError } from '../errors/watchword-error.ts';
import type { Header, NeutralRequest } from './neutral.ts';
import type { HttpSettings } from './settings.ts';

/** The cookies that carry tokens: access and refresh. */
export type CookieKind = 'at' | 'rt';

/** RFC 6265 §6.1: what every browser takes, name, value and attributes together. */
const MAX_COOKIE_LENGTH = 4096;

export type CookieReading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present'; readonly value: string }
  /** The same name twice: one of them is somebody else's doing. */
  | { readonly kind: 'ambiguous' };

/** `__Host-` makes browsers insist on Secure, on the path `/`, and on no Domain: no sibling can toss one in. */
export function cookieName(kind: CookieKind, { cookiePrefix }: HttpSettings): string {
  return `__Host-${cookiePrefix}_${kind}`;
}

export function readCookie(request: NeutralRequest, kind: CookieKind, settings: HttpSettings): CookieReading {
  const prefix = `${cookieName(kind, settings)}=`;
  const values = (request.header('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(prefix))
    .map((pair) => pair.slice(prefix.length));
  if (values.length > 1) return { kind: 'ambiguous' };
  const [value] = values;
  return value === undefined || value === '' ? { kind: 'absent' } : { kind: 'present', value };
}

export function setCookie(
  kind: CookieKind,
  value: string,
  /** `undefined` for a cookie that goes when the browser is closed. */
  maxAgeSeconds: number | undefined,
  settings: HttpSettings,
): Header {
  const age = maxAgeSeconds === undefined ? '' : `Max-Age=${Math.max(0, Math.floor(maxAgeSeconds))}; `;
  const attributes = `Path=/; ${age}Secure; HttpOnly; SameSite=${settings.sameSite}`;
  const cookie = `${cookieName(kind, settings)}=${value}; ${attributes}`;
  if (cookie.length > MAX_COOKIE_LENGTH) {
    throw new WatchwordError('ERR_TOKEN_TOO_LARGE', { detail: `a cookie of ${cookie.length} characters` });
  }
  return ['set-cookie', cookie];
}

export function clearCookies(settings: HttpSettings): readonly Header[] {
  return [setCookie('at', '', 0, settings), setCookie('rt', '', 0, settings)];
}
