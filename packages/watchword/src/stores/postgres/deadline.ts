import { WatchwordError } from '../../errors/watchword-error.ts';
import type { Scheduler } from '../../ports/scheduler.ts';

/** Until when somebody waits. */
export interface Deadline {
  readonly isOver: boolean;
  /** Called when it is over, at once if it is; gives the function that forgets the listener. */
  onOver(listener: () => void): () => void;
  /** Stops the clock: nobody waits any more. */
  end(): void;
}

export function createDeadline(scheduler: Scheduler, patienceMs: number): Deadline {
  const listeners = new Set<() => void>();
  let isOver = false;
  const stop = scheduler.after(patienceMs, () => {
    isOver = true;
    for (const listener of listeners) listener();
    listeners.clear();
  });
  return {
    get isOver() {
      return isOver;
    },
    onOver: (listener) => {
      if (isOver) listener();
      else listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    end: () => {
      stop();
      listeners.clear();
    },
  };
}

export function deadlineExceeded(): WatchwordError {
  return new WatchwordError('ERR_STORE_UNAVAILABLE', { detail: 'PostgreSQL did not answer in time' });
}
