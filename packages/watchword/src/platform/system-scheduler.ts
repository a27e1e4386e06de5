import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Scheduler } from '../ports/scheduler.ts';

export const systemScheduler: Scheduler = {
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs).unref();
    return () => clearTimeout(timer);
  },
  every(periodMs, work) {
    const timer = setInterval(work, periodMs).unref();
    return () => clearInterval(timer);
  },
  sleep: (delayMs) => sleep(delayMs),
  nextTurn: () => nextTurn(),
};
