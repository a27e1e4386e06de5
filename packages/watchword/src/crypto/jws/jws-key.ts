import type { KeyId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { SigningAlgorithm } from '../../domain/signing-key.ts';
import type { JwsAlgorithm } from './algorithms.ts';

/** A key that proves compact JWS (RFC 7515). Its algorithm is the key's own: nothing that a token says can choose another. */
export interface JwsVerificationKey<
  Id extends string | undefined = string | undefined,
  Algorithm extends JwsAlgorithm = JwsAlgorithm,
> {
  /** The `kid`, where the key has one. */
  readonly id: Id;
  readonly algorithm: Algorithm;
  /** Whether `signature` is the one right spelling of a right signature. Never throws. */
  verify(signingInput: string, signature: string): boolean;
}

/** A key that makes compact JWS as well. */
export interface JwsSigningKey<
  Id extends string | undefined = string | undefined,
  Algorithm extends JwsAlgorithm = JwsAlgorithm,
> extends JwsVerificationKey<Id, Algorithm> {
  /** The signature of `signingInput` (ASCII), base64url. */
  sign(signingInput: string): string;
  /** The public half as a JWK with `alg`, `use` and, where there is one, `kid` (RFC 7517 §4); `undefined` for secrets. */
  readonly publicJwk: JsonObject | undefined;
}

/** A signing key of an installation. */
export type JwsKey = JwsSigningKey<KeyId, SigningAlgorithm>;
