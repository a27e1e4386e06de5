import type { VerifyOptions } from '../engine/tokens/verify-options.ts';
import type { Authorization, GuardVerdict } from './authorize.ts';
import type { HttpFace } from './http-face.ts';
import type { NeutralRequest } from './neutral.ts';
import type { Soon } from './soon.ts';

/** What a guard in front of a route wants. */
export interface GuardOptions extends VerifyOptions {
  /**
   * Lets through whoever brings no credential, as nobody in particular. A credential that is not good is refused all the same.
   * Default: `false`.
   */
  readonly optional?: boolean;
  /**
   * For pages that the server renders: where a browser navigates with an access token that is gone or has expired, and has a refresh
   * token, the session is renewed on the way and the answer sets the new cookies. Default: `false`.
   */
  readonly renew?: boolean;
}

/** Judges a request to a route of the application's own: at once and without I/O where it can. It never throws, and its promises never reject. */
export type Guard = (request: NeutralRequest) => Soon<GuardVerdict>;

/** The same for a request that would open a WebSocket. */
export type HandshakeGuard = (request: NeutralRequest) => Soon<Authorization>;

/** What adapters are handed: guards are made of options, which are checked; `where` names them in what is refused. */
export interface AdapterFace extends HttpFace {
  guard(where: string, options?: GuardOptions): Guard;
  handshakeGuard(where: string, options?: VerifyOptions): HandshakeGuard;
}

/** All that an adapter needs of `createWatchword`'s result. */
export interface Installation {
  readonly http: AdapterFace;
}
