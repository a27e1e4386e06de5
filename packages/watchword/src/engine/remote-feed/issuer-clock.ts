import type { FeedCheckpoint } from '../../domain/feed.ts';
import type { Clock } from '../../ports/clock.ts';

/** How far two clocks run apart, at most: NTP slews by less, and a quartz errs by less. */
const DRIFT = 200e-6;

/** A wall clock that gains more than this on the monotonic one was set, or the machine slept. */
const LEAST_JUMP_MS = 250;

/** How old an exchange may be before another is wanted. */
const EXCHANGE_PERIOD_MS = 60_000;

type Shown = Pick<FeedCheckpoint, 'clock' | 'nowMs'>;

/**
 * The clock of the issuer's process whose stream is followed, seen from here. Whoever sends a nonce at local time t0 and gets it back
 * with the time I on clock C knows that C showed I at t0 or later: so what C showed as A was not before t0 + (A − I). How long the
 * answer took does not matter, nor who held it back.
 */
export class IssuerClock {
  readonly #clock: Clock;
  #name: string | undefined;
  /** The greatest t0 − I that was seen, at `#exchangedMs`; drift makes it smaller from then on. */
  #offsetMs = 0;
  #exchangedMs = 0;
  #latestExchangeMs = 0;
  /** How far the wall clock was ahead of the monotonic one, which stands still while the machine sleeps. */
  #wallAheadMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** From here on this clock counts; it came back with the nonce that was sent at `sentMs`. */
  begin(shown: Shown, sentMs: number): void {
    this.#name = shown.clock;
    this.#take(shown, sentMs);
  }

  /** Another exchange with the same clock. One with another clock says nothing, for another process answered. */
  refine(shown: Shown, sentMs: number): void {
    if (shown.clock !== this.#name) return;
    this.#latestExchangeMs = sentMs;
    if (sentMs - shown.nowMs >= this.#offsetAt(sentMs)) this.#take(shown, sentMs);
  }

  /** Whether it is time for another exchange. */
  get isDue(): boolean {
    return this.#clock.monotonicMs() - this.#latestExchangeMs >= EXCHANGE_PERIOD_MS;
  }

  /**
   * The local time before which what the clock showed as `asOfMs` was not; never later than now. `undefined` for a clock that
   * nothing is known of, and after this machine slept.
   */
  notBefore({ clock, asOfMs }: Pick<FeedCheckpoint, 'clock' | 'asOfMs'>): number | undefined {
    const wallAheadMs = this.#wallAhead();
    // Set back, it would hide as long a sleep that comes later.
    this.#wallAheadMs = Math.min(this.#wallAheadMs, wallAheadMs);
    if (clock !== this.#name || wallAheadMs - this.#wallAheadMs > LEAST_JUMP_MS) return undefined;
    const nowMs = this.#clock.monotonicMs();
    return Math.min(asOfMs + this.#offsetAt(nowMs), nowMs);
  }

  #take({ nowMs }: Shown, sentMs: number): void {
    this.#offsetMs = sentMs - nowMs;
    this.#exchangedMs = sentMs;
    this.#latestExchangeMs = sentMs;
    this.#wallAheadMs = this.#wallAhead();
  }

  #offsetAt(monotonicMs: number): number {
    return this.#offsetMs - Math.max(0, monotonicMs - this.#exchangedMs) * DRIFT;
  }

  #wallAhead(): number {
    return this.#clock.nowMs() - this.#clock.monotonicMs();
  }
}
