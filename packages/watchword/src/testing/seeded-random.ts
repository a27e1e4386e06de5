import type { Random } from '../ports/random.ts';

/** Randomness that is the same for the same seed: for tests that can be repeated, and for nothing else. */
export interface SeededRandom extends Random {
  /** A whole number from 0 up to, but not including, `bound`. */
  below(bound: number): number;
}

const SCRAMBLE_INCREMENT = 0x9e37_79b9;

export function createSeededRandom(seed: number): SeededRandom {
  const next = sfc32(seed);
  return {
    bytes: (count) => Uint8Array.from({ length: count }, () => next() & 0xff),
    jitter: () => next() / 2 ** 32,
    below: (bound) => Math.floor((next() / 2 ** 32) * bound),
  };
}

/** Chris Doty-Humphrey's sfc32 from PractRand: 32 bits a call, and good ones. */
function sfc32(seed: number): () => number {
  let a = seed | 0;
  let b = Math.floor(seed / 2 ** 32) | 0;
  let c = SCRAMBLE_INCREMENT | 0;
  let counter = 1;
  function next(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  }
  // Seeds that are close to each other must not begin alike.
  for (let round = 0; round < 15; round += 1) next();
  return next;
}
