import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify, type JSONWebKeySet } from 'jose';
import type { SigningAlgorithm } from 'watchword';
import { assertProblem } from './assert-problem.ts';
import { ask } from './exchange.ts';
import { ISSUER, startApp, type Host } from './hosts.ts';

const expected = { issuer: ISSUER, audience: ISSUER, typ: 'at+jwt' };

for (const algorithm of ['ES256', 'RS256'] satisfies SigningAlgorithm[]) {
  test(`jose verifies an access token through the JWKS: ${algorithm}`, async (t) => {
    const host = await startApp(t, { algorithm });
    const signUp = await ask(host, {
      method: 'POST',
      path: '/auth/sign-up',
      headers: { 'content-type': 'application/json' },
      body: '{"email":"ada@example.com","password":"correct horse battery","delivery":"body"}',
    });
    const { access_token: token, user, session } = JSON.parse(signUp.text);
    const keys = remoteKeys(host);
    const { payload, protectedHeader, key } = await jwtVerify(token, keys, {
      ...expected,
      algorithms: [algorithm],
    });
    assert.deepEqual(protectedHeader, { alg: algorithm, typ: 'at+jwt', kid: protectedHeader.kid });
    assert.equal('type' in key && key.type, 'public');
    assert.deepEqual(
      [payload.sub, payload['sid'], payload['client_id'], payload['ww_gen']],
      [user.id, session.id, 'app', 1],
    );
    assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 900);
    assert.ok(payload.jti);

    await assert.rejects(
      jwtVerify(token, keys, { ...expected, audience: 'https://other.example' }),
      errors.JWTClaimValidationFailed,
    );
    await assert.rejects(
      jwtVerify(token, keys, { ...expected, typ: 'JWT' }),
      errors.JWTClaimValidationFailed,
    );
    const [head, claims, signature = ''] = token.split('.');
    const forged = `${head}.${claims}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    await assert.rejects(jwtVerify(forged, keys, expected), errors.JWSSignatureVerificationFailed);
  });

  test(`the JWKS holds public parts alone, for everybody to cache: ${algorithm}`, async (t) => {
    const host = await startApp(t, { algorithm });
    const { text, headers } = await ask(host, { path: '/.well-known/jwks.json' });
    const { keys } = JSON.parse(text) as JSONWebKeySet;
    const members =
      algorithm === 'ES256'
        ? ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']
        : ['alg', 'e', 'kid', 'kty', 'n', 'use'];
    assert.deepEqual(
      keys.map((key) => Object.keys(key).toSorted()),
      keys.map(() => members),
    );
    assert.match(headers['cache-control'] ?? '', /^public, max-age=\d+$/);
    assert.equal(headers['access-control-allow-origin'], '*');
  });
}

test('after a rotation the tokens of both keys verify', async (t) => {
  const host = await startApp(t, { algorithm: 'ES256' });
  const { accessToken: before } = await host.auth.sessions.start({ subject: 'ada' });
  await host.auth.keys.rotate();
  const { accessToken: after } = await host.auth.sessions.start({ subject: 'ada' });
  const keys = createLocalJWKSet(JSON.parse((await ask(host, { path: '/.well-known/jwks.json' })).text));
  const [old, young] = [await jwtVerify(before, keys, expected), await jwtVerify(after, keys, expected)];
  assert.notEqual(old.protectedHeader.kid, young.protectedHeader.kid);
});

test('where all keys are secrets there is no JWKS', async (t) => {
  const host = await startApp(t, { algorithm: 'HS256' });
  const answer = await ask(host, { path: '/.well-known/jwks.json' });
  assertProblem(answer, 'the JWKS of HS256', { status: 404, code: 'ERR_ROUTE_UNKNOWN' });
});

function remoteKeys({ port }: Host) {
  return createRemoteJWKSet(new URL(`http://127.0.0.1:${port}/.well-known/jwks.json`));
}
