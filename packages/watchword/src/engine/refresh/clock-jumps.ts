import { settlingTimeMs, type ChainPolicy } from '../../domain/refresh-chain.ts';
import { epochMs, type EpochMs } from '../../domain/time.ts';

/** A smaller one is less than the settling time forgives. */
const LEAST_JUMP_MS = 1000;

/**
 * From when on ages are what a clock says: one that was set forward makes what was made before look older than it is. It is told
 * each reading of the clock, with the monotonic time of the moment. Drift and slewing are less than a jump between two of them.
 */
export function watchForJumps(policy: ChainPolicy): (nowMs: EpochMs, monotonicMs: number) => EpochMs {
  const leastJumpMs = Math.min(LEAST_JUMP_MS, settlingTimeMs(policy) / 4);
  let offsetMs: number | undefined;
  let trustedSinceMs = epochMs(0);
  return (nowMs, monotonicMs) => {
    const newOffsetMs = nowMs - monotonicMs;
    const jumpMs = newOffsetMs - (offsetMs ?? newOffsetMs);
    if (jumpMs > leastJumpMs) trustedSinceMs = nowMs;
    // What was set wrong is set right again, and with it the time of that moment.
    else if (jumpMs < -leastJumpMs) trustedSinceMs = epochMs(trustedSinceMs + jumpMs);
    offsetMs = newOffsetMs;
    return trustedSinceMs;
  };
}
