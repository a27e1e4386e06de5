import { WatchwordError } from '../../errors/watchword-error.ts';
import type { Header, NeutralRequest } from '../neutral.ts';
import type { HttpSettings } from '../settings.ts';

/** The cookies of a session: access token, refresh token, opaque session, and what proves that a page of ours asks. */
export type CookieKind = 'at' | 'rt' | 'sid' | 'csrf';

export const COOKIE_KINDS: readonly CookieKind[] = ['at', 'rt', 'sid', 'csrf'];

/** RFC 6265 §6.1: what every browser takes, name, value and attributes together. */
export const MAX_COOKIE_LENGTH = 4096;

export type CookieReading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present'; readonly value: string }
  /** The same name twice: one of them is somebody else's doing. */
  | { readonly kind: 'ambiguous' };

export function cookieName(kind: CookieKind, { cookiePrefix }: HttpSettings): string {
  return nameUnder(cookiePrefix, kind);
}

/** `__Host-` makes browsers insist on Secure, on the path `/`, and on no Domain: no sibling can toss one in. */
export function nameUnder(prefix: string, kind: CookieKind): string {
  return `__Host-${prefix}_${kind}`;
}

/** The cookie of today's name; where there is none, that of a prefix of before. */
export function readCookie(request: NeutralRequest, kind: CookieKind, settings: HttpSettings): CookieReading {
  const pairs = cookiePairs(request.header('cookie'));
  for (const prefix of [settings.cookiePrefix, ...settings.formerCookiePrefixes]) {
    const reading = readNamed(pairs, nameUnder(prefix, kind));
    if (reading.kind !== 'absent') return reading;
  }
  return { kind: 'absent' };
}

function readNamed(pairs: readonly string[], name: string): CookieReading {
  const values = pairs.filter((pair) => pair.startsWith(`${name}=`));
  if (values.length > 1) return { kind: 'ambiguous' };
  const value = values[0]?.slice(name.length + 1) ?? '';
  return value === '' ? { kind: 'absent' } : { kind: 'present', value };
}

/**
 * The pairs of a `Cookie` header. Blanks around them go, and nothing else: browsers take `__Host-` behind a character that only `trim()` thinks
 * blank for a name without that prefix, which a sibling may set.
 */
export function cookiePairs(header: string | undefined): readonly string[] {
  return (header ?? '').split(';').map(withoutBlanks);
}

function withoutBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text, start)) start += 1;
  while (end > start && isBlank(text, end - 1)) end -= 1;
  return text.slice(start, end);
}

function isBlank(text: string, at: number): boolean {
  const character = text[at];
  return character === ' ' || character === '\t';
}

export function setCookie(
  kind: CookieKind,
  value: string,
  /** `undefined` for a cookie that goes when the browser is closed. */
  maxAgeSeconds: number | undefined,
  settings: HttpSettings,
): Header {
  const cookie = formatCookie(cookieName(kind, settings), value, {
    maxAgeSeconds,
    httpOnly: kind !== 'csrf',
    settings,
  });
  if (cookie.length > MAX_COOKIE_LENGTH) {
    throw new WatchwordError('ERR_TOKEN_TOO_LARGE', { detail: `a cookie of ${cookie.length} characters` });
  }
  return ['set-cookie', cookie];
}

interface CookieAttributes {
  readonly maxAgeSeconds: number | undefined;
  readonly httpOnly: boolean;
  readonly settings: HttpSettings;
}

/** A `set-cookie` line with the attributes that all cookies of the installation have. */
export function formatCookie(
  name: string,
  value: string,
  { maxAgeSeconds, httpOnly, settings }: CookieAttributes,
): string {
  const age = maxAgeSeconds === undefined ? '' : `Max-Age=${Math.max(0, Math.floor(maxAgeSeconds))}; `;
  const script = httpOnly ? 'HttpOnly; ' : '';
  const partitioned = settings.partitioned ? '; Partitioned' : '';
  return `${name}=${value}; Path=/; ${age}Secure; ${script}SameSite=${settings.sameSite}${partitioned}`;
}

export function clearCookie(kind: CookieKind, settings: HttpSettings): Header {
  return setCookie(kind, '', 0, settings);
}

export function clearCookies(settings: HttpSettings): readonly Header[] {
  return COOKIE_KINDS.map((kind) => clearCookie(kind, settings));
}
