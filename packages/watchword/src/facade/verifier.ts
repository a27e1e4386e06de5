import { JWS_ALGORITHM_NAMES } from '../crypto/jws/algorithms.ts';
import { splitCompactJws } from '../crypto/jws/compact.ts';
import { parseKeyId } from '../domain/ids.ts';
import { IssuerKeys, type RemoteKeysStatus } from '../engine/remote-keys/remote-keys.ts';
import type { RemoteKey } from '../engine/remote-keys/read-key-set.ts';
import { readHeader } from '../engine/tokens/token-header.ts';
import {
  createTokenVerifier,
  type TokenExpectations,
  type TokenVerifier,
  type Verdict,
  type VerificationKeys as KeyFinder,
} from '../engine/tokens/verify.ts';
import type { VerifiedToken } from '../engine/tokens/verified-token.ts';
import { ConfigurationError, WatchwordError } from '../errors/watchword-error.ts';
import { fetchHttpClient } from '../platform/fetch-http-client.ts';
import { systemClock } from '../platform/system-clock.ts';
import { systemRandom } from '../platform/system-random.ts';
import { systemScheduler } from '../platform/system-scheduler.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpClient } from '../ports/http-client.ts';
import type { Random } from '../ports/random.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { createExpect, verifiedOrThrow, type VerifyOptions } from './expectations.ts';
import { keySetOf, type VerificationKeys } from './jws-keys.ts';
import {
  checkVerifierOptions,
  isFetchable,
  type CheckedVerifierOptions,
  type TrustedIssuer,
  type VerifierOptions,
} from './verifier-options.ts';

export { WatchwordError } from '../errors/watchword-error.ts';
export type { ErrorCode } from '../errors/catalogue.ts';
export type { JsonObject, JsonValue } from '../domain/json.ts';
export type { RemoteKeysStatus } from '../engine/remote-keys/remote-keys.ts';
export type { VerifiedToken } from '../engine/tokens/verified-token.ts';
export type { Jwk, JwsAlgorithmName, TypedKey, VerificationKeys } from './jws-keys.ts';
export type { TrustedIssuer, VerifierOptions } from './verifier-options.ts';

/** What a route wants of a token. */
export type VerifierExpectations = Omit<VerifyOptions, 'maxStalenessMs'>;

/** Judges the tokens of its issuers. It knows of no revocation: a token lives as long as it says, or its key. */
export interface Verifier {
  /**
   * Sync, no I/O. Throws a `WatchwordError` with a code `ERR_TOKEN_…`, or `ERR_KEYS_UNAVAILABLE` as long as keys could not be
   * fetched. A key that is not known is asked for in the background.
   */
  verify(token: string, options?: VerifierExpectations): VerifiedToken;
  /** The same, but waits for keys that are not known: at most a second, and for as long as the issuer takes to answer. */
  authenticate(token: string, options?: VerifierExpectations): Promise<VerifiedToken>;
  /** Resolves once the keys of every issuer are known; rejects with `ERR_CLOSED` after `close`. */
  ready(): Promise<void>;
  /** What is known of keys that are fetched; empty where all were given. */
  status(): readonly RemoteKeysStatus[];
  /** Fetches nothing any more. */
  close(): void;
}

const VERIFY_NAMES: readonly (keyof VerifierExpectations)[] = ['audience', 'scope', 'maxAgeSeconds'];

/** The outside world of a verifier; tests hand in another. */
export interface VerifierPlatform {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly http: HttpClient;
}

const SYSTEM: VerifierPlatform = {
  clock: systemClock,
  scheduler: systemScheduler,
  random: systemRandom,
  http: fetchHttpClient,
};

/**
 * A verifier for a service that issues nothing. It fetches the issuer's keys where they are not given. Everything that can be
 * wrong in the options is wrong here, in a sentence.
 */
export function createVerifier(options: VerifierOptions): Verifier {
  return createVerifierOn(SYSTEM, options);
}

/** The same on a platform of which some parts are others. */
export function createVerifierOn(parts: Partial<VerifierPlatform>, options: VerifierOptions): Verifier {
  const platform = { ...SYSTEM, ...parts };
  const checked = checkVerifierOptions(options);
  const expect = createExpect({ audience: checked.audience, maxStalenessMs: Infinity }, VERIFY_NAMES);
  const trusted = checked.issuers.map((issuer) => createTrusted(platform, issuer, checked));
  const remote = trusted.flatMap(({ keys }) => keys ?? []);
  for (const keys of remote) keys.start();

  function judge(token: string, expected: TokenExpectations): Verdict {
    const [only, another] = trusted;
    if (only !== undefined && another === undefined)
      return only.verifier.verify(token, checked.kind, expected);
    let telling = NOBODY;
    let missing: Verdict | undefined;
    for (const { verifier, keys } of trusted) {
      const verdict = verifier.verify(token, checked.kind, expected);
      if (verdict.kind === 'verified') return verdict;
      if (isUnknownKey(verdict) && keys !== undefined) missing = verdict;
      if (tells(verdict) >= tells(telling)) telling = verdict;
    }
    // The key that another issuer has under this name is not the one: that of whom it is from may be there soon.
    return tells(telling) < KEY_IS_RIGHT ? (missing ?? telling) : telling;
  }

  function orThrow(verdict: Verdict): VerifiedToken {
    const isMissing = isUnknownKey(verdict) && remote.some((keys) => !keys.isUsable);
    if (isMissing) throw new WatchwordError('ERR_KEYS_UNAVAILABLE');
    return verifiedOrThrow(verdict);
  }

  /** Judges again each time that an issuer has answered, until the key is known or all have. */
  async function judgeWithNewKeys(token: string, expected: TokenExpectations, refusal: Verdict) {
    const keyId = remote.length === 0 ? undefined : keyIdOf(token);
    if (keyId === undefined) return refusal;
    const asked = new Set<Promise<unknown>>();
    for (const keys of remote) {
      const look: Promise<unknown> = keys.lookAgain(keyId).then(() => asked.delete(look));
      asked.add(look);
    }
    let verdict = refusal;
    while (asked.size > 0 && isUnknownKey(verdict)) {
      await Promise.race(asked);
      verdict = judge(token, expected);
    }
    return verdict;
  }

  return {
    verify(token, wanted) {
      const verdict = judge(token, expect('verify', wanted));
      if (isUnknownKey(verdict) && remote.length > 0) {
        const keyId = keyIdOf(token);
        if (keyId !== undefined) for (const keys of remote) keys.hint(keyId);
      }
      return orThrow(verdict);
    },
    async authenticate(token, wanted) {
      const expected = expect('authenticate', wanted);
      const verdict = judge(token, expected);
      return orThrow(isUnknownKey(verdict) ? await judgeWithNewKeys(token, expected, verdict) : verdict);
    },
    async ready() {
      await Promise.all(remote.map((keys) => keys.whenLoaded()));
    },
    status: () => remote.map((keys) => keys.status()),
    close() {
      for (const keys of remote) keys.close();
    },
  };
}

const KEY_IS_RIGHT = 2;

const NOBODY: Verdict = { kind: 'refused', code: 'ERR_TOKEN_KEY_UNKNOWN', detail: 'there is no issuer' };

/** Of several issuers' refusals the one tells most whose key the token was signed with. */
function tells(verdict: Verdict): number {
  if (isUnknownKey(verdict)) return 0;
  const isOtherKey =
    verdict.kind === 'refused' &&
    (verdict.code === 'ERR_TOKEN_SIGNATURE' || verdict.code === 'ERR_TOKEN_ALGORITHM');
  return isOtherKey ? 1 : KEY_IS_RIGHT;
}

function isUnknownKey(verdict: Verdict): boolean {
  return verdict.kind === 'refused' && verdict.code === 'ERR_TOKEN_KEY_UNKNOWN';
}

/** The `kid` that a token names, if it has the form of one. */
function keyIdOf(token: unknown): string | undefined {
  const jws = splitCompactJws(token);
  const header = jws && readHeader(jws.headerText);
  return header === undefined || 'fault' in header ? undefined : header.keyId;
}

interface Trusted {
  readonly verifier: TokenVerifier;
  /** `undefined` where the keys were given. */
  readonly keys: IssuerKeys | undefined;
}

function createTrusted(
  platform: VerifierPlatform,
  { issuer, keys: given, jwksUri }: TrustedIssuer,
  { algorithms, renewMs, outageMs, cacheSize }: CheckedVerifierOptions,
): Trusted {
  const { clock } = platform;
  const keys =
    given === undefined
      ? new IssuerKeys({
          ...platform,
          issuer,
          keySetUrl: jwksUri,
          algorithms,
          renewMs,
          outageMs,
          // What an issuer elsewhere says leads nowhere on this machine.
          isAllowedUrl: (url) => isFetchable(url) && (url.startsWith('https:') || issuer.startsWith('http:')),
        })
      : undefined;
  const verifier = createTokenVerifier({
    issuer,
    clock,
    keys: keys ?? givenKeys(given as VerificationKeys),
    view: { hits: () => undefined, ageMs: () => 0, reportStale: () => undefined },
    cacheSize,
  });
  return { verifier, keys };
}

function givenKeys(given: VerificationKeys): KeyFinder {
  const keys = new Map<string, RemoteKey>();
  for (const jws of keySetOf(given, JWS_ALGORITHM_NAMES).keys) {
    const id = parseKeyId(jws.id);
    if (id === undefined) {
      throw new ConfigurationError('Each of `keys` has to have its `kid`, as the JWKS of the issuer has it.');
    }
    keys.set(id, { jws, state: 'signing' });
  }
  return { find: (id) => keys.get(id) };
}
