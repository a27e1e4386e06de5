/** Milliseconds of the machine's monotonic clock, which all processes share; 2^53 nanoseconds are more than a hundred days. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
