import type { VerifyOptions } from '../engine/tokens/verify-options.ts';
import type { Authorization, GuardVerdict } from './authorize.ts';
import type { HttpFace } from './http-face.ts';
import type { NeutralRequest } from './neutral.ts';

/** What a guard in front of a route wants. */
export interface GuardOptions extends VerifyOptions {
  /**
   * Lets through whoever brings no credential, as nobody in particular. A credential that is not good is refused all the same.
   * Default: `false`.
   */
  readonly optional?: boolean;
}

/** Judges a request to a route of the application's own: sync, no I/O. */
export type Guard = (request: NeutralRequest) => GuardVerdict;

/** The same for a request that would open a WebSocket. */
export type HandshakeGuard = (request: NeutralRequest) => Authorization;

/** What adapters are handed: guards are made of options, which are checked; `where` names them in what is refused. */
export interface AdapterFace extends HttpFace {
  guard(where: string, options?: GuardOptions): Guard;
  handshakeGuard(where: string, options?: VerifyOptions): HandshakeGuard;
}

/** All that an adapter needs of `createWatchword`'s result. */
export interface Installation {
  readonly http: AdapterFace;
}
