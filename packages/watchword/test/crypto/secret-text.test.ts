import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseSecretText } from '../../src/crypto/secret-text.ts';
import { holds } from '../domain/support/property.ts';
import { hexOf } from '../domain/support/vectors.ts';

describe('the text of a secret', () => {
  test('spells its bytes in hex of either case', () => {
    holds(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
        const hex = Buffer.from(bytes).toString('hex');
        for (const text of [hex, hex.toUpperCase()]) {
          assert.equal(hexOf(parseSecretText(text) ?? new Uint8Array()), hex);
        }
      }),
    );
  });

  test('spells its bytes in base64url', () => {
    holds(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 64 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url');
        fc.pre(!/^(?:[0-9a-f]+|[0-9A-F]+)$/.test(text));
        assert.equal(hexOf(parseSecretText(text) ?? new Uint8Array()), hexOf(bytes));
      }),
    );
  });

  for (const text of ['', ' ', 'a b', 'AAAA=', 'AA+A', 'AA/A', 'A', 'naïve', 'zz\n']) {
    test(`is not ${JSON.stringify(text)}`, () => assert.equal(parseSecretText(text), undefined));
  }
});
