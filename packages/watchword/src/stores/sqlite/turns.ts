import { WatchwordError } from '../../errors/watchword-error.ts';
import type { StoreContext } from '../../ports/store/store.ts';
import { patiently } from './contention.ts';
import type { Transactions } from './transactions.ts';
import { createWriteQueue } from './write-queue.ts';

/**
 * Who may use the connection when. All work is synchronous, so that no transaction is ever open across an
 * await; what is asynchronous is waiting: for other processes, and for the event loop, which is let go
 * between batches of writes.
 */
export interface Turns {
  /** Runs `work`, which reads, at once; tries again while others hold the database. */
  read<Result>(work: () => Result): Promise<Result>;
  /**
   * Runs `work`, which writes, after the writes that were asked for earlier; tries again in the same place.
   */
  write<Result>(work: () => Result, patienceMs?: number): Promise<Result>;
  assertOpen(): void;
  /** Refuses what is asked for from now on; resolves when all that was begun has come to an end. */
  finish(): Promise<void>;
}

export function createTurns(context: StoreContext, transactions: Transactions): Turns {
  const queue = createWriteQueue(context, transactions);
  let closed = false;
  let underway = 0;
  let whenIdle: (() => void) | undefined;

  function assertOpen(): void {
    if (closed) throw new WatchwordError('ERR_CLOSED');
  }

  async function counted<Result>(begin: () => Promise<Result>): Promise<Result> {
    assertOpen();
    underway += 1;
    try {
      return await begin();
    } finally {
      underway -= 1;
      if (underway === 0) whenIdle?.();
    }
  }

  return {
    read: (work) => counted(() => patiently(context, work)),
    write: (work, patienceMs = context.patienceMs) => counted(() => queue.enqueue(work, patienceMs)),
    assertOpen,
    finish: async () => {
      closed = true;
      if (underway === 0) return;
      await new Promise<void>((resolve) => {
        whenIdle = resolve;
      });
    },
  };
}
