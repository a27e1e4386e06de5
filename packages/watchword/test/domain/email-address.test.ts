import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseEmailAddress } from '../../src/domain/account.ts';

describe('an e-mail address', () => {
  test('is kept as it was written, trimmed', () => {
    assert.deepEqual(parseEmailAddress('  Ada.Lovelace+x@Example.COM\n'), {
      text: 'Ada.Lovelace+x@Example.COM',
      key: 'ada.lovelace+x@example.com',
    });
  });

  const good = [
    'a@b',
    'a@localhost',
    "o'hara@x.y",
    'müller@bücher.example',
    'a.b@c.d.e',
    '"quoted"@x.y',
    `${'x'.repeat(64)}@y.z`,
  ];
  for (const text of [...good, `a@${'b'.repeat(252)}`]) {
    test(`may be ${text.slice(0, 40)}`, () => assert.equal(parseEmailAddress(text)?.text, text));
  }

  const bad = [
    '',
    ' ',
    'a',
    '@',
    'a@',
    '@b',
    'a@b@c',
    'a b@c',
    'a@b c',
    'a@b..c',
    'a@.b',
    'a@b.',
    'a\0@b',
    'a@b\r\nBcc: c@d',
    'a\u0085@b',
  ];
  for (const text of [...bad, 'a\u00a0b@c', 'a＠b', `${'x'.repeat(65)}@y.z`, `a@${'b'.repeat(253)}`]) {
    test(`may not be ${JSON.stringify(text).slice(0, 40)}`, () =>
      assert.equal(parseEmailAddress(text), undefined));
  }
});

describe('two spellings of one address have one key', () => {
  const pairs = [
    ['ADA@EXAMPLE.COM', 'ada@example.com'],
    ['e\u0301@x.y', 'é@x.y'],
    ['ａｄａ@x.y', 'ada@x.y'],
    ['ﬁ@x.y', 'FI@x.y'],
    ['\u212a@x.y', 'k@x.y'],
    // Upper case that has no composed form of its own, while its lower case does.
    ['J\u030c@x.y', '\u01f0@x.y'],
    ['T\u0308@x.y', '\u1e97@x.y'],
  ] as const;
  for (const [one, other] of pairs) {
    test(`${one} and ${other}`, () =>
      assert.equal(parseEmailAddress(one)?.key, parseEmailAddress(other)?.key));
  }

  test('a key is composed and in lower case, whatever it was made of', () => {
    const loose: string[] = [];
    for (let code = 0x21; code < 0x1_0000; code += 1) {
      const key = parseEmailAddress(`${String.fromCharCode(code)}\u030c@x.y`)?.key;
      if (key !== undefined && key.normalize('NFKC') !== key) loose.push(code.toString(16));
    }
    assert.deepEqual(loose, []);
  });
});

test('half a surrogate pair is no text, and two of them would be one row in a database', () => {
  assert.equal(parseEmailAddress('\ud800@x.y'), undefined);
  assert.equal(parseEmailAddress('a@\udfff.y'), undefined);
});
