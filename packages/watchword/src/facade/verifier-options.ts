import type { JwsAlgorithm } from '../crypto/jws/algorithms.ts';
import { ACCESS_TOKEN, customKind, type TokenKind } from '../engine/tokens/kinds.ts';
import { assertCustomType } from '../engine/tokens/reserved.ts';
import { ConfigurationError, WatchwordError, type ArgumentError } from '../errors/watchword-error.ts';
import { checkAudience, checkIssuer, isFetchable } from './check-issuer.ts';
import { checkFeed, type FeedOptions, type WhenStale } from './feed-options.ts';
import { knownAlgorithms, type JwsAlgorithmName, type VerificationKeys } from './jws-keys.ts';
import { inRange } from './in-range.ts';
import { refuseUnknownOptions } from './unknown-options.ts';

/** One issuer whose tokens are taken. */
export interface TrustedIssuer {
  /** The `iss` of the tokens, as the issuer writes it. */
  readonly issuer: string;
  /**
   * The issuer's keys, each with its `kid` and `alg`: its JWKS, or the keys that `parseKey` of `watchword/jws` checked. Default:
   * they are fetched from the issuer, and renewed.
   */
  readonly keys?: VerificationKeys;
  /** Where the keys are fetched from. Default: where the issuer's metadata says (RFC 8414, OpenID Connect Discovery). */
  readonly jwksUri?: string;
  /** Follows the issuer's revocations. Default: none are known, and a token lives as long as it says. */
  readonly feed?: FeedOptions;
}

/** What `createVerifier` takes. */
export interface VerifierOptions extends Partial<TrustedIssuer> {
  /** Several issuers, in place of `issuer`: the old and the new one while you move, say. */
  readonly issuers?: readonly TrustedIssuer[];
  /** Who this service is: one of these has to be in the `aud`. */
  readonly audience: string | readonly string[];
  /** What fetched keys may be for. Default: every algorithm with public keys; a key without `alg` then has to leave one. */
  readonly algorithms?: readonly JwsAlgorithmName[];
  /** Seconds after which fetched keys are renewed, 1 to 86400: what a key's compromise can take to arrive. Default: 300. */
  readonly renewKeysAfterSeconds?: number;
  /** Seconds for which the last good keys serve while the issuer does not answer, 60 to 604800. Default: 86400. */
  readonly keepKeysForSeconds?: number;
  /** The kind of token: `at+jwt` (default), or a custom one such as `invitation+jwt`. */
  readonly typ?: string;
  /** How many verified tokens are remembered: their signature is checked once, their times each time. Default: 5000. */
  readonly tokenCacheSize?: number;
  /** With `feed`: how old the knowledge of revocations may be, in milliseconds, 500 to 86400000. Default: 10000. */
  readonly maxStalenessMs?: number;
  /** With `feed`: what to do beyond that. Default: `refuse`, with the code `ERR_FEED_STALE`. */
  readonly whenStale?: WhenStale;
}

const OPTION_NAMES: readonly (keyof VerifierOptions)[] = [
  'issuer',
  'keys',
  'jwksUri',
  'feed',
  'issuers',
  'audience',
  'algorithms',
  'renewKeysAfterSeconds',
  'keepKeysForSeconds',
  'typ',
  'tokenCacheSize',
  'maxStalenessMs',
  'whenStale',
];
const ISSUER_NAMES: readonly (keyof TrustedIssuer)[] = ['issuer', 'keys', 'jwksUri', 'feed'];

const DEFAULT_TOKEN_CACHE_SIZE = 5000;
const MOST_CACHED = 1_000_000;
const DEFAULT_RENEWAL_SECONDS = 300;
const DAY_SECONDS = 86_400;
const MOST_ISSUERS = 20;
const DEFAULT_STALENESS_MS = 10_000;
const LEAST_STALENESS_MS = 500;
const STALE_ANSWERS: readonly WhenStale[] = ['refuse', 'introspect', 'accept'];

const PUBLIC_ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
] as const satisfies readonly JwsAlgorithm[];

export interface CheckedVerifierOptions {
  readonly issuers: readonly TrustedIssuer[];
  readonly audience: readonly string[];
  readonly algorithms: readonly JwsAlgorithm[];
  readonly renewMs: number;
  readonly outageMs: number;
  readonly kind: TokenKind;
  readonly cacheSize: number;
  /** Whether revocations are followed, so that there is something that can be stale. */
  readonly hasFeed: boolean;
  readonly maxStalenessMs: number;
  readonly whenStale: WhenStale;
}

/** Refuses everything that can be wrong, with a sentence that says what to write instead. */
export function checkVerifierOptions(options: VerifierOptions): CheckedVerifierOptions {
  refuseUnknownOptions('createVerifier', options, OPTION_NAMES);
  const audience = checkAudience(options.audience);
  if (audience === undefined) {
    throw new ConfigurationError(
      '`audience` has to say who this service is, as the `aud` of its tokens does.',
    );
  }
  const { typ = 'at+jwt', tokenCacheSize = DEFAULT_TOKEN_CACHE_SIZE } = options;
  const { renewKeysAfterSeconds = DEFAULT_RENEWAL_SECONDS, keepKeysForSeconds = DAY_SECONDS } = options;
  inRange('tokenCacheSize', tokenCacheSize, 0, MOST_CACHED);
  inRange('renewKeysAfterSeconds', renewKeysAfterSeconds, 1, DAY_SECONDS);
  inRange('keepKeysForSeconds', keepKeysForSeconds, 60, 7 * DAY_SECONDS);
  const issuers = issuersOf(options);
  return {
    issuers,
    ...checkStaleness(options, issuers),
    audience,
    algorithms: algorithmsOf(options.algorithms),
    renewMs: renewKeysAfterSeconds * 1000,
    outageMs: keepKeysForSeconds * 1000,
    kind: kindOf(typ),
    cacheSize: tokenCacheSize,
  };
}

function checkStaleness(
  { maxStalenessMs, whenStale }: VerifierOptions,
  issuers: readonly TrustedIssuer[],
): Pick<CheckedVerifierOptions, 'hasFeed' | 'maxStalenessMs' | 'whenStale'> {
  const hasFeed = issuers.some(({ feed }) => feed !== undefined);
  if (!hasFeed && (maxStalenessMs !== undefined || whenStale !== undefined)) {
    throw new ConfigurationError('`maxStalenessMs` and `whenStale` go with a `feed`, and there is none.');
  }
  if (maxStalenessMs !== undefined) {
    inRange('maxStalenessMs', maxStalenessMs, LEAST_STALENESS_MS, DAY_SECONDS * 1000);
  }
  if (whenStale !== undefined) assertStaleAnswer(whenStale, ConfigurationError);
  return {
    hasFeed,
    maxStalenessMs: maxStalenessMs ?? DEFAULT_STALENESS_MS,
    whenStale: whenStale ?? 'refuse',
  };
}

export function assertStaleAnswer(
  value: unknown,
  Refusal: typeof ConfigurationError | typeof ArgumentError,
): asserts value is WhenStale {
  if (STALE_ANSWERS.some((known) => known === value)) return;
  throw new Refusal('`whenStale` has to be `refuse`, `introspect` or `accept`.');
}

function issuersOf({ issuer, keys, jwksUri, feed, issuers }: VerifierOptions): readonly TrustedIssuer[] {
  if (issuers === undefined) {
    const one = {
      issuer: issuer as string,
      ...(keys !== undefined && { keys }),
      ...(jwksUri !== undefined && { jwksUri }),
      ...(feed !== undefined && { feed }),
    };
    return [checkTrusted(one)];
  }
  if ([issuer, keys, jwksUri, feed].some((option) => option !== undefined)) {
    throw new ConfigurationError('Say `issuer`, or `issuers` with the keys and the feed of each: not both.');
  }
  if (!Array.isArray(issuers) || issuers.length < 1 || issuers.length > MOST_ISSUERS) {
    throw new ConfigurationError(`\`issuers\` has to be an array of 1 to ${MOST_ISSUERS} issuers.`);
  }
  const checked = issuers.map((one: TrustedIssuer) => {
    refuseUnknownOptions('issuers', one, ISSUER_NAMES);
    return checkTrusted(one);
  });
  if (new Set(checked.map((one) => one.issuer)).size < checked.length) {
    throw new ConfigurationError('`issuers` names an issuer twice.');
  }
  const paths = checked.flatMap((one) => one.feed?.snapshotPath ?? []);
  if (new Set(paths).size < paths.length) {
    throw new ConfigurationError('Each issuer has to have a `feed.snapshotPath` of its own.');
  }
  return checked;
}

function checkTrusted(trusted: TrustedIssuer): TrustedIssuer {
  const { issuer, keys, jwksUri, feed } = trusted;
  checkIssuer(issuer);
  if (feed !== undefined) checkFeed(feed);
  if (jwksUri === undefined) return trusted;
  if (keys !== undefined)
    throw new ConfigurationError('Give `keys`, or say with `jwksUri` where they are: not both.');
  if (typeof jwksUri === 'string' && isFetchable(jwksUri)) return trusted;
  throw new ConfigurationError('`jwksUri` has to be an https URL, except on localhost.');
}

function algorithmsOf(names: unknown): readonly JwsAlgorithm[] {
  if (names === undefined) return PUBLIC_ALGORITHMS;
  try {
    const algorithms = knownAlgorithms(names);
    if (algorithms.every((name) => PUBLIC_ALGORITHMS.some((known) => known === name))) return algorithms;
  } catch (error) {
    if (!(error instanceof WatchwordError)) throw error;
  }
  throw new ConfigurationError(`\`algorithms\` has to list some of ${PUBLIC_ALGORITHMS.join(', ')}.`);
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
