import type { StoreContext } from '../../ports/store/store.ts';
import { patiently } from './contention.ts';
import { asItIs, runOne, type Pending } from './pending.ts';
import { isContention } from './sqlite-error.ts';
import type { Transactions } from './transactions.ts';

/**
 * Reads that were asked for in one turn of the event loop, answered at its end from one snapshot, which is younger than each of
 * them: beginning and ending a snapshot costs as much as finding a row.
 */
export interface ReadQueue {
  enqueue<Result>(work: () => Result): Promise<Result>;
}

/** Calls `onAlone` where one has waited for others and nobody came. */
export function createReadQueue(
  context: StoreContext,
  transactions: Transactions,
  onAlone: () => void,
): ReadQueue {
  let queue: Pending[] = [];

  async function serveAtTheEndOfTheTurn(): Promise<void> {
    await context.scheduler.nextTurn();
    const batch = queue;
    queue = [];
    if (batch.length === 1) onAlone();
    try {
      const answers = await patiently(context, () =>
        transactions.read(() => batch.map((one) => runOne(one, asItIs, isContention))),
      );
      for (const answer of answers) answer();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return {
    enqueue: <Result>(work: () => Result) =>
      new Promise<Result>((resolve, reject) => {
        if (queue.length === 0) void serveAtTheEndOfTheTurn();
        queue.push({ work, resolve: resolve as Pending['resolve'], reject });
      }),
  };
}
