import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

const RESOLUTION_MS = 2;

/** Long enough for the timer of the measurement to fire. */
const SAMPLE_MS = 5 * RESOLUTION_MS;

/**
 * Measures how long the event loop is held at most from now on; the figure includes up to 2 ms of the
 * measuring itself. A delay counts between two samples: one is waited for before the work, and one after it, or
 * what is done in the very turns that begin and end the measurement would not show.
 */
export async function watchEventLoop() {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  await delay(SAMPLE_MS);
  return {
    stop: async (): Promise<number> => {
      await delay(SAMPLE_MS);
      histogram.disable();
      return histogram.max / 1e6;
    },
  };
}
