import { AsyncLocalStorage } from 'node:async_hooks';
import type { Watchword, WatchwordEvent } from 'watchword';

/** Tells what a piece of work brought about, however much else happens at the same time. */
export interface Witness {
  watch<Result>(
    work: () => Promise<Result>,
  ): Promise<{ readonly result: Result; readonly events: readonly WatchwordEvent[] }>;
}

export function createWitness(auth: Watchword): Witness {
  const seen = new AsyncLocalStorage<WatchwordEvent[]>();
  auth.events.on('*', (event) => void seen.getStore()?.push(event));
  return {
    async watch(work) {
      const events: WatchwordEvent[] = [];
      const result = await seen.run(events, work);
      return { result, events };
    },
  };
}
