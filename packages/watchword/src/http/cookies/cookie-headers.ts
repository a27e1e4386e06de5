import type { GuardVerdict } from '../authorize.ts';

type Passed = Exclude<GuardVerdict, { readonly kind: 'refused' }>;

/** What belongs on the answer to whom a guard lets through: its cookies, and that no cache may keep them for somebody else. */
export function cookieHeaders({ cookies }: Passed): [name: string, value: string][] {
  if (cookies === undefined) return [];
  return [...cookies.map(([name, value]): [string, string] => [name, value]), ['cache-control', 'no-store']];
}
