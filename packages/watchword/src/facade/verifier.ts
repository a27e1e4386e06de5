import { JWS_ALGORITHM_NAMES } from '../crypto/jws/algorithms.ts';
import type { JwsVerificationKey } from '../crypto/jws/jws-key.ts';
import { parseKeyId, type KeyId } from '../domain/ids.ts';
import { ACCESS_TOKEN, customKind, type TokenKind } from '../engine/tokens/kinds.ts';
import { assertCustomType } from '../engine/tokens/reserved.ts';
import { createTokenVerifier } from '../engine/tokens/verify.ts';
import type { VerifiedToken } from '../engine/tokens/verified-token.ts';
import { ConfigurationError, WatchwordError } from '../errors/watchword-error.ts';
import { systemClock } from '../platform/system-clock.ts';
import type { Clock } from '../ports/clock.ts';
import { checkAudience, checkIssuer } from './check-issuer.ts';
import { createExpect, verifiedOrThrow, type VerifyOptions } from './expectations.ts';
import { keySetOf, type VerificationKeys } from './jws-keys.ts';
import { refuseUnknownOptions } from './unknown-options.ts';

export { WatchwordError } from '../errors/watchword-error.ts';
export type { ErrorCode } from '../errors/catalogue.ts';
export type { JsonObject, JsonValue } from '../domain/json.ts';
export type { VerifiedToken } from '../engine/tokens/verified-token.ts';
export type { Jwk, TypedKey, VerificationKeys } from './jws-keys.ts';

/** What `createVerifier` takes. Only the cache has a default. */
export interface VerifierOptions {
  /** The `iss` of the tokens, as the issuer writes it. */
  readonly issuer: string;
  /** Who this service is: one of these has to be in the `aud`. */
  readonly audience: string | readonly string[];
  /** The issuer's keys, each with its `kid` and `alg`: its JWKS, or the keys that `parseKey` of `watchword/jws` checked. */
  readonly keys: VerificationKeys;
  /** The kind of token: `at+jwt` (default), or a custom one such as `invitation+jwt`. */
  readonly typ?: string;
  /** How many verified tokens are remembered: their signature is checked once, their times each time. Default: 5000. */
  readonly tokenCacheSize?: number;
}

/** What a route wants of a token. */
export type VerifierExpectations = Omit<VerifyOptions, 'maxStalenessMs'>;

/** Judges the tokens of one issuer with what is in memory. */
export interface Verifier {
  /** Sync, no I/O. Throws a `WatchwordError` with a code `ERR_TOKEN_…`. It knows of no revocation: a token lives as long as it says. */
  verify(token: string, options?: VerifierExpectations): VerifiedToken;
}

const OPTION_NAMES: readonly (keyof VerifierOptions)[] = [
  'issuer',
  'audience',
  'keys',
  'typ',
  'tokenCacheSize',
];
const VERIFY_NAMES: readonly (keyof VerifierExpectations)[] = ['audience', 'scope', 'maxAgeSeconds'];
const DEFAULT_TOKEN_CACHE_SIZE = 5000;
const MOST_CACHED = 1_000_000;

/** A verifier for a service that issues nothing. Everything that can be wrong in the options is wrong here, in a sentence. */
export function createVerifier(options: VerifierOptions): Verifier {
  return createVerifierOn(systemClock, options);
}

/** The same by another clock. */
export function createVerifierOn(clock: Clock, options: VerifierOptions): Verifier {
  refuseUnknownOptions('createVerifier', options, OPTION_NAMES);
  const { issuer, typ = 'at+jwt', tokenCacheSize = DEFAULT_TOKEN_CACHE_SIZE } = options;
  checkIssuer(issuer);
  const audience = checkAudience(options.audience);
  if (audience === undefined) {
    throw new ConfigurationError(
      '`audience` has to say who this service is, as the `aud` of its tokens does.',
    );
  }
  if (!Number.isInteger(tokenCacheSize) || tokenCacheSize < 0 || tokenCacheSize > MOST_CACHED) {
    throw new ConfigurationError(`\`tokenCacheSize\` has to be a whole number from 0 to ${MOST_CACHED}.`);
  }
  const kind = kindOf(typ);
  const keys = keysById(options.keys);
  const expect = createExpect({ audience, maxStalenessMs: Infinity }, VERIFY_NAMES);
  const verifier = createTokenVerifier({
    issuer,
    clock,
    keys: { find: (id) => keys.get(id) },
    view: { hits: () => undefined, ageMs: () => 0, reportStale: () => undefined },
    cacheSize: tokenCacheSize,
  });
  return {
    verify: (token, wanted) => verifiedOrThrow(verifier.verify(token, kind, expect('verify', wanted))),
  };
}

function kindOf(typ: string): TokenKind {
  if (typ === 'at+jwt') return ACCESS_TOKEN;
  try {
    assertCustomType(typ);
  } catch (error) {
    if (error instanceof WatchwordError) throw new ConfigurationError(error.message);
    throw error;
  }
  return customKind(typ);
}

type VerifyingKey = { readonly jws: JwsVerificationKey; readonly state: 'signing' };

function keysById(given: VerificationKeys): ReadonlyMap<KeyId, VerifyingKey> {
  const keys = new Map<KeyId, VerifyingKey>();
  for (const jws of keySetOf(given, JWS_ALGORITHM_NAMES).keys) {
    const id = parseKeyId(jws.id);
    if (id === undefined) {
      throw new ConfigurationError('Each of `keys` has to have its `kid`, as the JWKS of the issuer has it.');
    }
    keys.set(id, { jws, state: 'signing' });
  }
  return keys;
}
