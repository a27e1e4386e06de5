import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { ErrorCode } from '../../src/errors/catalogue.ts';
import { parseKey, verifyJws, WatchwordError, type Jwk } from '../../src/facade/jws.ts';
import { holds } from '../domain/support/property.ts';
import { ATTACKED_ALGORITHMS, createKey } from './support/keys.ts';
import { compact, createTarget } from './support/target.ts';

/*
 * Whatever comes in, the way out is a result or a WatchwordError with one of these codes, and no object of anybody is changed.
 */

const OF_FORM: readonly ErrorCode[] = [
  'ERR_TOKEN_MALFORMED',
  'ERR_TOKEN_ALGORITHM',
  'ERR_TOKEN_KEY_UNKNOWN',
  'ERR_TOKEN_SIGNATURE',
];
const OF_TOKENS: readonly ErrorCode[] = [
  ...OF_FORM,
  'ERR_TOKEN_TYPE',
  'ERR_TOKEN_CLAIMS',
  'ERR_TOKEN_ISSUER',
  'ERR_TOKEN_AUDIENCE',
  'ERR_TOKEN_EXPIRED',
  'ERR_TOKEN_NOT_YET_VALID',
];
const OF_KEYS: readonly ErrorCode[] = ['ERR_KEY_REFUSED', 'ERR_OPTION'];

const targets = ATTACKED_ALGORITHMS.map((algorithm) => createTarget(algorithm));
const target = fc.constantFrom(...targets);
const hmac = createTarget('HS256');

const prototypes = [
  Object.prototype,
  Array.prototype,
  String.prototype,
  Function.prototype,
  Uint8Array.prototype,
];
const untouched = JSON.stringify(prototypes.map((one) => Reflect.ownKeys(one).map(String)));

function assertNobodyIsPolluted(): void {
  assert.equal(JSON.stringify(prototypes.map((one) => Reflect.ownKeys(one).map(String))), untouched);
}

/** The result, or `undefined` where it was refused with one of the codes. */
function attempt<Result>(codes: readonly ErrorCode[], run: () => Result): Result | undefined {
  try {
    return run();
  } catch (error) {
    assert.ok(error instanceof WatchwordError, `threw ${String(error)}`);
    assert.ok(codes.includes(error.code), `threw ${error.code}`);
    return undefined;
  } finally {
    assertNobodyIsPolluted();
  }
}

/** Takes a token to both entrances; what is taken has to be what stands in it, and rightly signed. */
function present({ key, verifier }: (typeof targets)[number], token: string): void {
  const algorithms = [key.algorithm as 'HS256'];
  const jws = attempt(OF_FORM, () => verifyJws(token, key.jwk, { algorithms }));
  const verified = attempt(OF_TOKENS, () => verifier.verify(token));
  const [header = '', payload = ''] = String(jws && token).split('.');
  if (jws !== undefined) {
    assertPlain(jws.header, JSON.parse(text(header)));
    assert.deepEqual(Buffer.from(jws.payload), Buffer.from(payload, 'base64url'));
    assert.equal(Object.getPrototypeOf(jws), Object.prototype);
  }
  if (verified !== undefined) {
    assert.ok(jws !== undefined, 'a token that is no JWS');
    assertPlain(verified.claims, JSON.parse(text(payload)));
  }
}

const text = (part: string): string => Buffer.from(part, 'base64url').toString();

/** Own members as they stand in the text, and nothing that another object could lend. */
function assertPlain(value: unknown, expected: unknown): void {
  assert.deepEqual(value, expected);
  if (typeof value !== 'object' || value === null) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  assert.ok(prototype === (Array.isArray(value) ? Array.prototype : Object.prototype));
  for (const [name, own] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    assert.ok('value' in own, name);
    assert.notEqual(name, '__proto__');
    if (!(Array.isArray(value) && name === 'length'))
      assertPlain(own.value, (expected as Record<string, unknown>)[name]);
  }
}

/** Any UTF-16 at all, halves of pairs included. */
const utf16 = fc
  .array(fc.nat({ max: 0xffff }), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));
const strange = fc.oneof(
  utf16,
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    '\0',
    '\ud800',
    '\udfff',
    '.',
    '..',
    '....',
  ),
);
const names = fc.oneof(
  strange,
  fc.constantFrom(
    'alg',
    'kid',
    'typ',
    'crit',
    'b64',
    'iss',
    'sub',
    'aud',
    'exp',
    'nbf',
    'iat',
    'jti',
    'sid',
    'scope',
  ),
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'valueOf', 'hasOwnProperty'),
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 10, depthSize: 'small' },
    fc.oneof(
      strange,
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('HS256', 'k1', 'at+jwt', 'none'),
    ),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.array(fc.tuple(names, tie('json')), { maxLength: 5 }).map(objectOf),
  ),
}));

/** `__proto__` becomes a member of its own, and is written so. */
function objectOf(members: readonly (readonly [string, unknown])[]): object {
  const object: object = {};
  for (const [name, value] of members) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
}

const changes = fc.array(fc.tuple(names, json), { maxLength: 4 });
/** JSON as it is not written every day: escapes, white space, repeated members, things cut off. */
const respelled = fc.tuple(fc.nat({ max: 7 }), fc.nat());
function respell(plain: string, [how, where]: readonly [number, number]): string {
  const at = where % (plain.length + 1);
  const ways: readonly ((plain: string) => string)[] = [
    (same) => same,
    (same) => same.replaceAll('":', '" :\t\r\n'),
    (same) => same.replaceAll('a', '\\u0061'),
    (same) => `${same.slice(0, -1)},${same.slice(1)}`,
    (same) => same.slice(0, at),
    (same) => same.slice(0, at) + same.slice(at + 1),
    (same) => `${same.slice(0, at)}"${same.slice(at)}`,
    (same) => `${same.slice(0, at)}\\${same.slice(at)}`,
  ];
  return (ways[how] ?? ways[0])?.(plain) ?? plain;
}

describe('a token may be anything', () => {
  test('any text, and any value that is none', () => {
    holds(
      fc.property(target, fc.oneof(strange, fc.anything()), (one, anything) =>
        present(one, anything as string),
      ),
      500,
    );
  });

  test('parts of any text between dots', () => {
    const part = fc.oneof(
      strange,
      fc.base64String(),
      fc.string().map((plain) => Buffer.from(plain).toString('base64url')),
    );
    holds(
      fc.property(target, fc.array(part, { maxLength: 6 }), (one, parts) => present(one, parts.join('.'))),
      500,
    );
  });

  test('a good one, cut up, spliced and respelled', () => {
    const edit = fc.tuple(
      fc.nat(),
      fc.nat({ max: 5 }),
      fc.oneof(fc.constant(''), strange, fc.constantFrom('A', '=', '.')),
    );
    holds(
      fc.property(target, fc.array(edit, { minLength: 1, maxLength: 4 }), (one, edits) => {
        let token = one.token;
        for (const [where, gone, filling] of edits) {
          const at = where % (token.length + 1);
          token = token.slice(0, at) + filling + token.slice(at + gone);
        }
        present(one, token);
      }),
      500,
    );
  });
});

describe('what the right key signed may be anything', () => {
  test('any header', () => {
    holds(
      fc.property(target, changes, respelled, (one, members, how) => {
        const header = objectOf([...Object.entries(one.header), ...members]);
        present(one, one.signed(respell(JSON.stringify(header), how)));
      }),
      400,
    );
  });

  test('any claims', () => {
    holds(
      fc.property(target, changes, respelled, (one, members, how) => {
        const claims = objectOf([...Object.entries(one.claims), ...members]);
        present(one, one.signed(one.header, respell(JSON.stringify(claims), how)));
      }),
      400,
    );
  });

  test('any JSON and any bytes, as header and as payload', () => {
    const bytes = fc.oneof(
      json.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
      fc.uint8Array({ maxLength: 200 }).map((some) => Buffer.from(some)),
      fc.nat({ max: 6000 }).map((length) => Buffer.from(`{"a":"${'x'.repeat(length)}"}`)),
      fc.nat({ max: 2500 }).map((depth) => Buffer.from('['.repeat(depth) + ']'.repeat(depth))),
    );
    holds(
      fc.property(bytes, bytes, fc.boolean(), (first, second, isRightHeader) => {
        const header = isRightHeader ? Buffer.from(JSON.stringify(hmac.header)) : first;
        present(hmac, compact(hmac.key, header.toString('base64url'), second.toString('base64url')));
      }),
      500,
    );
  });
});

describe('a key may be anything', () => {
  const own = ['HS256', 'RS256', 'ES256', 'EdDSA'].map((algorithm) => createKey(algorithm).privateJwk);
  const member = fc.constantFrom(
    'kty',
    'alg',
    'kid',
    'use',
    'key_ops',
    'crv',
    'x',
    'y',
    'd',
    'n',
    'e',
    'p',
    'q',
    'k',
    'oth',
  );
  const value = fc.oneof(
    json,
    fc.constantFrom(
      'oct',
      'RSA',
      'EC',
      'OKP',
      'AKP',
      'HS256',
      'RS256',
      'ES256',
      'EdDSA',
      'P-256',
      'Ed25519',
      'AQAB',
      'AQ',
    ),
    fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.from(some).toString('base64url')),
    fc.constantFrom(['sign'], ['verify'], ['sign', 'sign'], ['encrypt'], undefined),
  );

  test('any value', () => {
    holds(
      fc.property(fc.oneof(json, strange, fc.anything({ withNullPrototype: true })), (anything) => {
        attempt(OF_KEYS, () => parseKey(anything as Jwk));
      }),
      500,
    );
  });

  test('a good JWK with some members changed', () => {
    holds(
      fc.property(
        fc.constantFrom(...own),
        fc.array(fc.tuple(member, value), { minLength: 1, maxLength: 3 }),
        (jwk, some) => {
          const key = attempt(OF_KEYS, () => parseKey(objectOf([...Object.entries(jwk), ...some]) as Jwk));
          if (key !== undefined) assert.deepEqual(Object.keys(key).toSorted(), ['algorithm', 'kid']);
        },
      ),
      400,
    );
  });

  test('PEM with edits, and any text', () => {
    const pem = createKey('ES256').verifying.export({ format: 'pem', type: 'spki' }).toString();
    holds(
      fc.property(fc.nat(), fc.nat({ max: 9 }), strange, fc.boolean(), (where, gone, filling, isWhole) => {
        const at = where % pem.length;
        const edited = isWhole ? filling : pem.slice(0, at) + filling + pem.slice(at + gone);
        attempt(OF_KEYS, () => parseKey(edited, { algorithm: 'ES256' }));
      }),
      400,
    );
  });
});
