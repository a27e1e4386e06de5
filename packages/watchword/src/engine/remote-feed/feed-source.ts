import type { JwsVerificationKey } from '../../crypto/jws/jws-key.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HttpClient } from '../../ports/http-client.ts';
import type { Random } from '../../ports/random.ts';
import type { Scheduler } from '../../ports/scheduler.ts';
import { fetchingReader, pinnedReader, type CheckpointReader } from './feed-keys.ts';
import { feedPaths, findFeed } from './find-feed.ts';

export interface FeedSourceParts {
  readonly issuer: string;
  /** Where the feed is; `undefined` where the issuer's metadata says it. */
  readonly url: string | undefined;
  /** Finds the keys that were given; `undefined` where they are fetched. */
  readonly findKey: ((keyId: string) => JwsVerificationKey | undefined) | undefined;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
}

/** Where an issuer's feed is and what proves it. */
export interface FeedSource {
  readonly paths: ReturnType<typeof feedPaths>;
  readonly reader: CheckpointReader;
}

export async function openFeedSource(parts: FeedSourceParts): Promise<FeedSource> {
  const { issuer, url, findKey, http } = parts;
  const paths = feedPaths(url ?? (await findFeed(http, issuer)));
  const reader = findKey === undefined ? fetchingReader(parts, paths.keys) : pinnedReader(issuer, findKey);
  return { paths, reader };
}
