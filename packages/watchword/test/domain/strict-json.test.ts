import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'node:test';
import { isJsonObject, parseStrictJson } from '../../src/domain/json.ts';
import { holds } from './support/property.ts';

const leaf = fc.constantFrom('1', '-0', 'null', '""', '"a"', '"a b"', '"x:y"', '"\\":"', '1e400');

const parse = (text: string) => parseStrictJson(text, { maxDepth: 8 });

describe('a member that occurs twice is refused', () => {
  const texts = [
    '{"a":1,"a":1}',
    '{"a":1,"b":2,"a":3}',
    '{"a":1,"\\u0061":2}',
    '{"\\u0061":1,"a":2}',
    '{"\\u0061":1,"\\u0061":2}',
    '{"\\/":1,"/":2}',
    '{"\\n":1,"\\u000a":2}',
    '{"\\uD83D\\uDE00":1,"😀":2}',
    '{"a" :1,"a"\t\n\r :2}',
    '{"":1,"":2}',
    '{"x":{"a":1,"a":2}}',
    '[{"a":1,"a":2}]',
    '{"a":{"a":1},"a":2}',
    '{"a":[{"a":1}],"b":"a","a":2}',
    '{"a\\"":1,"a\\u0022":2}',
    '{"\\\\":1,"\\u005c":2}',
  ];
  for (const text of texts) {
    test(text.replaceAll(/\s/g, '·'), () => assert.equal(parse(text), undefined));
  }

  for (const text of [
    '{"a":"a","b":"a"}',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":1,"A":2}',
    '{"é":1,"e\u0301":2}',
  ]) {
    test(`but not ${text}`, () => assert.deepEqual(parse(text), JSON.parse(text)));
  }
});

describe('a member named __proto__ is refused', () => {
  for (const text of [
    '{"__proto__":1}',
    '{"a":{"__proto__":{}}}',
    '[{"\\u005f_proto__":1}]',
    '{"__proto\\u005F_":[]}',
  ]) {
    test(text, () => assert.equal(parse(text), undefined));
  }

  test('but not a value of that text, nor a constructor or prototype', () => {
    const text = '{"a":"__proto__","b":["__proto__"],"constructor":1,"prototype":2}';
    assert.deepEqual(parse(text), JSON.parse(text));
  });
});

describe('nesting', () => {
  const nested = (depth: number, [open, close]: readonly [string, string]): string =>
    open.repeat(depth) + '1' + close.repeat(depth);
  for (const brackets of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    test(`of ${brackets[0]} may be as deep as allowed, and no deeper`, () => {
      assert.ok(parseStrictJson(nested(8, brackets), { maxDepth: 8 }) !== undefined);
      assert.equal(parseStrictJson(nested(9, brackets), { maxDepth: 8 }), undefined);
      assert.equal(parseStrictJson(nested(100_000, brackets), { maxDepth: 8 }), undefined);
    });
  }

  test('ends where a bracket closes: many side by side are not deep', () => {
    const text = `[${Array.from({ length: 1000 }, () => '[[1]]').join(',')}]`;
    assert.ok(parseStrictJson(text, { maxDepth: 3 }) !== undefined);
    assert.equal(parseStrictJson(text, { maxDepth: 2 }), undefined);
  });

  test('counts no bracket inside a string', () => {
    const text = JSON.stringify(['[[[[[[[[[[', '{{{{{{{{{{', '\\"[[[[[[[[[[[[']);
    assert.deepEqual(parseStrictJson(text, { maxDepth: 1 }), JSON.parse(text));
  });

  test('of nothing is allowed at depth 0', () => {
    assert.equal(parseStrictJson('1', { maxDepth: 0 }), 1);
    assert.equal(parseStrictJson('[]', { maxDepth: 0 }), undefined);
  });
});

describe('what is not JSON (RFC 8259) is refused', () => {
  const texts = [
    '',
    ' ',
    '{',
    '}',
    '[1,]',
    '{"a":1,}',
    "{'a':1}",
    '{a:1}',
    '01',
    '+1',
    '.5',
    'NaN',
    'Infinity',
    'undefined',
  ];
  texts.push(
    '{"a":1}x',
    '\ufeff{}',
    '{"a":"\u0001"}',
    '"\\x"',
    '"\\u12"',
    '"',
    '"\\',
    '{"a"',
    '// c\n{}',
    '\u00a0{}',
    '[1 2]',
    ']',
    '[}',
  );
  for (const text of texts) {
    test(JSON.stringify(text), () => assert.equal(parse(text), undefined));
  }
});

describe('every text', () => {
  const names = fc.oneof(
    fc.string({ maxLength: 4 }),
    fc.constantFrom('a', 'b', '\\', '"', 'ü', '\u2028', '😀', 'constructor'),
  );
  const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, false, 0, -0.5, 1e300, '', '[{":,}]', 'a\\"b'),
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(names, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));

  test('of JSON without repeated members is read as JSON.parse reads it, in any layout', () => {
    holds(
      fc.property(json, fc.constantFrom('', ' ', '\n\t', '  '), (value, layout) => {
        const text = JSON.stringify(value, null, layout);
        fc.pre(!text.includes('"__proto__"'));
        assert.deepEqual(parseStrictJson(text, { maxDepth: 50 }), JSON.parse(text));
      }),
      1000,
    );
  });

  test('is either refused or read as JSON.parse reads it, and never throws', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '"a"',
      '"b"',
      '1',
      ' ',
      '\n',
      'null',
      '\\u0061',
      '"a":1',
    );
    holds(
      fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
        const text = parts.join('');
        const read = parse(text);
        if (read !== undefined) assert.deepEqual(read, JSON.parse(text));
      }),
      5000,
    );
  });
});

test('an object is neither null nor an array', () => {
  assert.equal(isJsonObject({}), true);
  for (const value of [null, [], 'a', 1, true, undefined]) assert.equal(isJsonObject(value), false);
});

describe('the short way gives what the long one gives', () => {
  /** A space before a colon is what the long way is for. */
  const theLongWay = (text: string) => {
    const whole = parseStrictJson(`{"x" :${text}}`, { maxDepth: 9 });
    return isJsonObject(whole) ? whole['x'] : undefined;
  };
  const member = fc.constantFrom('a', 'b', '":', ':', 'é', 'scope', '', '{', '[', ',', ' :');
  const { document } = fc.letrec((tie) => ({
    document: fc.oneof({ maxDepth: 5 }, leaf, tie('array'), tie('object')),
    array: fc.array(tie('document'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    object: fc
      .array(fc.tuple(member, tie('document')), { maxLength: 5 })
      .map(
        (members) =>
          `{${members.map(([name, value]) => `${JSON.stringify(name)}:${String(value)}`).join(',')}}`,
      ),
  }));

  test('of documents with repeated members, odd names and some depth', () => {
    let refused = 0;
    holds(
      fc.property(document, (text) => {
        const value = parse(String(text));
        if (value === undefined) refused += 1;
        assert.deepEqual(value, theLongWay(String(text)));
      }),
      1000,
    );
    assert.ok(refused > 0);
  });
});
