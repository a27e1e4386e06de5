import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createPageHeaders,
  fastifyHelmetOptions,
  headersBesidesHelmet,
  helmetOptions,
  nonceOf,
  secureHeadersOptions,
  type PageHeaderOptions,
} from '../../src/facade/headers.ts';

const TAKERS = [
  helmetOptions,
  fastifyHelmetOptions,
  headersBesidesHelmet,
  createPageHeaders,
  (options: PageHeaderOptions) => secureHeadersOptions(options, () => 'nonce'),
];

function assertRefused(options: unknown, sentence: RegExp): void {
  for (const take of TAKERS) {
    assert.throws(
      () => take(options as PageHeaderOptions),
      (error: Error & { code?: string }) => error.code === 'ERR_CONFIG' && sentence.test(error.message),
      JSON.stringify(options),
    );
  }
}

test('wrong options are refused with what to write instead', () => {
  assertRefused(undefined, /takes an object of options/);
  assertRefused({}, /`https` has to be `true` or `false`/);
  assertRefused({ https: 'yes' }, /`https` has to be `true` or `false`/);
  assertRefused({ https: true, report: false }, /did you mean `reports`\?/);
  assertRefused({ https: true, scripts: 'all' }, /`nonce` or `own`/);
  assertRefused({ https: true, hsts: 'none' }, /`host`, `subdomains` or `preload`/);
  assertRefused({ https: true, features: ['cameras'] }, /did you mean `camera`\?/);
  assertRefused({ https: true, features: 'camera' }, /array of names/);
  assertRefused({ https: true, allow: { 'image-src': [] } }, /did you mean `img-src`\?/);
  assertRefused({ https: true, allow: { 'img-src': 'data:' } }, /has to be an array/);
  for (const reports of [
    true,
    '',
    'reports',
    '//evil.example/',
    'http://a.example/r',
    '/a;b',
    '/a b',
    '/a"',
  ]) {
    assertRefused({ https: true, reports }, /`reports` has to be a path/);
  }
});

test('sources that let everything in, or end the policy, are refused', () => {
  const everything = [
    '*',
    'https:',
    'https://*',
    'https://*.example',
    'data:',
    "'unsafe-inline'",
    "'unsafe-eval'",
    "'self'",
    'http://cdn.example',
    'https://a.example; script-src *',
    'https://a.example https://b.example',
    'https://a.example,',
    'https://a.example\r\nx: y',
    'https://user@a.example',
    'cdn.example',
    '',
    1,
  ];
  for (const source of everything) {
    assertRefused({ https: true, scripts: 'own', allow: { 'script-src': [source] } }, /has to be an address/);
    if (source !== 'data:') {
      assertRefused({ https: true, allow: { 'img-src': [source] } }, /has to be an address/);
    }
  }
});

test('where scripts carry nonces, an address of one would be ignored, and is refused; a hash is not', () => {
  assertRefused(
    { https: true, allow: { 'script-src': ['https://cdn.example'] } },
    /browsers ignore addresses/,
  );
  const hash = `'sha256-${'A'.repeat(43)}='`;
  const { directives } = helmetOptions({
    https: true,
    allow: { 'script-src': [hash] },
  }).contentSecurityPolicy;
  assert.ok(directives['script-src']?.includes(hash));
});

test('while pages are tried out over plain HTTP, what they load may come that way too', () => {
  const allow = { 'connect-src': ['ws://localhost:5173', 'http://localhost:5173'] };
  const { contentSecurityPolicy } = helmetOptions({ https: false, allow });
  assert.deepEqual(contentSecurityPolicy.directives['connect-src'], ["'self'", ...allow['connect-src']]);
  assertRefused({ https: true, allow }, /has to be an address/);
});

test('Hono’s nonce has to be given where nonces are wanted', () => {
  assert.throws(() => secureHeadersOptions({ https: true }), /needs the `NONCE` of hono\/secure-headers/);
  assert.doesNotThrow(() => secureHeadersOptions({ https: true, scripts: 'own' }));
});

test('an answer has one nonce, and no two answers the same', () => {
  const [one, other] = [{}, {}];
  assert.equal(nonceOf(one), nonceOf(one));
  assert.notEqual(nonceOf(one), nonceOf(other));
  assert.match(nonceOf(one), /^[\w-]{22}$/);
});
