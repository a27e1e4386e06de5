import type { VerifiedToken } from '../../http/index.ts';

/** Who a request speaks for, behind a guard; `undefined` where the guard is optional and the request brought no credential. */
export function authOf(request: object): VerifiedToken | undefined {
  return (request as { readonly auth?: VerifiedToken | undefined }).auth;
}
