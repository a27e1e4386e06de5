import type { EpochMs } from '../domain/time.ts';

/** Time. Only `platform` reads a real clock; everything else is handed this. */
export interface Clock {
  /** Wall time. It may jump either way when an operator or NTP sets it. */
  nowMs(): EpochMs;
  /** Milliseconds since an arbitrary moment; it never goes back. For durations. */
  monotonicMs(): number;
}
