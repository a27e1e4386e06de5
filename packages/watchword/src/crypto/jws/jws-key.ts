import type { KeyId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { SigningAlgorithm } from '../../domain/signing-key.ts';

/** A key for compact JWS (RFC 7515). Its algorithm is the key's own: nothing that a token says can choose another. */
export interface JwsKey {
  readonly id: KeyId;
  readonly algorithm: SigningAlgorithm;
  /** The signature of `signingInput` (ASCII), base64url. */
  sign(signingInput: string): string;
  /** Whether `signature` is the one right spelling of a right signature. Never throws. */
  verify(signingInput: string, signature: string): boolean;
  /** The public half as a JWK with `alg`, `kid` and `use` (RFC 7517 §4); `undefined` for secrets. */
  readonly publicJwk: JsonObject | undefined;
}
