import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64url, decodeBase64urlLatin1, encodeBase64url } from '../../src/crypto/base64url.ts';
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

describe('the bytes as a text of Latin-1', () => {
  const assertSame = (text: string): void => {
    const bytes = decodeBase64url(text);
    const latin1 = bytes === undefined ? undefined : Buffer.from(bytes).toString('latin1');
    assert.equal(decodeBase64urlLatin1(text), latin1);
  };

  test('are those that are decoded, of any spelling', () => {
    holds(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.string(), fc.nat({ max: 90 }), (bytes, put, at) => {
        const text = encodeBase64url(bytes);
        assertSame(text);
        assertSame(text.slice(0, at) + put + text.slice(at));
        assertSame(text.slice(0, at) + text.slice(at + 1));
      }),
    );
  });

  for (const length of [8191, 8192, 8193, 8194, 20_000]) {
    test(`of a text of ${length} characters as well`, () => assertSame('A'.repeat(length)));
  }
});
