/** 32 random bytes have some 30 different ones; fewer than 20 come up less than once in 10^11 tries. */
const MIN_DISTINCT_BYTES = 20;
/** 32 random hex digits have some 14 different ones of 16; fewer than 6 come up as rarely. */
const MIN_DISTINCT_HEX_DIGITS = 6;
/** A run of equal steps (abc…, 012…, aaa…) this long comes up once in 10^12 random secrets. */
const MAX_RUN = 8;

/** What makes a secret guessable whatever it spells, as the end of a sentence; `undefined` for what looks random. */
export function patternOf(bytes: Uint8Array): string | undefined {
  const leastDistinct = bytes.every(isHexDigit) ? MIN_DISTINCT_HEX_DIGITS : MIN_DISTINCT_BYTES;
  if (new Set(bytes).size < Math.min(leastDistinct, bytes.length))
    return 'too many of its bytes are the same';
  if (longestRun(bytes) > MAX_RUN) return 'its bytes follow each other';
  return isPeriodic(bytes) ? 'it repeats itself' : undefined;
}

/** Of one case or the other: libraries that take a text for a key take `openssl rand -hex 32` as it is. */
function isHexDigit(byte: number): boolean {
  return /[0-9a-f]/i.test(String.fromCharCode(byte));
}

/** The longest stretch in which each byte differs from the one before by the same step. */
function longestRun(bytes: Uint8Array): number {
  let longest = 1;
  let run = 1;
  for (let index = 2; index < bytes.length; index += 1) {
    const step = (bytes[index] ?? 0) - (bytes[index - 1] ?? 0);
    const before = (bytes[index - 1] ?? 0) - (bytes[index - 2] ?? 0);
    run = step === before ? run + 1 : 1;
    longest = Math.max(longest, run + 1);
  }
  return longest;
}

/** Whether a text or some bytes are their own beginning, twice or more often. */
export function isPeriodic(sequence: ArrayLike<unknown>): boolean {
  const units = Array.from(sequence);
  for (let period = 1; period <= units.length / 2; period += 1) {
    if (units.every((unit, index) => index < period || unit === units[index - period])) return true;
  }
  return false;
}
