import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'node:test';
import { JsonShapes } from '../../src/domain/json-shape.ts';
import { isJsonObject, parseStrictJson, type JsonObject } from '../../src/domain/json.ts';
import { holds } from './support/property.ts';

const strictly = (text: string) => parseStrictJson(text, { maxDepth: 8 });

function learned(...texts: readonly string[]): JsonShapes {
  const shapes = new JsonShapes();
  for (const text of texts) learn(shapes, text);
  return shapes;
}

function learn(shapes: JsonShapes, text: string): void {
  const value = strictly(text);
  if (isJsonObject(value) && shapes.read(text) === undefined) shapes.learn(text, value);
}

/** Either not read at all, or what the strict parser gives, member for member in the same order. */
function assertAgrees(shapes: JsonShapes, text: string): void {
  const read = shapes.read(text);
  if (read === undefined) return;
  const strict = strictly(text);
  assert.deepEqual(read, strict);
  assert.deepEqual(Object.keys(read), Object.keys(strict as JsonObject));
  assert.equal(Object.getPrototypeOf(read), Object.prototype);
}

const PAYLOAD = '{"iss":"https://a","sub":"u","aud":["a","b"],"iat":1700000000,"exp":0,"ww_gen":1}';

describe('what has the members of one before it', () => {
  const shapes = learned(PAYLOAD);

  test('is read without the strict parser, with other values', () => {
    const text = '{"iss":"","sub":"x y:{}[],","aud":["c"],"iat":1,"exp":999999999999999,"ww_gen":0}';
    assert.deepEqual(shapes.read(text), JSON.parse(text));
    assertAgrees(shapes, text);
  });

  test('gives an object of its own each time', () => {
    assert.notEqual(shapes.read(PAYLOAD), shapes.read(PAYLOAD));
    assert.notEqual(shapes.read(PAYLOAD)?.['aud'], shapes.read(PAYLOAD)?.['aud']);
  });

  const others: Readonly<Record<string, string>> = {
    'another order': '{"sub":"u","iss":"https://a","aud":["a","b"],"iat":1700000000,"exp":0,"ww_gen":1}',
    'a member more': `${PAYLOAD.slice(0, -1)},"a":1}`,
    'a member twice': `${PAYLOAD.slice(0, -1)},"iat":2}`,
    'a member twice, escaped': `${PAYLOAD.slice(0, -1)},"\\u0069at":2}`,
    __proto__: `${PAYLOAD.slice(0, -1)},"__proto__":1}`,
    'a member fewer': '{"iss":"https://a","sub":"u"}',
    'white space': PAYLOAD.replace(':1}', ': 1}'),
    'a line feed behind': `${PAYLOAD}\n`,
    'something behind': `${PAYLOAD}}`,
    'a leading zero': PAYLOAD.replace(':0,', ':00,'),
    'a minus zero': PAYLOAD.replace(':0,', ':-0,'),
    'a fraction': PAYLOAD.replace(':0,', ':0.5,'),
    'an exponent': PAYLOAD.replace(':0,', ':1e3,'),
    'a number of 16 digits': PAYLOAD.replace(':0,', ':9007199254740993,'),
    'an escape': PAYLOAD.replace('"u"', '"\\u0061"'),
    'an escaped quote': PAYLOAD.replace('"u"', '"\\""'),
    'a control character': PAYLOAD.replace('"u"', '"\u0001"'),
    'a delete character': PAYLOAD.replace('"u"', '"\u007f"'),
    'what is not ASCII': PAYLOAD.replace('"u"', '"ü"'),
    'half a surrogate pair': PAYLOAD.replace('"u"', '"\ud800"'),
    'another type': PAYLOAD.replace('"u"', '1'),
    'an empty array': PAYLOAD.replace('["a","b"]', '[]'),
    'an array in an array': PAYLOAD.replace('["a","b"]', '[["a"]]'),
    'an array with a comma behind': PAYLOAD.replace('["a","b"]', '["a",]'),
    nothing: '',
  };
  for (const [name, text] of Object.entries(others)) {
    test(`is for the strict parser: ${name}`, () => assert.equal(shapes.read(text), undefined));
  }
});

describe('is never learned', () => {
  for (const text of [
    '{}',
    '{"a":{}}',
    '{"a":null}',
    '{"a":-1}',
    '{"a":1.5}',
    '{"a.b":1}',
    '{"a(":1}',
    '{"":1}',
    '{"a":"\\n"}',
    '{"a":"é"}',
    '{"a":[]}',
    '{ "a":1}',
    `{${Array.from({ length: 33 }, (_, index) => `"m${index}":1`).join(',')}}`,
    `{"${'n'.repeat(65)}":1}`,
  ]) {
    test(text.slice(0, 40), () => assert.equal(learned(text).read(text), undefined));
  }

  test('what names __proto__, should somebody trust it', () => {
    const shapes = new JsonShapes();
    const text = '{"__proto__":1}';
    shapes.learn(text, JSON.parse(text) as JsonObject);
    assert.equal(shapes.read(text), undefined);
  });
});

test('there is room for four, and a fifth comes in after 256 unknown ones', () => {
  const texts = ['a', 'b', 'c', 'd', 'e'].map((name) => `{"${name}":1}`);
  const shapes = learned(...texts);
  const known = () => texts.map((text) => shapes.read(text) !== undefined);
  assert.deepEqual(known(), [true, true, true, true, false]);
  for (let again = 0; again < 256; again += 1) learn(shapes, '{"e":1}');
  assert.deepEqual(known(), [false, true, true, true, true]);
});

const value = fc.oneof(
  fc.string(),
  fc.nat(),
  fc.array(fc.string({ maxLength: 4 }), { maxLength: 3 }),
  fc.constantFrom<unknown>(1e21, -0, 0.5, null, true, {}, [1], 2 ** 53),
);
const object = fc.dictionary(
  fc.oneof(fc.constantFrom('iss', 'sub', 'aud', 'iat', '0', '10', 'a b'), fc.string({ maxLength: 5 })),
  value,
  {
    maxKeys: 5,
  },
);
const noise = fc
  .constantFrom('"', '\\', ',', ':', '{', '}', '[', ']', '0', '-', '1e3', ' ', '\n', '\u0000')
  .chain((one) => fc.constantFrom(one, `"${one}`, `${one}"`, '"__proto__":1,', '"iss":"x",', 'é', '\ud800'));

describe('agrees with the strict parser, or leaves it to it', () => {
  test('about what was learned, and what looks like it', () => {
    holds(
      fc.property(object, object, (first, second) => {
        const shapes = learned(JSON.stringify(first));
        assertAgrees(shapes, JSON.stringify(first));
        assertAgrees(shapes, JSON.stringify({ ...first, ...second }));
        assertAgrees(
          shapes,
          JSON.stringify(Object.fromEntries(Object.keys(first).map((name) => [name, second]))),
        );
      }),
      2000,
    );
  });

  test('about any change to a payload', () => {
    const shapes = learned(PAYLOAD);
    const place = fc.nat({ max: PAYLOAD.length });
    holds(
      fc.property(place, fc.nat({ max: 6 }), noise, (at, dropped, put) => {
        assertAgrees(shapes, PAYLOAD.slice(0, at) + put + PAYLOAD.slice(at + dropped));
      }),
      5000,
    );
  });
});
