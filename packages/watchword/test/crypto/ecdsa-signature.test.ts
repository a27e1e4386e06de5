import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { concatFromDer, derFromConcat } from '../../src/crypto/jws/ecdsa-signature.ts';
import { holds, rounds } from '../domain/support/property.ts';

const CURVES = [
  ['P-256', 'sha256', 32],
  ['P-384', 'sha384', 48],
  ['P-521', 'sha512', 66],
] as const;

describe('of a signature both spellings say the same to Node', () => {
  for (const [namedCurve, hash, fieldBytes] of CURVES) {
    test(namedCurve, () => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
      const dsaEncoding = 'ieee-p1363';
      for (let round = 0; round < rounds(200, 2000); round += 1) {
        const data = Buffer.from(`message ${round}`);
        const der = sign(hash, data, privateKey);
        const concat = concatFromDer(der, fieldBytes);
        assert.equal(concat.length, 2 * fieldBytes);
        assert.ok(verify(hash, data, { key: publicKey, dsaEncoding }, concat));
        assert.deepEqual(Buffer.from(derFromConcat(concat)), der);
      }
    });
  }
});

test('any r and s survive the way there and back, leading zeros and high bits included', () => {
  const field = (bytes: number) =>
    fc.oneof(
      fc.uint8Array({ minLength: bytes, maxLength: bytes }),
      fc.nat({ max: bytes }).map((zeros) => new Uint8Array(bytes).fill(0xff, zeros)),
      fc.nat({ max: bytes }).map((zeros) => new Uint8Array(bytes).fill(0x01, zeros)),
    );
  holds(
    fc.property(
      fc.constantFrom(32, 48, 66).chain((bytes) => fc.tuple(field(bytes), field(bytes))),
      ([r, s]) => {
        const concat = Uint8Array.from([...r, ...s]);
        assert.deepEqual(concatFromDer(derFromConcat(concat), r.length), concat);
      },
    ),
  );
});

test('what signed as a stream is the same signature', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = createSign('sha256').update('message').sign(privateKey);
  const again = derFromConcat(concatFromDer(der, 32));
  assert.ok(verify('sha256', Buffer.from('message'), publicKey, again));
});
