import { encodeBase64url } from '../crypto/base64url.ts';
import { patternOf } from '../crypto/byte-pattern.ts';
import { toHex, utf8 } from '../crypto/bytes.ts';
import {
  isHmac,
  JWS_ALGORITHMS,
  type HmacAlgorithmName,
  type JwsAlgorithm,
} from '../crypto/jws/algorithms.ts';
import { createHmacKeyOfAnyLength } from '../crypto/jws/hmac-key.ts';
import { createKeySet, type KeySet } from '../crypto/jws/key-set.ts';
import type { JsonObject } from '../domain/json.ts';
import { epochMs, type EpochMs } from '../domain/time.ts';
import { isSameKey, type LegacyTokens } from '../engine/tokens/legacy-tokens.ts';
import { ConfigurationError, WatchwordError } from '../errors/watchword-error.ts';
import { checkAudience } from './check-issuer.ts';
import { inRange } from './in-range.ts';
import { keySetOf, knownAlgorithms, type JwsAlgorithmName, type VerificationKeys } from './jws-keys.ts';
import { refuseUnknownOptions } from './unknown-options.ts';

/** The tokens of the issuer that the application had before, which are taken until they expire. */
export interface LegacyTokenOptions {
  /** What they are verified with: a JWK such as `{ kty: 'oct', k, alg: 'HS256' }`, or a JWKS given by hand. */
  readonly keys?: VerificationKeys;
  /**
   * In place of `keys`: the text of a secret that is too short or guessable, as `jsonwebtoken` took it. Whoever finds it out, for
   * which one token is enough, signs in as anybody until `until`.
   */
  readonly unsafeWeakSecret?: string;
  /** What they are signed with: `['HS256']`. */
  readonly algorithms: readonly JwsAlgorithmName[];
  /** From when on none is taken any more: `2027-01-31`, or with a time and an offset. At most 400 days ahead. */
  readonly until: string;
  /** Their `iss`. Default: they have none. */
  readonly issuer?: string;
  /** One of these is in their `aud`. Default: they have none. */
  readonly audience?: string | readonly string[];
  /** The user whom they speak for, under the name that sessions have as `subject`. Default: the `sub`. */
  readonly subject?: (claims: JsonObject) => string | undefined;
  /** The most seconds between `iat` and `exp`. Default: any number. */
  readonly maxLifeSeconds?: number;
}

const NAMES: readonly (keyof LegacyTokenOptions)[] = [
  'keys',
  'unsafeWeakSecret',
  'algorithms',
  'until',
  'issuer',
  'audience',
  'subject',
  'maxLifeSeconds',
];

const DAY_MS = 86_400_000;
const MOST_DAYS = 400;
const DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** Refuses everything that can be wrong, with a sentence that says what to write instead. */
export function checkLegacyTokens(
  options: LegacyTokenOptions | undefined,
  nowMs: EpochMs,
): LegacyTokens | undefined {
  if (options === undefined) return undefined;
  refuseUnknownOptions('legacyTokens', options, NAMES);
  const { issuer, subject, maxLifeSeconds } = options;
  if (issuer !== undefined && (typeof issuer !== 'string' || issuer === '')) {
    throw new ConfigurationError(
      '`legacyTokens.issuer` has to be the `iss` of the tokens; leave it out if they have none.',
    );
  }
  if (subject !== undefined && typeof subject !== 'function') {
    throw new ConfigurationError(
      '`legacyTokens.subject` has to be a function of the claims: `(claims) => String(claims.id)`.',
    );
  }
  if (maxLifeSeconds !== undefined) inRange('legacyTokens.maxLifeSeconds', maxLifeSeconds, 1, 366 * 86_400);
  const algorithms = asConfiguration('algorithms', () => knownAlgorithms(options.algorithms));
  return {
    ...keysOf(options, algorithms),
    algorithms,
    issuer,
    audience: checkAudience(options.audience),
    untilMs: timeOf(options.until, nowMs),
    subjectOf: subject ?? (({ sub }) => sub),
    longestLifeSeconds: maxLifeSeconds,
  };
}

/** Whoever has seen the old secret in the old application would hold the new one too. */
export function refuseOwnSecret({ keys }: LegacyTokens, secrets: readonly Uint8Array[]): void {
  const spellings = secrets.flatMap((bytes) => [bytes, utf8(toHex(bytes)), utf8(encodeBase64url(bytes))]);
  const isOwn = keys.keys.some((key) => {
    const { algorithm } = key;
    if (!isHmac(algorithm)) return false;
    return spellings.some((secret) => isSameKey(key, createHmacKeyOfAnyLength(undefined, algorithm, secret)));
  });
  if (!isOwn) return;
  throw new ConfigurationError(
    'The secret of `legacyTokens` is the secret of this installation. Give the installation one of its own: ' +
      '`npx @watchword/cli keygen`.',
  );
}

function keysOf(
  { keys, unsafeWeakSecret }: LegacyTokenOptions,
  algorithms: readonly JwsAlgorithm[],
): Pick<LegacyTokens, 'keys' | 'isWeak'> {
  if ((keys === undefined) === (unsafeWeakSecret === undefined)) {
    throw new ConfigurationError(
      '`legacyTokens` takes the `keys` that the tokens are verified with, or a `unsafeWeakSecret`: one of the two.',
    );
  }
  if (unsafeWeakSecret !== undefined) return { keys: weakSecret(unsafeWeakSecret, algorithms), isWeak: true };
  const set = asConfiguration('keys', () => keySetOf(keys, algorithms));
  const unlisted = set.keys.find(({ algorithm }) => !algorithms.includes(algorithm));
  if (unlisted !== undefined) {
    throw new ConfigurationError(
      `\`legacyTokens.keys\` has a key for ${unlisted.algorithm}, which \`legacyTokens.algorithms\` does not list.`,
    );
  }
  const keyless = algorithms.find((name) => !set.keys.some(({ algorithm }) => algorithm === name));
  if (keyless !== undefined) {
    throw new ConfigurationError(
      `\`legacyTokens.algorithms\` lists ${keyless}, and \`legacyTokens.keys\` has no key for it.`,
    );
  }
  return { keys: set, isWeak: false };
}

function weakSecret(secret: unknown, algorithms: readonly JwsAlgorithm[]): KeySet {
  const [algorithm, another] = algorithms;
  if (algorithm === undefined || another !== undefined || !isHmac(algorithm)) {
    throw new ConfigurationError(
      'With `legacyTokens.unsafeWeakSecret`, `legacyTokens.algorithms` names the one of HS256, HS384 and HS512 that it is for.',
    );
  }
  if (
    typeof secret !== 'string' ||
    secret === '' ||
    !secret.isWellFormed() ||
    secret.includes('-----BEGIN')
  ) {
    throw new ConfigurationError(
      '`legacyTokens.unsafeWeakSecret` has to be the text of a secret, and no key in PEM.',
    );
  }
  const bytes = utf8(secret);
  if (!isWeak(bytes, algorithm)) {
    throw new ConfigurationError(
      'The secret in `legacyTokens.unsafeWeakSecret` is not weak. Give it as a key: ' +
        `\`keys: { kty: 'oct', alg: '${algorithm}', k: Buffer.from(secret).toString('base64url') }\`.`,
    );
  }
  const key = createHmacKeyOfAnyLength(undefined, algorithm, bytes);
  return createKeySet([{ id: undefined, algorithm, verification: key, signing: undefined }]);
}

function isWeak(secret: Uint8Array, algorithm: HmacAlgorithmName): boolean {
  return secret.length < JWS_ALGORITHMS[algorithm].hashBytes || patternOf(secret) !== undefined;
}

/** A date, which begins at midnight UTC, or a time with its offset. One that has passed is right: then none is taken. */
function timeOf(until: unknown, nowMs: EpochMs): EpochMs {
  const time = typeof until === 'string' && isDateTime(until) ? Date.parse(until) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new ConfigurationError(
      '`legacyTokens.until` has to say from when on the tokens of before are refused: `2027-01-31`, or ' +
        '`2027-01-31T12:00:00Z`.',
    );
  }
  if (time > nowMs + MOST_DAYS * DAY_MS) {
    throw new ConfigurationError(
      `\`legacyTokens.until\` may be ${MOST_DAYS} days ahead at most: moving in comes to an end.`,
    );
  }
  return epochMs(time);
}

/** Parsers forgive the 30th of February. */
function isDateTime(text: string): boolean {
  if (!DATE.test(text)) return false;
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  const daysInMonth =
    [31, isLeapYear(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= daysInMonth;
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** What is refused about keys is here refused about a configuration. */
function asConfiguration<Value>(name: keyof LegacyTokenOptions, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof WatchwordError)) throw error;
    throw new ConfigurationError(`\`legacyTokens.${name}\`: ${error.message}`, { cause: error });
  }
}
