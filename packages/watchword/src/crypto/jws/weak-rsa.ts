/*
 * ROCA (CVE-2017-15361): a library of Infineon made primes of the form k · M + (65537^a mod M), M being the product of the first primes.
 * So modulo each of these small primes the modulus is a power of 65537, which for an ordinary modulus is hardly ever so. Nemec, Sys,
 * Svenda, Klinec, Matyas, “The Return of Coppersmith's Attack”, 2017, §3.3.
 */

const GENERATOR = 65_537;

/** The odd primes up to 167: by these keys of all lengths are told. */
const SMALL_PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
  109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
] as const;

export function hasRocaFingerprint(modulus: bigint): boolean {
  return SMALL_PRIMES.every((prime) => isPowerOfGenerator(Number(modulus % BigInt(prime)), prime));
}

/** No modulus of two large primes has one. */
export function hasSmallFactor(modulus: bigint): boolean {
  return modulus % 2n === 0n || SMALL_PRIMES.some((prime) => modulus % BigInt(prime) === 0n);
}

/** The number that bytes spell, most significant first. */
export function bigIntOf(bytes: Uint8Array): bigint {
  let hex = '0x0';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return BigInt(hex);
}

function isPowerOfGenerator(residue: number, prime: number): boolean {
  let power = 1;
  do {
    if (power === residue) return true;
    power = (power * GENERATOR) % prime;
  } while (power !== 1);
  return false;
}
