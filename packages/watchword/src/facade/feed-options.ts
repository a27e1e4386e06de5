import { isClientId } from '../domain/client.ts';
import { VERIFIER_NAME_PATTERN } from '../domain/feed.ts';
import { ConfigurationError } from '../errors/watchword-error.ts';
import { isFetchable } from './check-issuer.ts';
import { keySetOf, type VerificationKeys } from './jws-keys.ts';
import { refuseUnknownOptions } from './unknown-options.ts';

/** How an issuer's revocations are followed. */
export interface FeedOptions {
  /** A client of the issuer's with the role `verifier`; with `introspect` as well, where staleness is answered by asking. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** What this verifier is called in the issuer's lists, 1 to 64 characters. Default: the name of the host. */
  readonly name?: string;
  /** Where the feed is. Default: where the issuer's metadata says, on the issuer's own origin. */
  readonly url?: string;
  /** The keys that sign the feed, as `/feed/keys` has them, each with its `kid`. Default: they are fetched from there. */
  readonly keys?: VerificationKeys;
  /** A file in which what is known outlives a restart, also while the issuer is away. Default: none. */
  readonly snapshotPath?: string;
}

/** What to do with a token while the newest revocations are not known. */
export type WhenStale = 'refuse' | 'introspect' | 'accept';

const FEED_NAMES: readonly (keyof FeedOptions)[] = [
  'clientId',
  'clientSecret',
  'name',
  'url',
  'keys',
  'snapshotPath',
];

const LONGEST_SECRET = 512;

/** Refuses everything that can be wrong about a feed, with a sentence that says what to write instead. */
export function checkFeed(feed: FeedOptions): void {
  refuseUnknownOptions('feed', feed, FEED_NAMES);
  const { clientId, clientSecret, name, url, keys, snapshotPath } = feed;
  if (!isClientId(clientId)) {
    throw new ConfigurationError('`feed.clientId` has to be the id of a client with the role `verifier`.');
  }
  const isSecret =
    typeof clientSecret === 'string' && clientSecret !== '' && clientSecret.length <= LONGEST_SECRET;
  if (!isSecret || !clientSecret.isWellFormed()) {
    throw new ConfigurationError(
      '`feed.clientSecret` has to be the secret that `watchword clients create` showed.',
    );
  }
  if (name !== undefined && !(typeof name === 'string' && VERIFIER_NAME_PATTERN.test(name))) {
    throw new ConfigurationError('`feed.name` has to be 1 to 64 characters that can be printed.');
  }
  if (url !== undefined && !(typeof url === 'string' && isFetchable(url))) {
    throw new ConfigurationError('`feed.url` has to be an https URL, except on localhost.');
  }
  if (keys !== undefined) checkFeedKeys(keys);
  if (snapshotPath !== undefined && !(typeof snapshotPath === 'string' && snapshotPath !== '')) {
    throw new ConfigurationError('`feed.snapshotPath` has to be the path of a file.');
  }
}

function checkFeedKeys(keys: VerificationKeys): void {
  const all = keySetOf(keys, ['EdDSA']).keys;
  if (all.every(({ id, algorithm }) => id !== undefined && algorithm === 'EdDSA')) return;
  throw new ConfigurationError(
    '`feed.keys` has to be what the issuer answers at /feed/keys: Ed25519 keys, each with its `kid`.',
  );
}

/** The name that the issuer's lists show. */
export function feedName({ name, clientId }: FeedOptions, hostName: string): string {
  if (name !== undefined) return name;
  const short = hostName.slice(0, 64);
  return VERIFIER_NAME_PATTERN.test(short) ? short : clientId;
}
