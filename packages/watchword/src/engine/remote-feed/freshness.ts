import type { Clock } from '../../ports/clock.ts';

/** What a wall clock may go back without having been set; entries stay longer than what they hit. */
const SLACK_MS = 1000;

/**
 * How long ago what is known was complete, at most. The monotonic clock counts that, and the wall clock as well: the former
 * stands still while the machine sleeps, the latter may be set. The greater of the two ages holds.
 */
export class Freshness {
  readonly #clock: Clock;
  #monotonicMs = Number.NEGATIVE_INFINITY;
  #wallMs = Number.NEGATIVE_INFINITY;
  #droppedMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What is known contains all that was durable at this monotonic time. */
  confirm(monotonicMs: number): void {
    if (monotonicMs <= this.#monotonicMs) return;
    this.#monotonicMs = monotonicMs;
    this.#wallMs = this.#clock.nowMs() - (this.#clock.monotonicMs() - monotonicMs);
  }

  /** What had expired at this wall time was dropped. */
  dropped(wallMs: number): void {
    this.#droppedMs = Math.max(this.#droppedMs, wallMs);
  }

  /** The wall time up to which what had expired was dropped. */
  get droppedMs(): number {
    return this.#droppedMs;
  }

  /** Whether the wall clock was set back since entries were dropped: they matter again, and are not known. */
  get isIncomplete(): boolean {
    return this.#clock.nowMs() < this.#droppedMs - SLACK_MS;
  }

  /** All is known anew, but not yet as of when. */
  restart(): void {
    this.#monotonicMs = Number.NEGATIVE_INFINITY;
    this.#wallMs = Number.NEGATIVE_INFINITY;
    this.#droppedMs = Number.NEGATIVE_INFINITY;
  }

  /** Infinite before the first time, and while entries are missing. */
  ageMs(): number {
    if (this.isIncomplete) return Number.POSITIVE_INFINITY;
    return Math.max(this.#clock.monotonicMs() - this.#monotonicMs, this.#clock.nowMs() - this.#wallMs);
  }

  /** The wall time at which what is known was complete; `undefined` before the first time. */
  asOfWallMs(): number | undefined {
    const ageMs = this.ageMs();
    return Number.isFinite(ageMs) ? this.#clock.nowMs() - ageMs : undefined;
  }
}
