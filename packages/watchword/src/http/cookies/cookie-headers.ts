import type { GuardVerdict } from '../authorize.ts';
import { cookiesAfter } from './with-cookies.ts';

type Passed = Exclude<GuardVerdict, { readonly kind: 'refused' }>;

/** What belongs on the answer to whom a guard lets through: its cookies, and that no cache may keep them for somebody else. */
export function cookieHeaders({ cookies }: Passed): [name: string, value: string][] {
  if (cookies === undefined) return [];
  return [...cookies.map(([name, value]): [string, string] => [name, value]), ['cache-control', 'no-store']];
}

/**
 * The `Cookie` header of a request after an answer with these headers: another guard behind the one that has renewed, and whoever reads
 * cookies there, are not to see what it replaces. `undefined` where the answer sets none.
 */
export function renewedCookie(
  cookie: string | undefined,
  answer: Iterable<readonly [name: string, value: string]>,
): string | undefined {
  const setCookies = [...answer].filter(([name]) => name.toLowerCase() === 'set-cookie');
  if (setCookies.length === 0) return undefined;
  return cookiesAfter(
    cookie,
    setCookies.map(([, value]) => value),
  );
}
