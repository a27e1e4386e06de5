import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigurationError } from '../../src/errors/watchword-error.ts';
import { checkOrigins } from '../../src/facade/check-origins.ts';

const PRODUCTION = { production: true, https: true };
const DEVELOPMENT = { production: false, https: false };

function sentenceOf(origins: unknown, place = PRODUCTION): string {
  try {
    checkOrigins(origins, place);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return error.message;
  }
  return assert.fail(`${String(origins)} was taken`);
}

describe('what is no list of exact origins is refused at start-up, and the sentence says what to write', () => {
  const wrong: readonly (readonly [what: string, origins: unknown, sentence: RegExp])[] = [
    ['everybody', '*', /every site there is.*an array\. List each origin exactly, such as `https/],
    ['everybody, in a list', ['*'], /every site there is/],
    ['reflected', true, /answer whichever origin asks, with credentials, makes every site your own/],
    ['a function', () => true, /answer whichever origin asks/],
    ['a function in a list', [() => true], /has to be a text/],
    ['an expression', /\.example$/, /takes no patterns/],
    ['an expression in a list', [/\.example$/], /takes no patterns/],
    ['one text', 'https://a.example', /has to be an array of origins/],
    ['null', null, /has to be an array/],
    ['an object', { origin: 'https://a.example' }, /has to be an array/],
    ['"null"', ['null'], /every sandboxed frame/],
    ['"null" behind a good one', ['https://a.example', 'null'], /every sandboxed frame/],
    ['a wildcard', ['https://*.example'], /takes no patterns/],
    ['a wildcard port', ['https://a.example:*'], /takes no patterns/],
    ['a final slash', ['https://a.example/'], /browsers write that as `https:\/\/a\.example`/],
    ['a path', ['https://a.example/app'], /browsers write that as `https:\/\/a\.example`, without path/],
    ['a query', ['https://a.example?x'], /browsers write that as/],
    ['a fragment', ['https://a.example#x'], /browsers write that as/],
    ['capitals', ['https://A.example'], /browsers write that as `https:\/\/a\.example`/],
    ['the usual port', ['https://a.example:443'], /browsers write that as `https:\/\/a\.example`/],
    ['a name that is not in Punycode', ['https://bücher.example'], /browsers write that as `https:\/\/xn--/],
    ['blanks', [' https://a.example'], /browsers write that as/],
    ['no scheme', ['a.example'], /lacks https:\/\//],
    ['an empty text', [''], /lacks https:\/\//],
    ['no page on the web', ['chrome-extension://abcdefgh'], /no origin of a page on the web/],
    ['a WebSocket', ['wss://a.example'], /no origin of a page on the web/],
    ['a file', ['file:///index.html'], /no origin of a page on the web/],
    ['a number', [42], /has to be a text/],
    ['plain HTTP', ['http://a.example'], /has to begin with https:\/\//],
    ['plain HTTP to an address', ['http://192.0.2.1:3000'], /has to begin with https:\/\//],
    ['what only looks like this machine', ['http://localhost.evil.example'], /has to begin with https:\/\//],
    ['this machine, in production', ['http://localhost:3000'], /whatever runs on the machine of a user/],
    ['the same twice', ['https://a.example', 'https://a.example'], /twice/],
    [
      'too many',
      Array.from({ length: 101 }, (_, index) => `https://a${index}.example`),
      /100 origins at most/,
    ],
  ];
  for (const [what, origins, sentence] of wrong) {
    test(what, () => assert.match(sentenceOf(origins), sentence));
  }

  test('a password in an origin is not repeated', () => {
    const sentence = sentenceOf(['https://ada:hunter2@a.example']);
    assert.match(sentence, /user name or password/);
    assert.ok(!sentence.includes('hunter2'));
  });
});

test('exact origins are taken as they are, and those of this machine while developing', () => {
  const exact = [
    'https://a.example',
    'https://a.example:8443',
    'https://xn--bcher-kva.example',
    'https://[2001:db8::1]',
  ];
  assert.deepEqual(checkOrigins(exact, PRODUCTION), exact);
  const local = ['http://localhost:5173', 'http://127.0.0.1:3000', 'http://app.localhost:3000'];
  assert.deepEqual(checkOrigins(local, DEVELOPMENT), local);
  assert.deepEqual(
    checkOrigins(local, { production: true, https: false }),
    local,
    'where the issuer is here, too',
  );
});
