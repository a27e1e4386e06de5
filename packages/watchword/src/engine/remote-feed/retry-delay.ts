import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { RemoteFault } from './feed-problem.ts';

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5000;
/** Nothing but an operator mends a credential. */
const REFUSED_RETRY_MS = 30_000;
/** Who followed for this long has not failed. */
const STEADY_MS = 5000;

/** How long to wait before connecting again: soon at first, then ever longer, and never all verifiers at once. */
export class RetryDelay {
  readonly #clock: Clock;
  readonly #random: Random;
  #failures = 0;
  #followingSinceMs: number | undefined;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  following(): void {
    this.#followingSinceMs ??= this.#clock.monotonicMs();
  }

  after({ problem, retryAfterMs }: RemoteFault): number {
    const sinceMs = this.#followingSinceMs;
    if (sinceMs !== undefined && this.#clock.monotonicMs() - sinceMs >= STEADY_MS) this.#failures = 0;
    this.#followingSinceMs = undefined;
    const growingMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#failures += 1;
    const baseMs = problem === 'credential' ? REFUSED_RETRY_MS : growingMs;
    return (retryAfterMs ?? 0) + baseMs * (0.5 + this.#random.jitter());
  }
}
