import { WatchwordError } from '../../errors/watchword-error.ts';
import type { StoreContext } from '../../ports/store/store.ts';
import { patienceExhausted, patiently, pauseMs } from './contention.ts';
import { asStoreError, isContention } from './sqlite-error.ts';

/** How long writes may follow each other before the event loop is let go, in milliseconds. */
const SLICE_MS = 5;

/** More would not be served within anybody's patience. */
const MOST_WAITING = 10_000;

/**
 * Who may use the connection when. All work is synchronous, so that no transaction is ever open across an
 * await; what is asynchronous is waiting: for other processes, and for the event loop, which is let go
 * between slices of writes.
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

interface Waiting {
  readonly deadlineMs: number;
  /** Settles its promise and gives nothing, or gives the error that says that others hold the database. */
  attempt(): Error | undefined;
  giveUp(contention: Error): void;
}

export function createTurns(context: StoreContext): Turns {
  const queue = createWriteQueue(context);
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

interface WriteQueue {
  enqueue<Result>(work: () => Result, patienceMs: number): Promise<Result>;
}

/**
 * One at a time, first come first served. The first of a burst runs at once; a burst does not hold the event
 * loop for the sum of its commits. While another process holds the database only the first in the queue asks
 * for it.
 */
function createWriteQueue(context: StoreContext): WriteQueue {
  const { clock, scheduler } = context;
  const isSliceOver = createSlices(context);
  let queue: Waiting[] = [];
  let serving = false;

  async function serve(): Promise<void> {
    if (serving) return;
    serving = true;
    for (let first = queue[0]; first !== undefined; first = queue[0]) {
      while (isSliceOver()) await scheduler.nextTurn();
      const contention = first.attempt();
      if (contention === undefined) {
        queue.shift();
        // Lets the callers that were just answered go on, without giving up the slice.
        await Promise.resolve();
      } else {
        dismissImpatient(contention);
        await scheduler.sleep(pauseMs(context));
      }
    }
    serving = false;
  }

  function dismissImpatient(contention: Error): void {
    const nowMs = clock.monotonicMs();
    const impatient = queue.filter((waiting) => waiting.deadlineMs <= nowMs);
    queue = queue.filter((waiting) => waiting.deadlineMs > nowMs);
    for (const waiting of impatient) waiting.giveUp(contention);
  }

  return {
    enqueue: (work, patienceMs) =>
      new Promise((resolve, reject) => {
        if (queue.length >= MOST_WAITING) return reject(tooManyWaiting());
        queue.push({
          deadlineMs: clock.monotonicMs() + patienceMs,
          attempt: () => {
            try {
              resolve(work());
            } catch (error) {
              if (isContention(error)) return error;
              reject(asStoreError(error));
            }
            return undefined;
          },
          giveUp: (contention) => reject(patienceExhausted(patienceMs, contention)),
        });
        void serve();
      }),
  };
}

/** Tells whether writes have followed each other for a slice of time since the event loop was last let go. */
function createSlices({ clock, scheduler }: StoreContext): () => boolean {
  let sliceEndMs: number | undefined;
  return () => {
    const nowMs = clock.monotonicMs();
    if (sliceEndMs !== undefined) return nowMs >= sliceEndMs;
    sliceEndMs = nowMs + SLICE_MS;
    void scheduler.nextTurn().then(() => {
      sliceEndMs = undefined;
    });
    return false;
  };
}

function tooManyWaiting(): WatchwordError {
  return new WatchwordError('ERR_OVERLOADED', { detail: `${MOST_WAITING} writes are waiting already` });
}
