import { concatBytes } from '../../crypto/bytes.ts';
import { equalBytes, sha256 } from '../../crypto/digest.ts';
import { revocationBytes, type LogHead, type RevocationRecord } from '../../domain/revocation.ts';
import type { Sighting } from '../../ports/store/store.ts';
import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import type { RevocationView } from './view.ts';

const BATCH = 5000;

export interface Following {
  /** Resolves when the view contains everything that was durable when this was asked for. */
  catchUp(): Promise<void>;
  stop(): void;
}

/**
 * Keeps the view and the keys of this process true to what all processes wrote, and calls `onRestored` when the store has
 * gone back to an earlier state.
 */
export async function followStore(
  { store, clock }: EngineContext,
  view: RevocationView,
  keys: Pick<KeyKeeper, 'follow'>,
  onRestored: () => void,
): Promise<Following> {
  let appliedSequence = 0;
  /** The hash of the entry at `appliedSequence`; `undefined` where that entry was never seen. */
  let appliedHash: Uint8Array | undefined;
  let catchingUp = false;

  function readAllAgain(): void {
    appliedSequence = 0;
    appliedHash = undefined;
  }

  async function catchUp(): Promise<void> {
    for (;;) {
      const records = await store.revocations.readAfter(appliedSequence, BATCH);
      const [first] = records;
      if (first !== undefined && !follows(first)) {
        readAllAgain();
        continue;
      }
      for (const record of records) view.apply(record);
      const last = records.at(-1);
      if (last !== undefined) [appliedSequence, appliedHash] = [last.sequence, last.hash];
      if (records.length < BATCH) return;
    }
  }

  /** A store that was restored and written again has other entries under numbers that were seen. */
  function follows(record: RevocationRecord): boolean {
    if (appliedHash === undefined || record.sequence !== appliedSequence + 1) return true;
    return equalBytes(record.hash, sha256(concatBytes(appliedHash, revocationBytes(record))));
  }

  function skipTo(head: LogHead): void {
    if (head.sequence > appliedSequence) [appliedSequence, appliedHash] = [head.sequence, head.hash];
  }

  function looked({ head, keyRevision }: Sighting, sinceMs: number): void {
    keys.follow(keyRevision);
    // A store that was restored counts on from an earlier number: what is known stays, and all of it is read again.
    if (!isContinuation(head)) {
      readAllAgain();
      onRestored();
    }
    known = head;
    // The entries up to the head may all have expired, so that reading them gives none: being there is what counts.
    if (head.sequence <= appliedSequence) return view.confirm(sinceMs);
    if (catchingUp) return;
    catchingUp = true;
    catchUp()
      .then(() => {
        skipTo(head);
        view.confirm(sinceMs);
      })
      // Until a later look succeeds the view grows old, and says so.
      .catch(() => undefined)
      .finally(() => {
        catchingUp = false;
      });
  }

  function isContinuation({ epoch, sequence, hash }: LogHead): boolean {
    if (epoch !== known.epoch || sequence < known.sequence) return false;
    return sequence > known.sequence || equalBytes(hash, known.hash);
  }

  const sinceMs = clock.monotonicMs();
  const head = await store.revocations.head();
  let known = head;
  await catchUp();
  skipTo(head);
  view.confirm(sinceMs);
  return {
    async catchUp() {
      if ((await store.revocations.head()).sequence > appliedSequence) await catchUp();
    },
    stop: store.watch({ looked }),
  };
}
