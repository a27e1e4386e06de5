import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { RemoteFault } from './feed-problem.ts';

const FIRST_RETRY_MS = 100;
/** Less than any sensible bound on the age of what is known: a way that is there again is found in time to keep it. */
const LONGEST_RETRY_MS = 2000;
/** Nothing but an operator mends a credential. */
const REFUSED_RETRY_MS = 40_000;
/** Who followed for this long begins anew with short pauses: it comes no oftener than the longest ones let it. */
const STEADY_MS = LONGEST_RETRY_MS;

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

  after({ problem, retryAfterMs = 0 }: RemoteFault): number {
    const sinceMs = this.#followingSinceMs;
    if (sinceMs !== undefined && this.#clock.monotonicMs() - sinceMs >= STEADY_MS) this.#failures = 0;
    this.#followingSinceMs = undefined;
    const growingMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#failures += 1;
    const longestMs = problem === 'credential' ? REFUSED_RETRY_MS : growingMs;
    const jitter = this.#random.jitter() / 2;
    return Math.max(longestMs * (0.5 + jitter), retryAfterMs * (1 + jitter));
  }
}
