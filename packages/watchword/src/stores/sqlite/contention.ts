import { WatchwordError } from '../../errors/watchword-error.ts';
import type { StoreContext } from '../../ports/store/store.ts';
import { asStoreError, isContention } from './sqlite-error.ts';

/**
 * An attempt costs some ten microseconds and a commit of somebody else's rarely more than milliseconds: a
 * short pause that does not grow gets its turn soon even from a process that commits without rest.
 */
const SHORTEST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 4;

/**
 * Runs `attempt`, again and again while other processes hold the database. The driver's own busy timeout is 0
 * because it would sleep inside the event loop; this sleeps beside it.
 */
export async function patiently<Result>(context: StoreContext, attempt: () => Result): Promise<Result> {
  const deadlineMs = context.clock.monotonicMs() + context.patienceMs;
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!isContention(error)) throw asStoreError(error);
      if (context.clock.monotonicMs() >= deadlineMs) throw patienceExhausted(context.patienceMs, error);
    }
    await context.scheduler.sleep(pauseMs(context));
  }
}

/** With jitter, so that processes that collided do not collide again. */
export function pauseMs(context: StoreContext): number {
  return SHORTEST_PAUSE_MS + context.random.jitter() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS);
}

export function patienceExhausted(patienceMs: number, contention: Error): WatchwordError {
  const detail = `others held the database for ${patienceMs} ms`;
  return new WatchwordError('ERR_STORE_UNAVAILABLE', { detail, cause: contention });
}
