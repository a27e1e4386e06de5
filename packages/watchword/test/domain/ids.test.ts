import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'node:test';
import {
  createSessionId,
  createUuidV7,
  parseKeyId,
  parseSessionId,
  parseTokenId,
  sessionIdBytes,
  sessionIdFromBytes,
  sessionStartedMs,
} from '../../src/domain/ids.ts';
import { epochMs } from '../../src/domain/time.ts';
import { holds } from './support/property.ts';
import { fromHex, hexOf, readVectors } from './support/vectors.ts';

const timeMs = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 48 - 1),
);
const randomBytes = fc.uint8Array({ minLength: 10, maxLength: 10 });
const notText = [undefined, null, 42, true, {}, [], ['019b76da-a800-7d12-b16c-6d306a44d756']];

describe('the id of a session', () => {
  test('is the UUIDv7 of RFC 9562, appendix A.6', () => {
    const vector = readVectors<{ timeMs: number; randomA: string; randomB: string; uuid: string }>(
      'rfc9562-a6-uuidv7.json',
    );
    const random = fromHex(`0${vector.randomA}${vector.randomB}`);
    assert.equal(createUuidV7(epochMs(vector.timeMs), random), vector.uuid);
  });

  test('gives back its time, is its bytes and is parsed', () => {
    holds(
      fc.property(timeMs, randomBytes, (time, random) => {
        const id = createSessionId(epochMs(time), random);
        assert.equal(parseSessionId(id), id);
        assert.equal(sessionStartedMs(id), time);
        assert.equal(sessionIdFromBytes(sessionIdBytes(id)), id);
        assert.equal(hexOf(sessionIdBytes(id)), id.replaceAll('-', ''));
      }),
      1000,
    );
  });

  test('keeps 74 of the 80 random bits', () => {
    const ones = createSessionId(epochMs(0), new Uint8Array(10).fill(0xff));
    const zeros = createSessionId(epochMs(0), new Uint8Array(10));
    assert.equal(ones, '00000000-0000-7fff-bfff-ffffffffffff');
    assert.equal(zeros, '00000000-0000-7000-8000-000000000000');
  });

  test('is ordered as the times are', () => {
    holds(
      fc.property(timeMs, timeMs, randomBytes, (a, b, random) => {
        fc.pre(a < b);
        assert.ok(createSessionId(epochMs(a), random) < createSessionId(epochMs(b), random));
      }),
    );
  });

  for (const length of [0, 9, 11, 16]) {
    test(`takes 10 random bytes and not ${length}`, () => {
      assert.throws(() => createSessionId(epochMs(0), new Uint8Array(length)), RangeError);
    });
  }

  const good = '019b76da-a800-7d12-b16c-6d306a44d756';
  const bad = [
    '',
    good.toUpperCase(),
    good.replaceAll('-', ''),
    `{${good}}`,
    `urn:uuid:${good}`,
    ` ${good}`,
    `${good}\n`,
    good.replace('-7', '-4'),
    good.replace('-b16c', '-c16c'),
    good.replace('-b16c', '-716c'),
    good.slice(1),
    `${good}0`,
    good.replace('0', 'g'),
    good.replace('-', '\u2010'),
    good.replace('1', '\u0661'),
  ];
  for (const text of bad) {
    test(`is not ${JSON.stringify(text)}`, () => assert.equal(parseSessionId(text), undefined));
  }
  for (const value of notText) {
    test(`is not ${JSON.stringify(value)}`, () => assert.equal(parseSessionId(value), undefined));
  }
});

describe('the id of a token', () => {
  test('is 16 bytes in base64url, without spare bits', () => {
    holds(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url');
        assert.equal(parseTokenId(text), text);
      }),
    );
  });

  test('has one spelling: of the 64 last characters four are possible', () => {
    const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
    const possible = alphabet.filter((last) => parseTokenId('A'.repeat(21) + last) !== undefined);
    assert.deepEqual(possible, ['A', 'Q', 'g', 'w']);
  });

  for (const text of [
    '',
    'A'.repeat(21),
    'A'.repeat(23),
    `${'A'.repeat(21)}=`,
    `${'A'.repeat(20)}+A`,
    `${'A'.repeat(22)}\n`,
  ]) {
    test(`is not ${JSON.stringify(text)}`, () => assert.equal(parseTokenId(text), undefined));
  }
  for (const value of notText) {
    test(`is not ${JSON.stringify(value)}`, () => assert.equal(parseTokenId(value), undefined));
  }
});

describe('the id of a key', () => {
  for (const text of ['a', 'A-_9', 'x'.repeat(64)]) {
    test(`may be ${text}`, () => assert.equal(parseKeyId(text), text));
  }
  const bad = [
    '',
    'x'.repeat(65),
    '../../etc/passwd',
    "' OR 1=1 --",
    'a b',
    'a\n',
    'a\0',
    'ключ',
    'a.b',
    'a/b',
    '__proto__ ',
  ];
  for (const text of bad) {
    test(`may not be ${JSON.stringify(text)}`, () => assert.equal(parseKeyId(text), undefined));
  }
  for (const value of notText) {
    test(`may not be ${JSON.stringify(value)}`, () => assert.equal(parseKeyId(value), undefined));
  }
});
