import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { signCompactJws } from '../../src/crypto/jws/compact.ts';
import { createHmacKey } from '../../src/crypto/jws/hmac-key.ts';
import { createTokenId } from '../../src/crypto/token-id.ts';
import type { KeyId } from '../../src/domain/ids.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import {
  ACCESS_TOKEN,
  CONFIRMATION_TOKEN,
  customKind,
  ID_TOKEN,
  LOGOUT_TOKEN,
  type TokenKind,
} from '../../src/engine/tokens/kinds.ts';
import { createTokenVerifier } from '../../src/engine/tokens/verify.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'https://api.example';
const clock = createFakeClock();
const key = createHmacKey('k1' as KeyId, 'HS256', new Uint8Array(32).fill(7));
const nowSeconds = clock.nowMs() / 1000;
const jti = createTokenId(clock.nowMs(), new Uint8Array(4), { generation: 0 }, new Uint8Array(32));
const expected = { audience: [AUDIENCE], scope: [], maxAgeSeconds: undefined, maxStalenessMs: 1000 };

const verifier = createTokenVerifier({
  issuer: ISSUER,
  clock,
  keys: { find: (id) => (id === 'k1' ? { jws: key, state: 'signing' } : undefined) },
  view: { hits: () => undefined, ageMs: () => 0, reportStale: () => undefined },
  cacheSize: 100,
});

const COMMON = { iss: ISSUER, aud: AUDIENCE, sub: 'ada', iat: nowSeconds, exp: nowSeconds + 60 };
const SID = '019b7692-6000-7000-8000-000000000000';
const LOGOUT = { 'http://schemas.openid.net/event/backchannel-logout': {} };

interface Sample {
  readonly kind: TokenKind;
  readonly typ: string;
  readonly claims: JsonObject;
}

/** One right token of each kind. */
const SAMPLES: Readonly<Record<string, Sample>> = {
  access: {
    kind: ACCESS_TOKEN,
    typ: 'at+jwt',
    claims: { ...COMMON, jti, sid: SID, client_id: 'app', ww_gen: 1 },
  },
  confirmation: { kind: CONFIRMATION_TOKEN, typ: 'confirm+jwt', claims: { ...COMMON, jti, sid: SID } },
  logout: { kind: LOGOUT_TOKEN, typ: 'logout+jwt', claims: { ...COMMON, jti: 'x', events: LOGOUT } },
  id: { kind: ID_TOKEN, typ: 'JWT', claims: { ...COMMON, nonce: 'n', sid: 'theirs' } },
  custom: { kind: customKind('invitation+jwt'), typ: 'invitation+jwt', claims: { ...COMMON, jti } },
};

function judge(kind: TokenKind, typ: string, claims: JsonObject): string {
  const verdict = verifier.verify(signCompactJws(key, typ, claims), kind, expected);
  return verdict.kind === 'verified' ? 'verified' : verdict.code;
}

describe('each kind of token', () => {
  for (const [name, { kind, typ, claims }] of Object.entries(SAMPLES)) {
    test(`${name} is taken for what it is, in any case and as a whole media type`, () => {
      assert.equal(judge(kind, typ, claims), 'verified');
      assert.equal(judge(kind, typ.toUpperCase(), claims), 'verified');
      if (kind !== ID_TOKEN) assert.equal(judge(kind, `application/${typ}`, claims), 'verified');
    });

    for (const [other, sample] of Object.entries(SAMPLES)) {
      if (other === name) continue;
      test(`${name} is not taken for ${other}, even right after it was taken for itself`, () => {
        const token = signCompactJws(key, typ, claims);
        assert.equal(verifier.verify(token, kind, expected).kind, 'verified');
        const verdict = verifier.verify(token, sample.kind, expected);
        assert.equal(verdict.kind === 'refused' && verdict.code, 'ERR_TOKEN_TYPE');
      });
    }
  }
});

test('an access token of all kinds needs its session, client and generation', () => {
  const { kind, typ, claims } = SAMPLES['access'] ?? assert.fail();
  for (const missing of ['sid', 'client_id', 'ww_gen', 'jti', 'sub', 'iss', 'aud', 'iat', 'exp']) {
    const { [missing]: _, ...rest } = claims;
    assert.equal(judge(kind, typ, rest), 'ERR_TOKEN_CLAIMS', missing);
  }
});

test('a confirmation lives five minutes at most, and is for a session', () => {
  const { kind, typ, claims } = SAMPLES['confirmation'] ?? assert.fail();
  assert.equal(judge(kind, typ, { ...claims, exp: nowSeconds + 300 }), 'verified');
  assert.equal(judge(kind, typ, { ...claims, exp: nowSeconds + 301 }), 'ERR_TOKEN_CLAIMS');
  const { sid: _, ...rest } = claims;
  assert.equal(judge(kind, typ, rest), 'ERR_TOKEN_CLAIMS');
});

test('a logout token has the event and names a user or a session, and has no nonce', () => {
  const { kind, typ, claims } = SAMPLES['logout'] ?? assert.fail();
  const { sub: _, ...anonymous } = claims;
  assert.equal(judge(kind, typ, { ...anonymous, sid: 'theirs' }), 'verified');
  for (const wrong of [
    anonymous,
    { ...claims, nonce: 'n' },
    { ...claims, events: {} },
    { ...claims, events: 'logout' },
    { ...claims, events: { 'http://schemas.openid.net/event/backchannel-logout': true } },
    { ...claims, jti: 7 },
  ]) {
    assert.equal(judge(kind, typ, wrong), 'ERR_TOKEN_CLAIMS', JSON.stringify(wrong));
  }
});

test('an ID token may leave its type out, and is no logout token under that cover', () => {
  const { kind, typ, claims } = SAMPLES['id'] ?? assert.fail();
  assert.equal(judge(kind, typ, { ...claims, events: LOGOUT }), 'ERR_TOKEN_CLAIMS');
  const header = Buffer.from('{"alg":"HS256","kid":"k1"}').toString('base64url');
  const signingInput = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  const untyped = `${signingInput}.${key.sign(signingInput)}`;
  assert.equal(verifier.verify(untyped, ID_TOKEN, expected).kind, 'verified');
  const asAccess = verifier.verify(untyped, ACCESS_TOKEN, expected);
  assert.equal(asAccess.kind === 'refused' && asAccess.code, 'ERR_TOKEN_TYPE');
});
