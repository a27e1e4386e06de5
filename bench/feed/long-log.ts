import { createHash } from 'node:crypto';
import { memory } from 'watchword/memory';
import { createSessionId, parseTokenId } from '../../packages/watchword/src/domain/ids.ts';
import {
  GENESIS_HASH,
  revocationBytes,
  type LogHead,
  type RevocationRecord,
  type RevocationTarget,
} from '../../packages/watchword/src/domain/revocation.ts';
import { epochMs } from '../../packages/watchword/src/domain/time.ts';
import type { Store, StoreFactory } from '../../packages/watchword/src/ports/store/store.ts';

const HOUR_MS = 3_600_000;

/**
 * A store with that many live revocations, half of them of sessions and half of tokens. They are made as they are read, each time
 * the same: nobody holds them but who reads them.
 */
export function longLog(entries: number): StoreFactory {
  return {
    kind: 'long-log',
    durable: false,
    async open(context) {
      const store = await memory().open(context);
      const { epoch } = await store.revocations.head();
      const nowMs = context.clock.nowMs();
      let last = { sequence: 0, hash: GENESIS_HASH };
      for (let sequence = 1; sequence <= entries; sequence += 1) last = recordAfter(last, nowMs);
      const head: LogHead = { epoch, ...last };
      let reached = { sequence: 0, hash: GENESIS_HASH };

      async function readAfter(after: number, limit: number): Promise<readonly RevocationRecord[]> {
        if (after === 0) reached = { sequence: 0, hash: GENESIS_HASH };
        // Whoever reads goes from the beginning to the end.
        if (after !== reached.sequence) return [];
        const records: RevocationRecord[] = [];
        while (reached.sequence < Math.min(entries, after + limit)) {
          const record = recordAfter(reached, nowMs);
          records.push(record);
          reached = record;
        }
        return records;
      }

      return {
        ...store,
        revocations: { ...methodsOf(store.revocations), head: async () => head, readAfter },
        watch: (observer) =>
          store.watch({
            looked: ({ keyRevision }, sinceMs) => observer.looked({ head, keyRevision }, sinceMs),
          }),
      };
    },
  };
}

function recordAfter(
  before: { readonly sequence: number; readonly hash: Uint8Array },
  nowMs: number,
): RevocationRecord {
  const sequence = before.sequence + 1;
  const atMs = epochMs(nowMs - (sequence % 900_000));
  const entry = { sequence, target: targetOf(sequence, atMs), atMs, expiresMs: epochMs(atMs + HOUR_MS) };
  const hash = createHash('sha256').update(before.hash).update(revocationBytes(entry)).digest();
  return { ...entry, hash };
}

function targetOf(sequence: number, atMs: ReturnType<typeof epochMs>): RevocationTarget {
  // As if drawn at random, and the same each time.
  const bytes = createHash('sha256').update(String(sequence)).digest();
  if (sequence % 2 === 0) return { kind: 'session', sessionId: createSessionId(atMs, bytes.subarray(0, 10)) };
  const tokenId = parseTokenId(bytes.toString('base64url', 0, 16));
  if (tokenId === undefined) throw new Error('16 bytes in base64url are the id of a token');
  return { kind: 'token', tokenId };
}

function methodsOf(log: Store['revocations']): Store['revocations'] {
  return {
    revoke: (requests, lifetimes) => log.revoke(requests, lifetimes),
    head: () => log.head(),
    readAfter: (sequence, limit) => log.readAfter(sequence, limit),
    beginEpoch: (current) => log.beginEpoch(current),
    deleteExpired: (beforeMs, limit) => log.deleteExpired(beforeMs, limit),
  };
}
