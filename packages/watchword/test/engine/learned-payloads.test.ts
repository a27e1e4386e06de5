import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'node:test';
import { signCompactJws } from '../../src/crypto/jws/compact.ts';
import { createHmacKey } from '../../src/crypto/jws/hmac-key.ts';
import { createTokenId } from '../../src/crypto/token-id.ts';
import type { KeyId } from '../../src/domain/ids.ts';
import { ACCESS_TOKEN } from '../../src/engine/tokens/kinds.ts';
import { createTokenVerifier, type TokenVerifier } from '../../src/engine/tokens/verify.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { holds } from '../domain/support/property.ts';

/*
 * A verifier learns what the payloads of its issuer look like. Whatever the issuer signs, one that has learned must judge it as one that
 * has seen nothing yet.
 */

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'https://api.example';
const clock = createFakeClock();
const key = createHmacKey('k1' as KeyId, 'HS256', new Uint8Array(32).fill(7));
const nowSeconds = clock.nowMs() / 1000;
const jti = createTokenId(clock.nowMs(), new Uint8Array(4), { generation: 1 }, new Uint8Array(32));
const CLAIMS = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'ada',
  iat: nowSeconds,
  exp: nowSeconds + 60,
  jti,
  sid: '019b7692-6000-7000-8000-000000000000',
  client_id: 'app',
  ww_gen: 1,
  amr: ['pwd'],
};
const expected = { audience: [AUDIENCE], scope: [], maxAgeSeconds: undefined, maxStalenessMs: 1000 };

function createVerifier(): TokenVerifier {
  return createTokenVerifier({
    issuer: ISSUER,
    clock,
    keys: { find: (id) => (id === 'k1' ? { jws: key, state: 'signing' } : undefined) },
    view: { hits: () => undefined, ageMs: () => 0, reportStale: () => undefined },
    cacheSize: 0,
  });
}

const experienced = createVerifier();
const good = signCompactJws(key, 'at+jwt', CLAIMS);
const [header = ''] = good.split('.');

function assertJudgedAlike(payload: string): void {
  const signingInput = `${header}.${Buffer.from(payload).toString('base64url')}`;
  const token = `${signingInput}.${key.sign(signingInput)}`;
  assert.equal(experienced.verify(good, ACCESS_TOKEN, expected).kind, 'verified');
  const verdict = experienced.verify(token, ACCESS_TOKEN, expected);
  assert.deepEqual(verdict, createVerifier().verify(token, ACCESS_TOKEN, expected));
  assert.deepEqual(experienced.verify(token, ACCESS_TOKEN, expected), verdict, 'also when it comes again');
}

const PAYLOAD = JSON.stringify(CLAIMS);

test('any change to a payload is judged alike', () => {
  const noise = fc.constantFrom(
    '"',
    '\\',
    ',',
    ':',
    '0',
    '-',
    '.5',
    'e3',
    ' ',
    '[',
    ']',
    'é',
    '\u0000',
    '"iss":"x",',
  );
  const put = fc.oneof(
    noise,
    fc.constantFrom('', '"__proto__":1,', '"sub":"eve",', '\u007f', '\ud800', '\ufeff'),
  );
  holds(
    fc.property(fc.nat({ max: PAYLOAD.length }), fc.nat({ max: 4 }), put, (at, dropped, text) => {
      assertJudgedAlike(PAYLOAD.slice(0, at) + text + PAYLOAD.slice(at + dropped));
    }),
    500,
  );
});

test('any values of the claims are judged alike', () => {
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.array(fc.string(), { maxLength: 3 }),
    fc.constantFrom<unknown>(null, true, {}, [], -0, 1e21, 2 ** 53, nowSeconds, nowSeconds + 1e15),
  );
  holds(
    fc.property(fc.constantFrom(...Object.keys(CLAIMS)), value, (name, changed) => {
      assertJudgedAlike(JSON.stringify({ ...CLAIMS, [name]: changed }));
    }),
    500,
  );
});

test('any order of the claims is judged alike', () => {
  holds(
    fc.property(fc.shuffledSubarray(Object.entries(CLAIMS)), (entries) => {
      assertJudgedAlike(JSON.stringify(Object.fromEntries(entries)));
    }),
  );
});
