import { splitCompactJws } from '../crypto/jws/compact.ts';
import type { RemoteFeedStatus } from '../engine/remote-feed/feed-status.ts';
import type { RemoteKeysStatus } from '../engine/remote-keys/remote-keys.ts';
import { readHeader } from '../engine/tokens/token-header.ts';
import type { TokenExpectations, Verdict } from '../engine/tokens/verify.ts';
import type { VerifiedToken } from '../engine/tokens/verified-token.ts';
import { WatchwordError } from '../errors/watchword-error.ts';
import { fetchHttpClient } from '../platform/fetch-http-client.ts';
import { hostName } from '../platform/host-name.ts';
import { snapshotFile } from '../platform/snapshot-file.ts';
import { systemClock } from '../platform/system-clock.ts';
import { systemRandom } from '../platform/system-random.ts';
import { systemScheduler } from '../platform/system-scheduler.ts';
import { createEventHub, type Events } from './event-hub.ts';
import { createWant, type VerifierExpectations } from './expect-of-verifier.ts';
import { verifiedOrThrow } from './expectations.ts';
import { createStaleAnswers, feedOf } from './stale-answers.ts';
import { createTrusted, type VerifierPlatform } from './trusted-issuer.ts';
import { checkVerifierOptions, type VerifierOptions } from './verifier-options.ts';

export { WatchwordError } from '../errors/watchword-error.ts';
export type { ErrorCode } from '../errors/catalogue.ts';
export type { EventOf, EventType, FeedProblem, WatchwordEvent } from '../domain/events.ts';
export type { JsonObject, JsonValue } from '../domain/json.ts';
export type {
  RemoteFeedFault,
  RemoteFeedState,
  RemoteFeedStatus,
} from '../engine/remote-feed/feed-status.ts';
export type { RemoteKeysStatus } from '../engine/remote-keys/remote-keys.ts';
export type { VerifiedToken } from '../engine/tokens/verified-token.ts';
export type { EventListener, Events } from './event-hub.ts';
export type { VerifierExpectations } from './expect-of-verifier.ts';
export type { FeedOptions, WhenStale } from './feed-options.ts';
export type { Jwk, JwsAlgorithmName, TypedKey, VerificationKeys } from './jws-keys.ts';
export type { TrustedIssuer, VerifierOptions } from './verifier-options.ts';

/** What is known of what is fetched. */
export interface VerifierStatus {
  /** Of each issuer whose keys were not given. */
  readonly keys: readonly RemoteKeysStatus[];
  /** Of each issuer with a `feed`. */
  readonly feeds: readonly RemoteFeedStatus[];
}

/** Judges the tokens of its issuers. Of an issuer without `feed` it knows no revocation: a token lives as long as it says, or its key. */
export interface Verifier {
  /**
   * Sync, no I/O. Throws a `WatchwordError` with a code `ERR_TOKEN_…`, `ERR_KEYS_UNAVAILABLE` as long as keys could not be
   * fetched, or `ERR_FEED_STALE`. A key that is not known is asked for in the background.
   */
  verify(token: string, options?: VerifierExpectations): VerifiedToken;
  /**
   * The same, but waits for keys that are not known: at most a second, and for as long as the issuer takes to answer. Where
   * `whenStale` is `introspect` it asks the issuer about a token, if revocations are not known.
   */
  authenticate(token: string, options?: VerifierExpectations): Promise<VerifiedToken>;
  /**
   * Resolves once the keys of every issuer are known, and of those with a `feed` the revocations, no older than
   * `maxStalenessMs`; rejects with `ERR_CLOSED` after `close`.
   */
  ready(): Promise<void>;
  status(): VerifierStatus;
  /** What happens to the feeds: `feed_fault`, `feed_disconnected`, `accepted_stale`, …; see docs/events.md. */
  readonly events: Events;
  /** Fetches and follows nothing any more. Resolves when what is to be kept is written. */
  close(): Promise<void>;
}

const SYSTEM: VerifierPlatform = {
  clock: systemClock,
  scheduler: systemScheduler,
  random: systemRandom,
  http: fetchHttpClient,
  snapshotFile,
  hostName,
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
  const want = createWant(checked);
  const hub = createEventHub(platform.clock);
  const trusted = checked.issuers.map((issuer) => createTrusted(platform, hub, issuer, checked));
  const remote = trusted.flatMap(({ keys }) => keys ?? []);
  const feeds = trusted.flatMap(({ feed }) => feed ?? []);
  for (const started of [...remote, ...feeds]) started.start();
  let isClosed = false;
  const staleAnswers = createStaleAnswers({ clock: platform.clock, events: hub, trusted, judge });

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

  /** What a call gives, in the end. */
  function conclude(verdict: Verdict, { maxStalenessMs }: TokenExpectations): VerifiedToken {
    if (verdict.kind === 'verified') {
      if (feeds.length > 0) feedOf(trusted, verdict.token)?.noteUse(verdict.token);
      return verdict.token;
    }
    if (verdict.code === 'ERR_FEED_STALE') {
      for (const feed of feeds) if (feed.ageMs() > maxStalenessMs) feed.view.reportStale(feed.ageMs());
    }
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
    verify(token, expectations) {
      const wanted = want('verify', expectations);
      const verdict = judge(token, wanted.expected);
      if (isUnknownKey(verdict) && remote.length > 0) {
        const keyId = keyIdOf(token);
        if (keyId !== undefined) for (const keys of remote) keys.hint(keyId);
      }
      return conclude(staleAnswers.answer(token, wanted, verdict), wanted.expected);
    },
    async authenticate(token, expectations) {
      const wanted = want('authenticate', expectations);
      const first = judge(token, wanted.expected);
      const verdict = isUnknownKey(first) ? await judgeWithNewKeys(token, wanted.expected, first) : first;
      return conclude(await staleAnswers.answerByAsking(token, wanted, verdict), wanted.expected);
    },
    async ready() {
      if (isClosed) throw new WatchwordError('ERR_CLOSED');
      const { maxStalenessMs } = checked;
      await Promise.all([
        ...remote.map((keys) => keys.whenLoaded()),
        ...feeds.map((feed) => feed.whenFresh(maxStalenessMs)),
      ]);
    },
    status: () => ({
      keys: remote.map((keys) => keys.status()),
      feeds: feeds.map((feed) => feed.status()),
    }),
    events: { on: hub.on },
    async close() {
      isClosed = true;
      for (const keys of remote) keys.close();
      await Promise.all(feeds.map((feed) => feed.close()));
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
