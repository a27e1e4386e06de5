import { WatchwordError } from '../../errors/watchword-error.ts';
import type { StoreContext } from '../../ports/store/store.ts';
import type { Deadline } from './deadline.ts';
import { asStoreError, faultKind, type FaultKind } from './postgres-error.ts';

/** A server that restarts is back in a second or so; one that is away is not waited for. */
const MOST_LOSSES = 3;
const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 40;

/**
 * Tries until it is done, fails for good, or nobody waits any more; `mayTry` judges each failure, `wasLost` says that an
 * earlier try may have done it.
 */
export type Tries = <Result>(
  deadline: Deadline,
  mayTry: (fault: FaultKind) => boolean,
  attempt: (wasLost: boolean) => Promise<Result>,
) => Promise<Result>;

export function createTries({ scheduler, random }: StoreContext): Tries {
  function pauseMs(): number {
    return SHORTEST_PAUSE_MS + random.jitter() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS);
  }

  return async (deadline, mayTry, attempt) => {
    let losses = 0;
    for (;;) {
      try {
        return await attempt(losses > 0);
      } catch (error) {
        if (!isFromDatabase(error) || deadline.isOver) throw error;
        const fault = faultKind(error);
        if (fault === 'lost') losses += 1;
        if (!mayTry(fault) || losses >= MOST_LOSSES) throw error;
        await scheduler.sleep((losses + 1) * pauseMs());
      }
    }
  };
}

/** Not what the work itself threw: a limit that is reached, a row that cannot be built. */
function isFromDatabase(error: unknown): boolean {
  return (
    error instanceof WatchwordError &&
    error.cause !== undefined &&
    asStoreError(error.cause).code === error.code
  );
}
