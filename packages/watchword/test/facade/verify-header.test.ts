import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import { attack, without } from './support/attack.ts';
import { codeOf } from './support/errors.ts';

describe('an extension that has to be understood is refused (RFC 7515 §4.1.11, RFC 7797)', () => {
  const headers: readonly JsonObject[] = [
    { crit: ['exp'] },
    { crit: ['exp'], exp: 9_999_999_999 },
    { crit: ['alg'] },
    { crit: [] },
    { crit: null },
    { crit: 'b64' },
    { crit: {} },
    { crit: ['b64'], b64: false },
    { b64: false },
    { b64: true },
    { b64: null },
    { crit: ['http://example.com/UNDEFINED'], 'http://example.com/UNDEFINED': true },
  ];
  for (const changes of headers) {
    test(JSON.stringify(changes), async (t) => {
      const { auth, withHeader } = await attack(t);
      assert.equal(
        codeOf(() => auth.verify(withHeader(changes))),
        'ERR_TOKEN_MALFORMED',
      );
    });
  }
});

describe('the typ is that of an access token', () => {
  for (const typ of ['at+jwt', 'AT+JWT', 'At+Jwt', 'application/at+jwt', 'Application/AT+jwt']) {
    test(`it may be ${typ}`, async (t) => {
      const { auth, withHeader } = await attack(t);
      assert.equal(auth.verify(withHeader({ typ })).subject, 'ada');
    });
  }

  const bad: readonly JsonValue[] = [
    'JWT',
    'jwt',
    '',
    'at',
    'at+jwt ',
    ' at+jwt',
    'at+jwt\0',
    'at+jwt;x',
    'application/jwt',
    'id+jwt',
  ];
  const kinds = [
    'dpop+jwt',
    'confirm+jwt',
    'logout+jwt',
    'secevent+jwt',
    'ww-feed+jwt',
    'application/application/at+jwt',
    'text/at+jwt',
  ];
  for (const typ of [...bad, ...kinds, 'ａt+jwt', null, 1, true, ['at+jwt'], {}] as readonly JsonValue[]) {
    test(`it may not be ${JSON.stringify(typ)}`, async (t) => {
      const { auth, withHeader } = await attack(t);
      assert.equal(
        codeOf(() => auth.verify(withHeader({ typ }))),
        'ERR_TOKEN_TYPE',
      );
    });
  }

  test('and has to be there', async (t) => {
    const { auth, header, withHeader } = await attack(t);
    assert.equal(
      codeOf(() => auth.verify(withHeader(without(header, 'typ')))),
      'ERR_TOKEN_TYPE',
    );
  });
});

describe('the header is one strict JSON object', () => {
  test('with members that occur once', async (t) => {
    const { auth, header, withHeader } = await attack(t);
    const { alg, kid, typ } = header;
    const doubled = [
      `{"alg":"none","alg":"${String(alg)}","kid":"${String(kid)}","typ":"${String(typ)}"}`,
      `{"alg":"${String(alg)}","kid":"x","\\u006bid":"${String(kid)}","typ":"${String(typ)}"}`,
      `{"alg":"${String(alg)}","kid":"${String(kid)}","typ":"${String(typ)}","__proto__":{}}`,
    ];
    for (const text of doubled)
      assert.equal(
        codeOf(() => auth.verify(withHeader(text))),
        'ERR_TOKEN_MALFORMED',
      );
  });

  for (const text of [
    '[]',
    'null',
    '"at+jwt"',
    '1',
    'x',
    '{',
    '{"alg":"HS256"}{}',
    `${'{"a":'.repeat(9)}1${'}'.repeat(9)}`,
  ]) {
    test(`not ${text}`, async (t) => {
      const { auth, withHeader } = await attack(t);
      assert.equal(
        codeOf(() => auth.verify(withHeader(text))),
        'ERR_TOKEN_MALFORMED',
      );
    });
  }
});
