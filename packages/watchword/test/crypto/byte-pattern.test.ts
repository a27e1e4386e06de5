import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { utf8 } from '../../src/crypto/bytes.ts';
import { patternOf } from '../../src/crypto/byte-pattern.ts';

test('the digits of a random secret are no pattern, in hex of either case, base64url or raw', () => {
  for (let round = 0; round < 200; round += 1) {
    const bytes = randomBytes(32);
    const hex = bytes.toString('hex');
    const texts = [hex, hex.toUpperCase(), hex.slice(0, 32), bytes.toString('base64url')];
    for (const secret of [bytes, ...texts.map(utf8)]) {
      assert.equal(patternOf(secret), undefined, Buffer.from(secret).toString('hex'));
    }
  }
});

test('digits that were not drawn at random are', () => {
  for (const text of [
    '0'.repeat(64),
    'deadbeef'.repeat(8),
    'f00d'.repeat(16),
    '0123456789abcdef0123456789abcdef',
  ]) {
    assert.notEqual(patternOf(utf8(text)), undefined, text);
  }
  assert.notEqual(patternOf(utf8('passwordpasswordpasswordpassword')), undefined);
});
