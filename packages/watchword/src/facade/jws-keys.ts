import { parseAlgorithm, type JwsAlgorithm } from '../crypto/jws/algorithms.ts';
import type { JwsSigningKey } from '../crypto/jws/jws-key.ts';
import { assertKeyCount, createKeySet, type KeySet } from '../crypto/jws/key-set.ts';
import { parseJwk } from '../crypto/jws/parse-jwk.ts';
import type { ParsedKey } from '../crypto/jws/parsed-key.ts';
import { parsePem } from '../crypto/jws/parse-pem.ts';
import { ArgumentError, KeyRefusedError } from '../errors/watchword-error.ts';
import { refuseUnknownOptions } from './unknown-options.ts';

/** An algorithm by its registered name. `Ed25519` (RFC 9864) is the same as `EdDSA` here. */
export type JwsAlgorithmName = JwsAlgorithm | 'Ed25519';

/** A JSON Web Key, RFC 7517 §4. Its members are checked when it is used. */
export interface Jwk {
  /** `oct`, `RSA`, `EC`, `OKP` or `AKP`. */
  readonly kty?: string | undefined;
  /** The key's one algorithm. It may be missing only where type, curve and the allowed algorithms leave exactly one. */
  readonly alg?: string | undefined;
  readonly kid?: string | undefined;
  /** `sig`, if it is there. */
  readonly use?: string | undefined;
  /** With `verify` to verify and `sign` to sign, if it is there. */
  readonly key_ops?: unknown;
  readonly crv?: unknown;
  readonly x?: unknown;
  readonly y?: unknown;
  readonly d?: unknown;
  readonly n?: unknown;
  readonly e?: unknown;
  readonly p?: unknown;
  readonly q?: unknown;
  readonly dp?: unknown;
  readonly dq?: unknown;
  readonly qi?: unknown;
  readonly oth?: unknown;
  readonly k?: unknown;
  readonly pub?: unknown;
  readonly priv?: unknown;
  readonly ext?: unknown;
  readonly x5u?: unknown;
  readonly x5c?: unknown;
  readonly x5t?: unknown;
  readonly 'x5t#S256'?: unknown;
}

/** A key that was checked once, by `parseKey`, for use again and again. It shows nothing of its material. */
export interface TypedKey {
  readonly algorithm: JwsAlgorithm;
  readonly kid: string | undefined;
}

/** What tokens are verified with: one key or several, never a text that might be a key. */
export type VerificationKeys =
  | Jwk
  | TypedKey
  | readonly (Jwk | TypedKey)[]
  | { readonly keys: readonly (Jwk | TypedKey)[] };

export interface ParseKeyOptions {
  /** The key's algorithm: for PEM it has to be said, and so for a JWK that leaves it open. */
  readonly algorithm?: JwsAlgorithmName;
  /** The `kid` of a key in PEM, which has none of its own. */
  readonly kid?: string;
}

class CheckedKey implements TypedKey {
  readonly algorithm: JwsAlgorithm;
  readonly kid: string | undefined;
  readonly #parsed: ParsedKey;
  #set: KeySet | undefined;

  constructor(parsed: ParsedKey) {
    this.algorithm = parsed.algorithm;
    this.kid = parsed.id;
    this.#parsed = parsed;
    Object.freeze(this);
  }

  static isOne(value: unknown): value is CheckedKey {
    return typeof value === 'object' && value !== null && #parsed in value;
  }

  get parsed(): ParsedKey {
    return this.#parsed;
  }

  get set(): KeySet {
    return (this.#set ??= createKeySet([this.#parsed]));
  }
}

/**
 * Checks a key once, for repeated use: a JWK (RFC 7517), or PEM with SPKI or PKCS#8 and the `algorithm` in the options. Weak,
 * malformed and ambiguous keys throw `ERR_KEY_REFUSED` with a sentence that says what to use.
 */
export function parseKey(key: Jwk | string, options: ParseKeyOptions = {}): TypedKey {
  refuseUnknownOptions('parseKey', options, ['algorithm', 'kid'], ArgumentError);
  const { kid } = options;
  const algorithm = options.algorithm === undefined ? undefined : knownAlgorithm(options.algorithm);
  if (typeof key === 'string') {
    if (algorithm === undefined) {
      throw new ArgumentError('`parseKey` is told the `algorithm` of a key in PEM: PEM does not name one.');
    }
    return new CheckedKey(parsePem(key, algorithm, kid));
  }
  if (kid !== undefined) {
    throw new ArgumentError('`kid` is an option for PEM: a JWK has a member `kid`.');
  }
  const parsed = parseJwk(key, algorithm === undefined ? {} : { algorithms: [algorithm] });
  if (algorithm !== undefined && parsed.algorithm !== algorithm) {
    throw new KeyRefusedError(
      `The JWK is for ${parsed.algorithm}, and not for the \`algorithm\` that was asked for.`,
    );
  }
  return new CheckedKey(parsed);
}

/** The set of keys to verify with; every key of it has to be usable. */
export function keySetOf(keys: unknown, algorithms: readonly JwsAlgorithm[]): KeySet {
  if (CheckedKey.isOne(keys)) return keys.set;
  const list = listOf(keys);
  if (list === undefined) return createKeySet([parsedKey(keys, algorithms)]);
  assertKeyCount(list.length);
  return createKeySet(list.map((key) => parsedKey(key, algorithms)));
}

/** The key to sign with. */
export function signingKeyOf(key: unknown): JwsSigningKey {
  const { signing } = parsedKey(key);
  if (signing !== undefined) return signing;
  throw new KeyRefusedError(
    'The key does not sign: it is public, or its `key_ops` does not have `sign`. Use the private key.',
  );
}

/** The algorithms of those names, in a list that is not empty. */
export function knownAlgorithms(names: unknown): readonly JwsAlgorithm[] {
  if (Array.isArray(names) && names.length > 0) return names.map(knownAlgorithm);
  throw new ArgumentError('`algorithms` has to list the algorithms that are accepted, such as `["ES256"]`.');
}

function knownAlgorithm(name: unknown): JwsAlgorithm {
  const algorithm = parseAlgorithm(name);
  if (algorithm !== undefined) return algorithm;
  throw new ArgumentError(
    'An algorithm is one of HS, RS, PS and ES with 256, 384 or 512, EdDSA (or Ed25519) and ML-DSA-44, written exactly so.',
  );
}

function listOf(keys: unknown): readonly unknown[] | undefined {
  if (Array.isArray(keys)) return keys as readonly unknown[];
  const isSet = typeof keys === 'object' && keys !== null && Object.hasOwn(keys, 'keys');
  if (!isSet || Object.hasOwn(keys, 'kty')) return undefined;
  const { keys: list } = keys as { readonly keys: unknown };
  if (Array.isArray(list)) return list as readonly unknown[];
  throw new KeyRefusedError('The member `keys` of a JWK Set is an array of keys (RFC 7517 §5.1).');
}

function parsedKey(key: unknown, algorithms?: readonly JwsAlgorithm[]): ParsedKey {
  if (CheckedKey.isOne(key)) return key.parsed;
  return parseJwk(key, algorithms === undefined ? {} : { algorithms });
}
