/** Renewed this long before the access token ends, plus up to as much again at random, so that clients spread. */
const LEAD_MS = 30_000;
const LARGEST_LEAD_SHARE = 0.1;

/** However short the tokens live and whatever the server says: never more often than this. */
const SHORTEST_WAIT_MS = 5_000;
const LONGEST_BACKOFF_MS = 60_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One timer for the next thing that this tab does by itself: renewing, or trying again after an outage. */
export function createRenewal() {
  let timer = null;
  let failures = 0;

  function after(waitMs, work) {
    clearTimeout(timer);
    timer = setTimeout(work, Math.min(waitMs, LONGEST_TIMER_MS));
    return waitMs;
  }

  return {
    /** @returns how long it waits, in milliseconds */
    beforeExpiry(expiresInSeconds, work) {
      failures = 0;
      const lifeMs = expiresInSeconds * 1000;
      const leadMs = Math.min(LEAD_MS, lifeMs * LARGEST_LEAD_SHARE) * (1 + Math.random());
      return after(Math.max(SHORTEST_WAIT_MS, lifeMs - leadMs), work);
    },
    /** Waits as long as the server asked for, or twice as long each time. */
    afterOutage(retryAfterSeconds, work) {
      const backoffMs = Math.min(LONGEST_BACKOFF_MS, 2_000 * 2 ** failures);
      failures += 1;
      const waitMs = Math.max((retryAfterSeconds ?? 0) * 1000, backoffMs);
      return after(waitMs * (1 + Math.random() * 0.2), work);
    },
    stop() {
      clearTimeout(timer);
      failures = 0;
    },
  };
}
