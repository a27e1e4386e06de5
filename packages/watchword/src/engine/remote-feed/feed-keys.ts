import type { JwsVerificationKey } from '../../crypto/jws/jws-key.ts';
import type { FeedCheckpoint } from '../../domain/feed.ts';
import { readCheckpoint } from '../feed-format/checkpoint.ts';
import { IssuerKeys, type RemoteKeysParts } from '../remote-keys/remote-keys.ts';
import { RemoteFault } from './feed-problem.ts';

/** How long fetched keys serve at most before they are asked for again, and while nobody answers. */
const RENEW_MS = 5 * 60_000;
const OUTAGE_MS = 86_400_000;

/** Proves checkpoints with the keys of the feed, which sign nothing else. */
export interface CheckpointReader {
  /** Throws a `RemoteFault` for what the issuer did not sign. Asks for keys that are not known, unless they were given. */
  read(text: string): Promise<FeedCheckpoint>;
  close(): void;
}

/** With keys that were given: no others are taken. */
export function pinnedReader(
  issuer: string,
  find: (keyId: string) => JwsVerificationKey | undefined,
): CheckpointReader {
  return {
    async read(text) {
      const reading = readCheckpoint(text, find, issuer);
      if (reading.kind === 'read') return reading.checkpoint;
      throw faultBy(reading.reason);
    },
    close: () => undefined,
  };
}

type FetchingParts = Pick<RemoteKeysParts, 'issuer' | 'http' | 'clock' | 'scheduler' | 'random'>;

export function fetchingReader(parts: FetchingParts, keySetUrl: string): CheckpointReader {
  const { issuer } = parts;
  const keys = new IssuerKeys({
    ...parts,
    keySetUrl,
    algorithms: ['EdDSA'],
    renewMs: RENEW_MS,
    outageMs: OUTAGE_MS,
    // Where they are was said, so that nobody else is asked.
    isAllowedUrl: () => false,
  });
  keys.start();
  const find = (keyId: string): JwsVerificationKey | undefined => keys.find(keyId, 'EdDSA')?.jws;
  return {
    async read(text) {
      let reading = readCheckpoint(text, find, issuer);
      if (reading.kind === 'refused' && reading.reason === 'unknown_key' && reading.keyId !== undefined) {
        await keys.lookAgain(reading.keyId);
        reading = readCheckpoint(text, find, issuer);
      }
      if (reading.kind === 'read') return reading.checkpoint;
      const { problem } = keys.status();
      if (reading.reason === 'unknown_key' && problem !== undefined) throw new RemoteFault('keys', problem);
      throw faultBy(reading.reason);
    },
    close: () => keys.close(),
  };
}

const SENTENCES = {
  malformed: 'what stands for a checkpoint is none',
  unknown_key: 'a checkpoint is signed with a key that the issuer does not publish',
  signature: 'the signature of a checkpoint is wrong',
  issuer: 'a checkpoint is another issuer’s',
} as const;

function faultBy(reason: keyof typeof SENTENCES): RemoteFault {
  return new RemoteFault(reason, SENTENCES[reason]);
}
