import { WatchwordError } from '../../errors/watchword-error.ts';
import type { StoreContext } from '../../ports/store/store.ts';
import { patienceExhausted, pauseMs } from './contention.ts';
import { asItIs, runOne, type Answer, type Pending } from './pending.ts';
import { asStoreError, isContention } from './sqlite-error.ts';
import type { Transactions } from './transactions.ts';

/** How long writes may work in one turn of the event loop before others get a turn, in milliseconds. */
const BATCH_MS = 5;

/** More would not be served within anybody's patience. */
const MOST_WAITING = 10_000;

/**
 * Writes, first come first served, with group commit: those that are waiting at the same time share one transaction and
 * its fsync, and each is answered only when that is on the disk. Whoever comes alone waits for nobody. Where the last
 * batch had several, the next waits for the turn of the event loop to end, by which time everything that arrived together
 * is there.
 */
export interface WriteQueue {
  /** Commits the write of somebody who comes alone; `undefined` where it has to queue, in which case nothing was done. */
  serveAtOnce<Result>(work: () => Result): Promise<Result> | undefined;
  enqueue<Result>(work: () => Result, options: WriteOptions): Promise<Result>;
  /** Whether the last batch had several, so that it is worth waiting for others. */
  readonly othersAreExpected: boolean;
  /** Says that somebody has waited for others and nobody came. */
  expectNobody(): void;
}

export interface WriteOptions {
  readonly patienceMs: number;
  /** Whether work that fails has changed nothing, as a single statement has not. */
  readonly undoesItself: boolean;
}

interface Waiting extends Pending, WriteOptions {
  readonly deadlineMs: number;
}

export function createWriteQueue(context: StoreContext, transactions: Transactions): WriteQueue {
  const { clock, scheduler } = context;
  let queue: Waiting[] = [];
  let serving = false;
  let othersAreExpected = false;
  /** Until when those that come one by one in this turn are committed one by one; 0 where the turn has had none. */
  let atOnceUntilMs = 0;

  async function serve(): Promise<void> {
    if (serving) return;
    serving = true;
    while (queue.length > 0) {
      await scheduler.nextTurn();
      const before = queue.length;
      const contention = commitBatch();
      if (contention === undefined) {
        othersAreExpected = before > 1;
        continue;
      }
      // While another process holds the database only this queue asks for it, not each of those who wait in it.
      dismissImpatient(contention);
      await scheduler.sleep(pauseMs(context));
    }
    serving = false;
  }

  function mayServeAtOnce(): boolean {
    if (serving || othersAreExpected) return false;
    const nowMs = clock.monotonicMs();
    if (atOnceUntilMs === 0) {
      atOnceUntilMs = nowMs + BATCH_MS;
      void scheduler.nextTurn().then(() => (atOnceUntilMs = 0));
    }
    return nowMs < atOnceUntilMs;
  }

  /** Gives the error that says that others hold the database, in which case nothing was done and all wait on. */
  function commitBatch(): Error | undefined {
    const [only] = queue;
    const answers: Answer[] = [];
    try {
      if (queue.length === 1 && only !== undefined) answers.push(runOne(only, asItIs, concernsAll));
      else transactions.write(() => answers.push(...runBatch()));
    } catch (error) {
      if (isContention(error)) return error;
      // The transaction as a whole has failed, and with it all that were to share it.
      answers.splice(0, answers.length, ...queue.slice(0, Math.max(1, answers.length)).map(refusal(error)));
    }
    queue = queue.slice(answers.length);
    for (const answer of answers) answer();
    return undefined;
  }

  function runBatch(): Answer[] {
    const endMs = clock.monotonicMs() + BATCH_MS;
    const answers: Answer[] = [];
    for (const waiting of queue) {
      const run = waiting.undoesItself ? asItIs : transactions.nested;
      answers.push(runOne(waiting, run, concernsAll));
      if (clock.monotonicMs() >= endMs) break;
    }
    return answers;
  }

  function dismissImpatient(contention: Error): void {
    const nowMs = clock.monotonicMs();
    const impatient = queue.filter(({ deadlineMs }) => deadlineMs <= nowMs);
    queue = queue.filter(({ deadlineMs }) => deadlineMs > nowMs);
    for (const { reject, patienceMs } of impatient) reject(patienceExhausted(patienceMs, contention));
  }

  return {
    get othersAreExpected() {
      return othersAreExpected;
    },
    expectNobody() {
      othersAreExpected = false;
    },
    serveAtOnce(work) {
      if (!mayServeAtOnce()) return undefined;
      try {
        return Promise.resolve(work());
      } catch (error) {
        return isContention(error) ? undefined : Promise.reject(asStoreError(error));
      }
    },
    enqueue: <Result>(work: () => Result, options: WriteOptions) =>
      new Promise<Result>((resolve, reject) => {
        if (queue.length >= MOST_WAITING) return reject(tooManyWaiting());
        const deadlineMs = clock.monotonicMs() + options.patienceMs;
        queue.push({ ...options, deadlineMs, work, resolve: resolve as Waiting['resolve'], reject });
        void serve();
      }),
  };
}

/** That others hold the database, or that the disk is full. */
function concernsAll(error: unknown): boolean {
  if (isContention(error)) return true;
  const told = asStoreError(error);
  return told !== error && told instanceof WatchwordError && told.code === 'ERR_STORE_UNAVAILABLE';
}

function refusal(error: unknown): (waiting: Waiting) => Answer {
  const told = asStoreError(error);
  return ({ reject }) =>
    () =>
      reject(told);
}

function tooManyWaiting(): WatchwordError {
  return new WatchwordError('ERR_OVERLOADED', { detail: `${MOST_WAITING} writes are waiting already` });
}
