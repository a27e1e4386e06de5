import { createHash, randomBytes } from 'node:crypto';
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
 * A store with that many live revocations, half of them of sessions and half of tokens, which are made as they are read: nobody
 * holds them but who reads them.
 */
export function longLog(entries: number): StoreFactory {
  return {
    kind: 'long-log',
    durable: false,
    async open(context) {
      const store = await memory().open(context);
      const { epoch } = await store.revocations.head();
      let head: LogHead = { epoch, sequence: entries, hash: GENESIS_HASH };
      let made: { readonly sequence: number; readonly hash: Uint8Array } = {
        sequence: 0,
        hash: GENESIS_HASH,
      };

      async function readAfter(after: number, limit: number): Promise<readonly RevocationRecord[]> {
        // Each is made once: whoever asks again is told that there is nothing newer.
        if (after !== made.sequence) return [];
        const records: RevocationRecord[] = [];
        const nowMs = context.clock.nowMs();
        for (let sequence = after + 1; sequence <= Math.min(entries, after + limit); sequence += 1) {
          const atMs = epochMs(nowMs - (sequence % 900_000));
          const entry = {
            sequence,
            target: targetOf(sequence, atMs),
            atMs,
            expiresMs: epochMs(atMs + HOUR_MS),
          };
          const hash = createHash('sha256').update(made.hash).update(revocationBytes(entry)).digest();
          made = { sequence, hash };
          records.push({ ...entry, hash });
        }
        head = { ...head, hash: made.hash };
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

function targetOf(sequence: number, atMs: ReturnType<typeof epochMs>): RevocationTarget {
  if (sequence % 2 === 0) return { kind: 'session', sessionId: createSessionId(atMs, randomBytes(10)) };
  const tokenId = parseTokenId(randomBytes(16).toString('base64url'));
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
