import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  decodeJsonPart,
  encodeJsonPart,
  MAX_TOKEN_LENGTH,
  splitCompactJws,
} from '../../src/crypto/jws/compact.ts';

const part = (text: string): string => Buffer.from(text).toString('base64url');

describe('compact JWS is three parts, none of them empty', () => {
  const bad = [
    '',
    '.',
    '..',
    '...',
    'a',
    'a.b',
    'a.b.',
    'a..c',
    '.b.c',
    'a.b.c.',
    '.a.b.c',
    'a.b.c.d',
    'a.b.c.d.e',
    'a..b..c',
  ];
  for (const text of bad) test(JSON.stringify(text), () => assert.equal(splitCompactJws(text), undefined));

  for (const value of [undefined, null, 1, {}, ['a.b.c'], Buffer.from('a.b.c'), Object('a.b.c')]) {
    test(`and a text: ${typeof value}`, () => assert.equal(splitCompactJws(value), undefined));
  }

  test('JSON serialisation is none (CVE-2022-39227)', () => {
    const flattened = { protected: 'a', payload: 'b', signature: 'c' };
    assert.equal(splitCompactJws(JSON.stringify(flattened)), undefined);
    assert.equal(splitCompactJws(flattened), undefined);
  });

  test('it is split at the dots', () => {
    assert.deepEqual(splitCompactJws('ab.cd.ef'), {
      headerText: 'ab',
      payloadText: 'cd',
      signature: 'ef',
      signingInput: 'ab.cd',
    });
  });

  test(`it has at most ${MAX_TOKEN_LENGTH} characters`, () => {
    const ofLength = (length: number): string => `a.b.${'c'.repeat(length - 4)}`;
    assert.ok(splitCompactJws(ofLength(MAX_TOKEN_LENGTH)) !== undefined);
    assert.equal(splitCompactJws(ofLength(MAX_TOKEN_LENGTH + 1)), undefined);
    assert.equal(MAX_TOKEN_LENGTH, 8192);
  });
});

describe('a JSON part', () => {
  test('is written as base64url of UTF-8', () => {
    assert.equal(encodeJsonPart({ a: 'ü😀' }), part('{"a":"ü😀"}'));
    assert.deepEqual(decodeJsonPart(part('{"a":"ü😀"}')), { a: 'ü😀' });
  });

  const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  const bad: Readonly<Record<string, string>> = {
    'an array': part('[]'),
    'a string': part('"a"'),
    null: part('null'),
    'a number': part('1'),
    nothing: '',
    'cut short': part('{"a":1'),
    'a repeated member': part('{"a":1,"a":2}'),
    __proto__: part('{"__proto__":{}}'),
    'nine deep': part(nested(9)),
    'broken UTF-8': Buffer.from('7b2261223a22ff227d', 'hex').toString('base64url'),
    'half a surrogate pair': Buffer.from('7b2261223a22eda080227d', 'hex').toString('base64url'),
    'a byte order mark': part('\ufeff{}'),
    'UTF-16': Buffer.from('{}', 'utf16le').toString('base64url'),
    padding: Buffer.from('{"a":1}').toString('base64'),
    'white space in base64url': `${part('{"a":1}')}\n`,
    'spare bits': 'e31',
    compressed: Buffer.from('789cab5632540200051a01f9', 'hex').toString('base64url'),
  };
  for (const [name, text] of Object.entries(bad)) {
    test(`is not ${name}`, () => assert.equal(decodeJsonPart(text), undefined));
  }

  test('may be eight deep', () => assert.ok(decodeJsonPart(part(nested(8))) !== undefined));
});

describe('a JSON part is written as the base64url of its UTF-8', () => {
  for (const [name, text] of Object.entries({
    short: 'a',
    'beyond ASCII': 'aü😀\ud800',
    'just fitting': 'x'.repeat(2720),
    'too long by a little': 'x'.repeat(2724),
    'of three bytes each': '€'.repeat(2722),
    long: '😀'.repeat(20_000),
  })) {
    test(name, () => assert.equal(encodeJsonPart({ text }), part(JSON.stringify({ text }))));
  }
});
