import type { ByteSink } from '../../ports/byte-sink.ts';
import type { Scheduler } from '../../ports/scheduler.ts';
import { STALL_MS } from './limits.ts';

/** Whether what waits for a reader is taken in time. */
export function drained(sink: ByteSink, scheduler: Scheduler): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = scheduler.after(STALL_MS, () => resolve(false));
    sink.onceDrained(() => {
      cancel();
      resolve(true);
    });
  });
}
