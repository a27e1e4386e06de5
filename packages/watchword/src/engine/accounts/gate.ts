import { WatchwordError } from '../../errors/watchword-error.ts';

/** Lets a bounded number of costly pieces of work run at once, and a bounded number wait for their turn. */
export interface Gate {
  /** Runs `work` in turn; rejects with `ERR_OVERLOADED` at once if too many are waiting already. */
  pass<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function createGate(limits: { readonly atOnce: number; readonly waiting: number }): Gate {
  const queue: (() => void)[] = [];
  let running = 0;

  function admit(): Promise<void> {
    if (running < limits.atOnce) {
      running += 1;
      return Promise.resolve();
    }
    if (queue.length >= limits.waiting) {
      return Promise.reject(
        new WatchwordError('ERR_OVERLOADED', { detail: 'too many password hashes are waiting' }),
      );
    }
    return new Promise((resolve) => queue.push(resolve));
  }

  /** Hands the place on, so that the count only falls when nobody waits. */
  function leave(): void {
    const next = queue.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    async pass(work) {
      await admit();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
