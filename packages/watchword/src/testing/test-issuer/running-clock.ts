import { epochMs } from '../../domain/time.ts';
import { systemClock } from '../../platform/system-clock.ts';
import type { FakeClock } from '../fake-clock.ts';

/** The machine's clock, which can be set ahead of itself. */
export function createRunningClock(): Pick<FakeClock, 'nowMs' | 'monotonicMs' | 'advance'> {
  let aheadMs = 0;
  return {
    nowMs: () => epochMs(systemClock.nowMs() + aheadMs),
    monotonicMs: () => systemClock.monotonicMs() + aheadMs,
    advance: (milliseconds) => {
      aheadMs += milliseconds;
    },
  };
}
