import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isTokenIdOf, tokenIssuedMs } from '../../src/crypto/token-id.ts';
import type { TokenId } from '../../src/domain/ids.ts';
import { createInstallation, ISSUER } from './support/installation.ts';
import { claim, readToken } from './support/tokens.ts';

const NOW_SECONDS = 1_767_225_600;

describe('an access token', () => {
  for (const algorithm of ['HS256', 'RS256', 'ES256'] as const) {
    test(`has the header {alg, kid, typ} and nothing else (${algorithm})`, async (t) => {
      const { auth } = await createInstallation(t).open({ algorithm });
      const { accessToken } = await auth.sessions.start({ subject: 'ada' });
      const kid = auth.keys.list().find(({ state }) => state === 'signing')?.id;
      assert.deepEqual(readToken(accessToken).header, { alg: algorithm, kid, typ: 'at+jwt' });
    });
  }

  test('has these claims and no others, where nothing more was said', async (t) => {
    const { auth } = await createInstallation(t).open();
    const { accessToken, session, expiresInSeconds } = await auth.sessions.start({ subject: 'ada' });
    const { payload } = readToken(accessToken);
    assert.deepEqual(payload, {
      iss: ISSUER,
      aud: ISSUER,
      sub: 'ada',
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + 900,
      jti: payload['jti'],
      sid: session.id,
      client_id: 'app',
      ww_gen: 1,
      auth_time: NOW_SECONDS,
    });
    assert.equal(expiresInSeconds, 900);
  });

  test('has scope, amr, audiences, client and claims where they were said', async (t) => {
    const { auth } = await createInstallation(t).open();
    const { accessToken, session } = await auth.sessions.start({
      subject: 'ada',
      audience: ['https://a.example', 'https://b.example'],
      scope: 'read  write',
      amr: ['pwd', 'otp'],
      client: 'mobile',
      claims: { tenant: 'acme', roles: ['admin'], nested: { a: null } },
    });
    const { jti, iat, exp, ...rest } = readToken(accessToken).payload;
    assert.deepEqual(rest, {
      iss: ISSUER,
      aud: ['https://a.example', 'https://b.example'],
      sub: 'ada',
      sid: session.id,
      client_id: 'mobile',
      ww_gen: 1,
      auth_time: NOW_SECONDS,
      scope: 'read write',
      amr: ['pwd', 'otp'],
      tenant: 'acme',
      roles: ['admin'],
      nested: { a: null },
    });
    assert.deepEqual([typeof jti, iat, exp], ['string', NOW_SECONDS, NOW_SECONDS + 900]);
  });

  test('names one audience as a string, however it was given', async (t) => {
    const { auth } = await createInstallation(t).open({ audience: ['https://api.example'] });
    const byDefault = await auth.sessions.start({ subject: 'ada' });
    const byList = await auth.sessions.start({ subject: 'ada', audience: ['https://a.example'] });
    assert.equal(readToken(byDefault.accessToken).payload['aud'], 'https://api.example');
    assert.equal(readToken(byList.accessToken).payload['aud'], 'https://a.example');
  });

  test('after a refresh has the new generation and times, and the old session and auth_time', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const first = await auth.sessions.start({
      subject: 'ada',
      scope: ['read'],
      amr: ['pwd'],
      claims: { a: 1 },
    });
    installation.later(100_500);
    const second = await auth.sessions.refresh(first.refreshToken);
    const { jti: firstId, ...before } = readToken(first.accessToken).payload;
    const { jti: secondId, ...after } = readToken(second.accessToken).payload;
    assert.notEqual(firstId, secondId);
    assert.deepEqual(after, { ...before, ww_gen: 2, iat: NOW_SECONDS + 100, exp: NOW_SECONDS + 1000 });
  });

  test('counts whole seconds: it expires no later than it should', async (t) => {
    const installation = createInstallation(t);
    installation.later(999);
    const { auth } = await installation.open({ accessTokenTtlSeconds: 10, raceWindowMs: 1000 });
    const { accessToken, expiresInSeconds } = await auth.sessions.start({ subject: 'ada' });
    const { iat, exp } = readToken(accessToken).payload;
    assert.deepEqual([iat, exp, expiresInSeconds], [NOW_SECONDS, NOW_SECONDS + 10, 10]);
  });

  test('never outlives its session', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open({ idleTtlSeconds: 3600, absoluteTtlSeconds: 3600 });
    const first = await auth.sessions.start({ subject: 'ada' });
    installation.later(3_000_000);
    const { accessToken, expiresInSeconds } = await auth.sessions.refresh(first.refreshToken);
    assert.equal(readToken(accessToken).payload['exp'], NOW_SECONDS + 3600);
    assert.equal(expiresInSeconds, 600);
  });

  test('has a jti that tells its millisecond, and that the issuer made for this session and generation', async (t) => {
    const installation = createInstallation(t);
    installation.later(123);
    const { auth } = await installation.open();
    const { accessToken, session } = await auth.sessions.start({ subject: 'ada' });
    const id = claim(accessToken, 'jti') as TokenId;
    const { tokenIdKey } = await installation.ring();
    assert.equal(tokenIssuedMs(id), NOW_SECONDS * 1000 + 123);
    assert.equal(isTokenIdOf(id, { sessionId: session.id, generation: 1 }, tokenIdKey), true);
    assert.equal(isTokenIdOf(id, { sessionId: session.id, generation: 2 }, tokenIdKey), false);
  });

  test('comes out of verify as it went in', async (t) => {
    const { auth } = await createInstallation(t).open();
    const input = { subject: 'ada', scope: 'read write', amr: ['pwd'], claims: { tenant: 'acme' } };
    const { accessToken, session } = await auth.sessions.start(input);
    const token = auth.verify(accessToken);
    const { payload, header } = readToken(accessToken);
    assert.equal(token.subject, 'ada');
    assert.equal(token.issuer, ISSUER);
    assert.deepEqual(token.audience, [ISSUER]);
    assert.equal(token.tokenId, payload['jti']);
    assert.equal(token.keyId, header['kid']);
    assert.equal(token.issuedAtSeconds, NOW_SECONDS);
    assert.equal(token.expiresAtSeconds, NOW_SECONDS + 900);
    assert.equal(token.sessionId, session.id);
    assert.equal(token.clientId, 'app');
    assert.equal(token.generation, 1);
    assert.deepEqual(token.scope, ['read', 'write']);
    assert.equal(token.authTimeSeconds, NOW_SECONDS);
    assert.deepEqual(token.amr, ['pwd']);
    assert.deepEqual(token.claims, payload);
  });
});
