import type { KeyId, SessionId, TokenId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';

declare const verified: unique symbol;

/** A token whose signature, claims and revocation were checked. Only the verifier makes one. */
export interface VerifiedToken extends TokenClaims {
  readonly [verified]: true;
}

/** What a token says. */
export interface TokenClaims {
  /** The `sub`. Together with `issuer` it is who the token speaks for (RFC 7519 §4.1.2). */
  readonly subject: string;
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly tokenId: TokenId;
  readonly keyId: KeyId;
  readonly issuedAtSeconds: number;
  readonly expiresAtSeconds: number;
  /** The session that the token belongs to; `undefined` for tokens of custom kinds. */
  readonly sessionId: SessionId | undefined;
  readonly clientId: string | undefined;
  /** The generation of the refresh chain that it was minted with; 0 where there is none. */
  readonly generation: number;
  readonly scope: readonly string[];
  /** When the user proved themselves, in seconds; `undefined` where unknown. */
  readonly authTimeSeconds: number | undefined;
  readonly amr: readonly string[];
  /** Every claim of the payload, the standard ones included. */
  readonly claims: JsonObject;
}
