import type { FeedCheckpoint } from '../../domain/feed.ts';
import type { Clock } from '../../ports/clock.ts';

/** How far two clocks run apart: a quartz errs by less. What is corrected by the network may run faster for a while. */
const DRIFT = 200e-6;

/**
 * A wall clock that gains more than this on the monotonic one was set, or the machine slept. What the issuer's clock gains on it shows
 * that this one stood still without noticing, as that of a virtual machine does, or that either was corrected by as much.
 */
const LEAST_JUMP_MS = 250;

/** How old an exchange may be before another is wanted. */
const EXCHANGE_PERIOD_MS = 60_000;

/** How old it may become where others than this process answer: what drift takes away by then is little. */
const OLDEST_EXCHANGE_MS = 15 * EXCHANGE_PERIOD_MS;

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
   * The local time before which what the clock showed as `asOfMs` was not, by what it shows now; never later than now. `undefined` for a
   * clock that nothing is known of, or not any more.
   */
  notBefore(shown: Shown & Pick<FeedCheckpoint, 'asOfMs'>): number | undefined {
    const wallAheadMs = this.#wallAhead();
    // Set back, it would hide as long a sleep that comes later.
    this.#wallAheadMs = Math.min(this.#wallAheadMs, wallAheadMs);
    const nowMs = this.#clock.monotonicMs();
    const offsetMs = this.#offsetAt(nowMs);
    // What has come was not shown later than now: so far the clocks have run apart faster than they may.
    const gainedMs = Math.max(0, shown.nowMs + offsetMs - nowMs);
    const isKnown = shown.clock === this.#name && nowMs - this.#latestExchangeMs <= OLDEST_EXCHANGE_MS;
    const isSteady = wallAheadMs - this.#wallAheadMs <= LEAST_JUMP_MS && gainedMs <= LEAST_JUMP_MS;
    return isKnown && isSteady ? shown.asOfMs + offsetMs - gainedMs : undefined;
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
