import { bigIntOf } from './weak-rsa.ts';

/*
 * RFC 8032 §5.1: the curve −x² + y² = 1 + d x² y² modulo p = 2^255 − 19; a point is spelled as y, with the lowest bit of x on top.
 */

const P = 2n ** 255n - 19n;
/** −121665 / 121666. */
const D =
  37_095_705_934_669_439_343_138_083_508_754_565_189_542_113_879_843_219_016_388_785_533_085_940_283_555n;

/**
 * Whether 32 bytes spell a point of the curve in its one way (§5.1.3), and not one of the eight of small order, under which a
 * signature of anything can be right.
 */
export function isUsableEd25519Point(bytes: Uint8Array): boolean {
  if (bytes.length !== 32) return false;
  const encoded = bigIntOf(bytes.toReversed());
  const y = encoded % 2n ** 255n;
  if (y >= P) return false;
  const y2 = modulo(y * y);
  const numerator = modulo(y2 - 1n);
  const denominator = modulo(D * y2 + 1n);
  // x² = numerator / denominator has a root if the product of the two has one (Euler's criterion).
  if (power(modulo(numerator * denominator), (P - 1n) / 2n) !== 1n) return false;
  // Of the orders 1, 2 and 4 are y = ±1 and 0, of which the first two are gone: their x is 0. Of order 8 are the points that
  // doubled have y = 0, where x² = −y², and so d y⁴ + 2 y² = 1.
  return y !== 0n && modulo(D * y2 * y2 + 2n * y2 - 1n) !== 0n;
}

function modulo(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest % 2n === 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}
