import { WatchwordError } from '../../errors/watchword-error.ts';
import type { StoreContext } from '../../ports/store/store.ts';
import { patiently } from './contention.ts';
import { asStoreError, isContention } from './sqlite-error.ts';
import type { Transactions } from './transactions.ts';
import { createReadQueue } from './read-queue.ts';
import { createWriteQueue, type WriteOptions } from './write-queue.ts';

/**
 * Who may use the connection when. All work is synchronous, so that no transaction is ever open across an
 * await; what is asynchronous is waiting: for other processes, and for the event loop, which is let go
 * between batches of writes.
 */
export interface Turns {
  /**
   * Runs `work`, which reads, at once, or with others at the end of the turn where there are many; tries again while
   * other processes hold the database.
   */
  read<Result>(work: () => Result): Promise<Result>;
  /**
   * Runs `work`, which writes, after the writes that were asked for earlier; tries again in the same place.
   */
  write<Result>(work: () => Result, patienceMs?: number): Promise<Result>;
  /** The same for work that is one statement, and so undoes itself where it fails. */
  statement<Result>(work: () => Result): Promise<Result>;
  assertOpen(): void;
  /** Refuses what is asked for from now on; resolves when all that was begun has come to an end. */
  finish(): Promise<void>;
}

export function createTurns(context: StoreContext, transactions: Transactions): Turns {
  const writes = createWriteQueue(context, transactions);
  const reads = createReadQueue(context, transactions, () => writes.expectNobody());
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

  function write<Result>(work: () => Result, options: WriteOptions): Promise<Result> {
    const done = closed ? undefined : writes.serveAtOnce(work);
    return done ?? counted(() => writes.enqueue(work, options));
  }

  return {
    read: (work) => {
      if (closed || writes.othersAreExpected) return counted(() => reads.enqueue(work));
      try {
        return Promise.resolve(work());
      } catch (error) {
        if (!isContention(error)) return Promise.reject(asStoreError(error));
        return counted(() => patiently(context, work));
      }
    },
    write: (work, patienceMs = context.patienceMs) => write(work, { patienceMs, undoesItself: false }),
    statement: (work) => write(work, { patienceMs: context.patienceMs, undoesItself: true }),
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
