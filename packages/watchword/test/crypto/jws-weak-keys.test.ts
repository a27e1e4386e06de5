import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { isUsableEd25519Point } from '../../src/crypto/jws/ed25519-point.ts';
import { parseJwk } from '../../src/crypto/jws/parse-jwk.ts';
import { bigIntOf, hasRocaFingerprint, hasSmallFactor } from '../../src/crypto/jws/weak-rsa.ts';
import { rounds } from '../domain/support/property.ts';

const bytesOf = (value: bigint, length: number): Buffer =>
  Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex');

describe('the fingerprint of ROCA (CVE-2017-15361)', () => {
  /** M for keys of 2048 bits: the product of the first 126 primes. */
  const M = firstPrimes(126).reduce((product, prime) => product * BigInt(prime), 1n);

  /** A number of the form that the library's primes have; whether it is prime does not matter to the fingerprint. */
  function infineonFactor(): bigint {
    const k = 2n ** 55n + bigIntOf(randomBytes(6));
    const a = bigIntOf(randomBytes(24));
    return k * M + power(65_537n, a, M);
  }

  test('is that of every product of two numbers of the weak form', () => {
    for (let round = 0; round < 50; round += 1) {
      const modulus = infineonFactor() * infineonFactor();
      assert.equal(hasRocaFingerprint(modulus), true);
      assert.equal(hasSmallFactor(modulus), false);
    }
  });

  test('refuses the key', () => {
    const modulus = infineonFactor() * infineonFactor();
    const bits = modulus.toString(2).length;
    const n = bytesOf(modulus, Math.ceil(bits / 8)).toString('base64url');
    assert.throws(() => parseJwk({ kty: 'RSA', alg: 'RS256', e: 'AQAB', n }), /ROCA/);
  });

  test('is not that of thousands of ordinary moduli', () => {
    for (let round = 0; round < rounds(5000, 100_000); round += 1) {
      const modulus = bigIntOf(randomBytes(256)) | 1n;
      assert.equal(hasRocaFingerprint(modulus), false);
    }
  });

  test('is not that of keys which OpenSSL makes, which are taken', () => {
    for (let round = 0; round < rounds(3, 50); round += 1) {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const key = parseJwk({ ...publicKey.export({ format: 'jwk' }), alg: 'RS256' });
      assert.equal(key.algorithm, 'RS256');
    }
  });
});

describe('a public key of Ed25519', () => {
  test('as it is generated is taken', () => {
    for (let round = 0; round < 100; round += 1) {
      const { x } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
      assert.equal(isUsableEd25519Point(Buffer.from(x ?? '', 'base64url')), true);
    }
  });

  // The points of small order, and the other spellings of their y: under them, signatures of anything can be right.
  const p = 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f';
  const small = {
    'y = 0': '00'.repeat(32),
    'y = 0 with a sign': `${'00'.repeat(31)}80`,
    'y = 1': `01${'00'.repeat(31)}`,
    'y = 1 with a sign': `01${'00'.repeat(30)}80`,
    'y = −1': `ec${p.slice(2)}`,
    'y = p, which is 0': `ed${p.slice(2)}`,
    'y = p + 1, which is 1': `ee${p.slice(2)}`,
    'of order 8': '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'of order 8, negative': '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'of order 8, the other': 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'of order 8, the other, negative': 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  };
  for (const [name, hex] of Object.entries(small)) {
    test(`is refused: ${name}`, () => {
      const bytes = Buffer.from(hex, 'hex');
      assert.equal(bytes.length, 32);
      assert.equal(isUsableEd25519Point(bytes), false);
      const x = bytes.toString('base64url');
      assert.throws(() => parseJwk({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', x }), {
        code: 'ERR_KEY_REFUSED',
      });
    });
  }

  test('is refused off the curve: about every second y has no x', () => {
    let usable = 0;
    for (let round = 0; round < 400; round += 1) if (isUsableEd25519Point(randomBytes(32))) usable += 1;
    assert.ok(usable > 120 && usable < 280, `${usable} of 400`);
    // RFC 8032 §5.1: y = 2 has no x.
    assert.equal(isUsableEd25519Point(Buffer.from(`02${'00'.repeat(31)}`, 'hex')), false);
  });
});

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest % 2n === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let value = 2; primes.length < count; value += 1) {
    if (primes.every((prime) => value % prime !== 0)) primes.push(value);
  }
  return primes;
}
