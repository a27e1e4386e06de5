import { epochMs } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';

/** A clock that stands still until it is told otherwise. */
export interface FakeClock extends Clock {
  /** Lets time pass: both clocks go on. */
  advance(milliseconds: number): void;
  /** Sets the wall clock, forward or (negative) back, as an operator or NTP would; no time passes. */
  jump(milliseconds: number): void;
}

/** 2026-01-01T00:00:00Z. */
const DEFAULT_START_MS = 1_767_225_600_000;

export function createFakeClock(startMs: number = DEFAULT_START_MS): FakeClock {
  let wallMs = startMs;
  let passedMs = 0;
  return {
    nowMs: () => epochMs(wallMs),
    monotonicMs: () => passedMs,
    advance: (milliseconds) => {
      if (!(milliseconds >= 0))
        throw new RangeError('time passes forward: use `jump` to set the wall clock back');
      wallMs += milliseconds;
      passedMs += milliseconds;
    },
    jump: (milliseconds) => {
      wallMs += milliseconds;
    },
  };
}
