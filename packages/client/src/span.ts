/**
 * A length of time that began at a moment, by this device's own clocks: they are never compared with the server's.
 *
 * By both of them: the monotonic one may stand still while the device sleeps, the other may be set. The time that has passed is
 * what passed on the faster one, so that the worst is a renewal that comes early.
 */
export interface Span {
  readonly lengthMs: number;
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export function spanFromNow(lengthMs: number): Span {
  return { lengthMs, monotonicMs: performance.now(), wallMs: Date.now() };
}

/** What another tab measured, whose wall clock is ours and whose monotonic clock is not. */
export function spanFromTab(span: Span): Span {
  return { ...span, monotonicMs: performance.now() - Math.max(0, Date.now() - span.wallMs) };
}

export function remainingMs({ lengthMs, monotonicMs, wallMs }: Span): number {
  return lengthMs - Math.max(performance.now() - monotonicMs, Date.now() - wallMs);
}

/** Whether it ends so much later than the other that it is no measurement of the same end. */
export function outlives(span: Span | undefined, other: Span | undefined): boolean {
  return span !== undefined && (other === undefined || remainingMs(span) > remainingMs(other) + 1000);
}
