import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import type { Scheduler } from '../ports/scheduler.ts';
import type { FakeClock } from './fake-clock.ts';

/** A scheduler whose work is due when its fake clock says so, and runs when it is told to let time pass. */
export interface ManualScheduler extends Scheduler {
  /**
   * Lets `milliseconds` pass and runs what falls due meanwhile, in order and each at its own time; what the
   * work awaits is given the event loop once after each piece.
   */
  advance(milliseconds: number): Promise<void>;
  /** How many pieces of work wait; periodic work counts until it is stopped. */
  readonly waiting: number;
}

interface Task {
  dueMs: number;
  readonly periodMs?: number;
  readonly work: () => void;
}

export function createManualScheduler(clock: FakeClock): ManualScheduler {
  const tasks = new Set<Task>();

  function add(task: Task): () => void {
    tasks.add(task);
    return () => {
      tasks.delete(task);
    };
  }

  /** The earliest task that is due by then; of those due at once the one that waits longest. */
  function nextDue(byMs: number): Task | undefined {
    let earliest: Task | undefined;
    for (const task of tasks) {
      if (task.dueMs <= byMs && (earliest === undefined || task.dueMs < earliest.dueMs)) earliest = task;
    }
    return earliest;
  }

  function run(task: Task): void {
    clock.advance(Math.max(0, task.dueMs - clock.monotonicMs()));
    tasks.delete(task);
    if (task.periodMs !== undefined) {
      task.dueMs += Math.max(1, task.periodMs);
      tasks.add(task);
    }
    task.work();
  }

  return {
    after: (delayMs, work) => add({ dueMs: clock.monotonicMs() + Math.max(0, delayMs), work }),
    every: (periodMs, work) => add({ dueMs: clock.monotonicMs() + Math.max(1, periodMs), periodMs, work }),
    sleep: (delayMs) =>
      new Promise((resolve) => {
        add({ dueMs: clock.monotonicMs() + Math.max(0, delayMs), work: resolve });
      }),
    nextTurn: () => nextLoopTurn(),
    advance: async (milliseconds) => {
      const endMs = clock.monotonicMs() + milliseconds;
      await nextLoopTurn();
      for (let task = nextDue(endMs); task !== undefined; task = nextDue(endMs)) {
        run(task);
        await nextLoopTurn();
      }
      clock.advance(Math.max(0, endMs - clock.monotonicMs()));
    },
    get waiting() {
      return tasks.size;
    },
  };
}
