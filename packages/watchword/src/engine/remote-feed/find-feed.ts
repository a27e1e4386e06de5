import type { HttpClient } from '../../ports/http-client.ts';
import { fetchMetadata } from '../remote-keys/find-key-set.ts';
import { RemoteFault } from './feed-problem.ts';

/**
 * Where the issuer's feed is, as its metadata says; an issuer without metadata has it where Watchword does. The credential that goes
 * there is sent to the issuer's own origin only.
 */
export async function findFeed(http: HttpClient, issuer: string): Promise<string> {
  const metadata = await fetchMetadata(http, issuer);
  if (metadata === 'missing') return new URL('/feed', issuer).href;
  const endpoint = metadata['watchword_feed_endpoint'];
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) {
    throw new RemoteFault(
      'status',
      'the metadata of the issuer names no feed: it has to be made with `clients: true`',
    );
  }
  if (new URL(endpoint).origin !== new URL(issuer).origin) {
    throw new RemoteFault(
      'status',
      'the metadata of the issuer names a feed on another origin: say `feed.url`',
    );
  }
  return endpoint;
}

/** The addresses below a feed's. */
export function feedPaths(url: string) {
  const { origin, pathname } = new URL(url);
  const feed = `${origin}${pathname.replace(/\/$/, '')}`;
  return {
    stream: feed,
    keys: `${feed}/keys`,
    snapshot: `${feed}/snapshot`,
    receipts: `${feed}/receipts`,
    /** Where Watchword introspects: beside the feed, which may have an address of its own. */
    introspection: new URL('oauth/introspect', feed).href,
  };
}
