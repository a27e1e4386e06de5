import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { concatBytes, decodeUtf8, labelled, toHex, utf8 } from '../../src/crypto/bytes.ts';
import { deriveKey, equalBytes, sha256 } from '../../src/crypto/digest.ts';
import { hmacSha256 } from '../../src/crypto/hmac-sha256.ts';
import { holds } from '../domain/support/property.ts';
import { fromHex, hexOf, readVectors } from '../domain/support/vectors.ts';

describe('UTF-8', () => {
  const bad: Readonly<Record<string, string>> = {
    'a lone continuation byte': '80',
    'a lead byte alone': 'c3',
    'an overlong slash': 'c0af',
    'an overlong NUL': 'c080',
    'an overlong of three bytes': 'e080af',
    'half a surrogate pair': 'eda080',
    'a pair of surrogates (CESU-8)': 'eda0bdedb880',
    'beyond U+10FFFF': 'f4908080',
    'a byte that never occurs': 'ff',
    'UTF-16': 'fffe7b00',
    'cut short': 'f09f98',
  };
  for (const [name, hex] of Object.entries(bad)) {
    test(`is not ${name}`, () => assert.equal(decodeUtf8(fromHex(hex)), undefined));
  }

  test('keeps a byte order mark, so that JSON refuses it', () => {
    assert.equal(decodeUtf8(fromHex('efbbbf7b7d')), '\ufeff{}');
  });

  test('gives back every text', () => {
    holds(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(decodeUtf8(utf8(text)), text);
      }),
    );
  });
});

describe('a labelled message', () => {
  test('is the label, a zero byte and the rest', () => {
    assert.equal(hexOf(labelled('ab', Uint8Array.of(1), Uint8Array.of(2, 3))), '616200010203');
    assert.equal(toHex(concatBytes(Uint8Array.of(0, 255), new Uint8Array(), Uint8Array.of(16))), '00ff10');
  });
});

describe('digests', () => {
  for (const { section, key, data, mac } of readVectors<{
    cases: readonly { section: string; key: string; data: string; mac: string }[];
  }>('rfc4231-hmac-sha256.json').cases) {
    test(`HMAC-SHA-256 is that of RFC 4231, section ${section}`, () => {
      const bytes = fromHex(data);
      assert.equal(hexOf(hmacSha256(fromHex(key), bytes)), mac);
      assert.equal(hexOf(hmacSha256(fromHex(key), bytes.subarray(0, 3), bytes.subarray(3))), mac);
    });
  }

  test('HKDF-SHA-256 is that of RFC 5869, appendix A.3', () => {
    const vector = readVectors<{ secret: string; info: string; key: string }>('rfc5869-a3-hkdf.json');
    assert.equal(hexOf(deriveKey(fromHex(vector.secret), fromHex(vector.info))), vector.key);
  });

  test('SHA-256 is that of FIPS 180-4: “abc”, in one part or several', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    assert.equal(hexOf(sha256(utf8('abc'))), abc);
    assert.equal(hexOf(sha256(utf8('a'), utf8('bc'))), abc);
  });

  test('equal bytes are equal, and others of any length are not', () => {
    assert.equal(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2)), true);
    for (const other of [[1, 3], [0, 2], [1], [1, 2, 3], []]) {
      assert.equal(equalBytes(Uint8Array.of(1, 2), Uint8Array.from(other)), false);
    }
  });
});
