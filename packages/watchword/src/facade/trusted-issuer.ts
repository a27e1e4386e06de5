import { JWS_ALGORITHM_NAMES } from '../crypto/jws/algorithms.ts';
import { parseKeyId } from '../domain/ids.ts';
import { RemoteFeed } from '../engine/remote-feed/remote-feed.ts';
import { IssuerKeys } from '../engine/remote-keys/remote-keys.ts';
import type { RemoteKey } from '../engine/remote-keys/read-key-set.ts';
import {
  createTokenVerifier,
  type TokenVerifier,
  type TokenVerifierParts,
  type VerificationKeys as KeyFinder,
} from '../engine/tokens/verify.ts';
import { ConfigurationError } from '../errors/watchword-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { HttpClient } from '../ports/http-client.ts';
import type { Random } from '../ports/random.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import type { SnapshotFile } from '../ports/snapshot-file.ts';
import { isFetchable } from './check-issuer.ts';
import { feedName, type FeedOptions } from './feed-options.ts';
import { keySetOf, type VerificationKeys } from './jws-keys.ts';
import type { CheckedVerifierOptions, TrustedIssuer } from './verifier-options.ts';

/** The outside world of a verifier; tests hand in another. */
export interface VerifierPlatform {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly http: HttpClient;
  readonly snapshotFile: (path: string) => SnapshotFile;
  readonly hostName: () => string;
}

/** An issuer whose tokens are taken, with what is fetched from it. */
export interface Trusted {
  readonly issuer: string;
  readonly verifier: TokenVerifier;
  /** `undefined` where the keys were given. */
  readonly keys: IssuerKeys | undefined;
  /** `undefined` where revocations are not followed. */
  readonly feed: RemoteFeed | undefined;
}

export function createTrusted(
  platform: VerifierPlatform,
  events: EventSink,
  trusted: TrustedIssuer,
  checked: CheckedVerifierOptions,
): Trusted {
  const { issuer, keys: given } = trusted;
  const keys = given === undefined ? fetchedKeys(platform, trusted, checked) : undefined;
  const feed = trusted.feed && followed(platform, events, issuer, trusted.feed, keys);
  const verifier = createTokenVerifier({
    issuer,
    clock: platform.clock,
    keys: keys ?? givenKeys(given as VerificationKeys),
    view: feed === undefined ? NOTHING_REVOKED : viewOf(feed),
    cacheSize: checked.cacheSize,
  });
  return { issuer, verifier, keys, feed };
}

type View = TokenVerifierParts['view'];

const NOTHING_REVOKED: View = { hits: () => undefined, ageMs: () => 0, reportStale: () => undefined };

/** Whether staleness is told depends on what is done about it. */
function viewOf(feed: RemoteFeed): View {
  return { hits: feed.view.hits, ageMs: () => feed.ageMs(), reportStale: () => undefined };
}

function fetchedKeys(
  platform: VerifierPlatform,
  { issuer, jwksUri }: TrustedIssuer,
  { algorithms, renewMs, outageMs }: CheckedVerifierOptions,
): IssuerKeys {
  return new IssuerKeys({
    ...platform,
    issuer,
    keySetUrl: jwksUri,
    algorithms,
    renewMs,
    outageMs,
    // What an issuer elsewhere says leads nowhere on this machine.
    isAllowedUrl: (url) => isFetchable(url) && (url.startsWith('https:') || issuer.startsWith('http:')),
  });
}

/** Within this time after the feed has told that the issuer's keys changed they are fetched. */
const RENEW_KEYS_WITHIN_MS = 200;

function followed(
  platform: VerifierPlatform,
  events: EventSink,
  issuer: string,
  options: FeedOptions,
  keys: IssuerKeys | undefined,
): RemoteFeed {
  const { clientId, clientSecret, url, snapshotPath } = options;
  return new RemoteFeed({
    ...platform,
    events,
    issuer,
    clientId,
    clientSecret,
    url,
    name: feedName(options, platform.hostName()),
    findKey: options.keys && pinnedKeys(options.keys),
    file: snapshotPath === undefined ? undefined : platform.snapshotFile(snapshotPath),
    onKeysChanged: () => keys?.renewWithin(RENEW_KEYS_WITHIN_MS),
  });
}

function pinnedKeys(given: VerificationKeys) {
  const { keys } = keySetOf(given, ['EdDSA']);
  return (keyId: string) => keys.find(({ id }) => id === keyId);
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
