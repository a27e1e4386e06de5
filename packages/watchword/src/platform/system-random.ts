import { randomFillSync } from 'node:crypto';
import type { Random } from '../ports/random.ts';

/** A call to the generator costs as much for four bytes as for thousands, so bytes are drawn ahead. */
const POOL_BYTES = 8192;

const pool = new Uint8Array(POOL_BYTES);
let used = POOL_BYTES;

export const systemRandom: Random = {
  bytes(count) {
    if (!Number.isSafeInteger(count) || count < 0) throw new RangeError('randomness comes in whole bytes');
    if (count > POOL_BYTES) return randomFillSync(new Uint8Array(count));
    if (used + count > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    const drawn = pool.slice(used, used + count);
    // What was handed out is somebody's secret: no copy of it stays here.
    pool.fill(0, used, used + count);
    used += count;
    return drawn;
  },
  jitter: () => Math.random(),
};
