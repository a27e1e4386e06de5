import { equalBytes } from '../../crypto/digest.ts';
import type { LogHead } from '../../domain/revocation.ts';
import type { Sighting } from '../../ports/store/store.ts';
import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import type { RevocationView } from './view.ts';

const BATCH = 5000;

/** Keeps the view and the keys of this process true to what all processes wrote. Gives the function that stops it. */
export async function followStore(
  { store, clock }: EngineContext,
  view: RevocationView,
  keys: Pick<KeyKeeper, 'follow'>,
): Promise<() => void> {
  let appliedSequence = 0;
  let catchingUp = false;

  async function catchUp(): Promise<void> {
    for (;;) {
      const records = await store.revocations.readAfter(appliedSequence, BATCH);
      for (const record of records) {
        view.apply(record);
        appliedSequence = record.sequence;
      }
      if (records.length < BATCH) return;
    }
  }

  function looked({ head, keyRevision }: Sighting, sinceMs: number): void {
    keys.follow(keyRevision);
    // A store that was restored counts on from an earlier number: what is known stays, and all of it is read again.
    if (!isContinuation(head)) appliedSequence = 0;
    known = head;
    // The entries up to the head may all have expired, so that reading them gives none: being there is what counts.
    if (head.sequence <= appliedSequence) return view.confirm(sinceMs);
    if (catchingUp) return;
    catchingUp = true;
    catchUp()
      .then(() => {
        appliedSequence = Math.max(appliedSequence, head.sequence);
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
  appliedSequence = Math.max(appliedSequence, head.sequence);
  view.confirm(sinceMs);
  return store.watch({ looked });
}
