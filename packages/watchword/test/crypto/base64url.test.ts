import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64url, encodeBase64url } from '../../src/crypto/base64url.ts';
import { holds } from '../domain/support/property.ts';
import { hexOf } from '../domain/support/vectors.ts';

describe('base64url', () => {
  test('is what RFC 7515, appendix C, shows', () => {
    assert.equal(encodeBase64url(Uint8Array.of(3, 236, 255, 224, 193)), 'A-z_4ME');
    assert.deepEqual([...(decodeBase64url('A-z_4ME') ?? [])], [3, 236, 255, 224, 193]);
  });

  test('gives back all bytes, also those of a part of a buffer', () => {
    holds(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.integer({ min: 0, max: 5 }), (bytes, from) => {
        const part = bytes.subarray(Math.min(from, bytes.length));
        const text = encodeBase64url(part);
        assert.match(text, /^[A-Za-z0-9_-]*$/);
        assert.equal(hexOf(decodeBase64url(text) ?? Uint8Array.of(1)), hexOf(part));
      }),
    );
  });

  const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
  test('has one spelling: spare bits are zero', () => {
    const two = alphabet.filter((last) => decodeBase64url(`A${last}`) !== undefined);
    const three = alphabet.filter((last) => decodeBase64url(`AA${last}`) !== undefined);
    assert.deepEqual(two, ['A', 'Q', 'g', 'w']);
    assert.deepEqual(three.length, 16);
  });

  const bad = [
    'A',
    'AAAAA',
    'AA==',
    'AAA=',
    'AA=',
    'A+AA',
    'A/AA',
    'AA AA',
    'AAAA\n',
    ' AAAA',
    'AA\r\nAA',
    'AA.AA',
    'AA%3D',
    'AAé',
  ];
  for (const text of [...bad, 'AAAA\0', 'AAAŁ', 'ＡAAA', 'AA\u200bAA', '=', '====']) {
    test(`is not ${JSON.stringify(text)}`, () => assert.equal(decodeBase64url(text), undefined));
  }

  test('whatever is read is written the same way again', () => {
    const character = fc.constantFrom(...alphabet, '+', '/', '=', ' ', '\n', '.', 'ä', 'Ł');
    holds(
      fc.property(fc.array(character, { maxLength: 8 }), (characters) => {
        const text = characters.join('');
        const bytes = decodeBase64url(text);
        if (bytes !== undefined) assert.equal(encodeBase64url(bytes), text);
      }),
      3000,
    );
  });
});
