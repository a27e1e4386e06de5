import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createHmac, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hmacSha256, hmacSha256OfText } from '../../src/crypto/hmac-sha256.ts';
import { holds } from '../domain/support/property.ts';

function theirs(key: Uint8Array, message: Uint8Array | string): Buffer {
  return createHmac('sha256', key).update(message).digest();
}

describe('HMAC-SHA-256 as two hashes is what createHmac computes', () => {
  test('for keys of every length around the block, and messages of every length over three blocks', () => {
    for (let keyLength = 0; keyLength <= 130; keyLength += 1) {
      const key = randomBytes(keyLength);
      for (let length = 0; length <= 200; length += keyLength % 13 === 0 ? 1 : 7) {
        const message = randomBytes(length);
        assert.deepEqual(hmacSha256(key, message), theirs(key, message), `${keyLength}, ${length}`);
      }
    }
  });

  test('however the message is cut into parts', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 6 });
    holds(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), parts, (key, list) => {
        assert.deepEqual(hmacSha256(key, ...list), theirs(key, Buffer.concat(list)));
      }),
    );
  });

  test('for any text, as UTF-8', () => {
    holds(
      fc.property(fc.string({ unit: 'binary', maxLength: 8192 }), (text) => {
        const key = randomBytes(32);
        assert.equal(hmacSha256OfText(key, text), theirs(key, text).toString('base64url'));
      }),
    );
    const longest = '€'.repeat(8190);
    assert.equal(
      hmacSha256OfText(randomBytes(0), longest),
      theirs(Buffer.alloc(0), longest).toString('base64url'),
    );
  });

  test('one after the other, without a trace of the one before', () => {
    const [a, b] = [randomBytes(64), randomBytes(3)];
    const long = hmacSha256(a, randomBytes(5000));
    const copy = Uint8Array.from(long);
    assert.deepEqual(hmacSha256(b, Buffer.from('x')), theirs(b, 'x'));
    assert.deepEqual(Uint8Array.from(long), copy, 'what was given stays what it was');
  });

  test('and refuses what does not fit instead of cutting it', () => {
    const key = randomBytes(32);
    assert.throws(() => hmacSha256(key, new Uint8Array(24_577)), RangeError);
    assert.throws(() => hmacSha256(key, new Uint8Array(24_000), new Uint8Array(600)), RangeError);
    assert.throws(() => hmacSha256OfText(key, 'x'.repeat(24_577)), RangeError);
    assert.throws(() => hmacSha256OfText(key, '€'.repeat(8193)), RangeError);
    assert.throws(() => hmacSha256OfText(key, '€'.repeat(20_000)), RangeError);
  });
});
