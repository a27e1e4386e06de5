import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from './key-keeper.ts';

const PERIOD_MS = 60_000;

/** Looks once a minute whether the signing key needs a successor, and whether keys lie under a former secret. Gives the function that stops it. */
export function startKeySchedule({ scheduler, events }: EngineContext, keys: KeyKeeper): () => void {
  let isLooking = false;

  function look(): void {
    if (isLooking) return;
    isLooking = true;
    keys
      .rotateIfDue()
      .then(() => keys.rewrap())
      // The key that signs goes on signing, and the next look tries again.
      .catch((cause: unknown) => {
        events.record('request_failed', { code: 'ERR_INTERNAL', detail: 'the key schedule failed', cause });
      })
      .finally(() => {
        isLooking = false;
      });
  }

  return scheduler.every(PERIOD_MS, look);
}
