import { COOKIE_KINDS, cookiePairs, nameUnder } from './cookies.ts';
import type { HttpContext } from '../handler.ts';
import type { Header, NeutralRequest, NeutralResponse } from '../neutral.ts';
import type { HttpSettings } from '../settings.ts';

/*
 * A browser that honours `__Host-` has a cookie of ours once, with two exceptions: a partitioned cookie stands beside one
 * that is not, and a cookie of a former prefix beside that of today. Others (old browsers, programs, proxies that rewrite
 * `Domain` and `Path`) may have it several times over. What was set a second time can only be cleared by the very
 * attributes that it was set with, which no request tells: so all that are plausible are cleared.
 */

const EXPIRED = 'Max-Age=0; Secure';

/** How many domains above our own a cookie may have been given to: those of public suffixes are refused by browsers. */
const MAX_PARENTS = 2;

/** How many names are cleared in one answer: proxies take 4 KiB of headers, and what is left is cleared in the next. */
const MAX_DUPLICATES = 4;

/** Adds what makes the browser forget the cookies that stand in the way of those that it has or is given. */
export function withTidyCookies(
  response: NeutralResponse,
  request: NeutralRequest,
  context: HttpContext,
): NeutralResponse {
  const { status, headers } = response;
  const cookies = headers.filter(([name]) => name === 'set-cookie');
  // A cookie that comes twice is answered 400, and with nothing that a cache could keep.
  if (cookies.length === 0 && status !== 400) return response;
  const clearing = clearStale(request, cookies, context);
  return clearing.length === 0 ? response : { ...response, headers: [...clearing, ...headers] };
}

/** The same for cookies that somebody else will send. They come last: browsers take them in order. */
export function tidied(
  cookies: readonly Header[],
  request: NeutralRequest,
  context: HttpContext,
): readonly Header[] {
  return [...clearStale(request, cookies, context), ...cookies];
}

function clearStale(
  request: NeutralRequest,
  cookies: readonly Header[],
  context: HttpContext,
): readonly Header[] {
  const { settings } = context;
  const { cookiePrefix, formerCookiePrefixes, partitioned } = settings;
  const brought = cookiePairs(request.header('cookie')).map((pair) =>
    pair.slice(0, Math.max(0, pair.indexOf('='))),
  );
  const duplicates = [cookiePrefix, ...formerCookiePrefixes]
    .flatMap((prefix) => COOKIE_KINDS.map((kind) => nameUnder(prefix, kind)))
    .filter((name) => brought.indexOf(name) !== brought.lastIndexOf(name));
  if (duplicates.length > 0) context.engine.context.events.record('cookie_duplicate', { names: duplicates });
  const isLeft = (name: string): boolean => brought.includes(name) && !duplicates.includes(name);
  const replaced = COOKIE_KINDS.filter((kind) =>
    cookies.some(([, cookie]) => cookie.startsWith(`${nameUnder(cookiePrefix, kind)}=`)),
  );
  const former = formerCookiePrefixes.flatMap((prefix) => replaced.map((kind) => nameUnder(prefix, kind)));
  // Set before cookies were partitioned, it would stand beside its successor.
  const twins = partitioned ? replaced.map((kind) => nameUnder(cookiePrefix, kind)) : [];
  return [
    ...duplicates.slice(0, MAX_DUPLICATES).flatMap((name) => clearEverywhere(name, request, settings)),
    ...former.filter(isLeft).flatMap(clearInBothPartitions),
    ...twins.filter(isLeft).map(clearUnpartitioned),
  ].map((cookie) => ['set-cookie', cookie]);
}

function clearUnpartitioned(name: string): string {
  return `${name}=; Path=/; ${EXPIRED}`;
}

function clearInBothPartitions(name: string): readonly string[] {
  return [clearUnpartitioned(name), `${clearUnpartitioned(name)}; SameSite=None; Partitioned`];
}

function clearEverywhere(
  name: string,
  { path }: NeutralRequest,
  { ownOrigin }: HttpSettings,
): readonly string[] {
  const domains = domainsOf(new URL(ownOrigin).hostname);
  const directory = directoryOf(path);
  const elsewhere = (directory === '/' ? ['/'] : ['/', directory]).flatMap((each) => [
    ...(each === '/' ? [] : [`${name}=; Path=${each}; ${EXPIRED}`]),
    ...domains.map((domain) => `${name}=; Domain=${domain}; Path=${each}; ${EXPIRED}`),
  ]);
  return [...clearInBothPartitions(name), ...elsewhere];
}

/** The host and what is above it, of two names at least; none of an address or a single name. */
function domainsOf(hostname: string): readonly string[] {
  const labels = hostname.split('.');
  if (labels.length < 2 || /^[\d.]+$|^\[/.test(hostname)) return [];
  return labels
    .map((_, index) => labels.slice(index).join('.'))
    .slice(0, Math.min(labels.length - 1, MAX_PARENTS + 1));
}

/** RFC 6265 §5.1.4: the path of a cookie that was set without one. */
function directoryOf(path: string): string {
  const directory = path.slice(0, path.lastIndexOf('/'));
  return /^\/[\w./~-]{1,100}$/.test(directory) ? directory : '/';
}
