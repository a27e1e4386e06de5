import { systemScheduler } from '../../platform/system-scheduler.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Scheduler } from '../../ports/scheduler.ts';

/** Work that is due when its time has really passed, or when the clock was set ahead of it. */
export interface LeapingScheduler extends Scheduler {
  /** Runs what the clock says is due, each piece once: as after a sleep of the machine. */
  runDue(): void;
}

interface Task {
  dueMs: number;
  readonly run: () => void;
}

/** Nothing here stands still: whoever waits for an answer over a wire would wait for ever. */
export function createLeapingScheduler(
  clock: Clock,
  slept: (milliseconds: number) => void,
): LeapingScheduler {
  const tasks = new Set<Task>();

  return {
    after(delayMs, work) {
      const task: Task = {
        dueMs: clock.monotonicMs() + delayMs,
        run() {
          cancel();
          work();
        },
      };
      tasks.add(task);
      const stopTimer = systemScheduler.after(delayMs, task.run);
      function cancel(): void {
        tasks.delete(task);
        stopTimer();
      }
      return cancel;
    },
    every(periodMs, work) {
      const task: Task = {
        dueMs: clock.monotonicMs() + periodMs,
        run() {
          task.dueMs = clock.monotonicMs() + periodMs;
          work();
        },
      };
      tasks.add(task);
      const stopTimer = systemScheduler.every(periodMs, task.run);
      return () => {
        tasks.delete(task);
        stopTimer();
      };
    },
    async sleep(delayMs) {
      await systemScheduler.sleep(delayMs);
      slept(delayMs);
    },
    nextTurn: () => systemScheduler.nextTurn(),
    runDue() {
      const nowMs = clock.monotonicMs();
      for (const task of [...tasks].toSorted((a, b) => a.dueMs - b.dueMs)) {
        // One that ran before it may have cancelled it.
        if (tasks.has(task) && task.dueMs <= nowMs) task.run();
      }
    },
  };
}
