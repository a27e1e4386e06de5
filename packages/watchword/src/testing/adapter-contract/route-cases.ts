import assert from 'node:assert/strict';
import type { AddCase, AdapterUnderTest } from './contract.ts';
import { askLine, bearer, fieldOf, FOREIGN, jsonOf, LISTED, openApp, openAuth, refusalOf } from './world.ts';

export function routeCases(add: AddCase, adapter: AdapterUnderTest): void {
  addressCases(add, adapter);
  answerCases(add, adapter);
}

function addressCases(add: AddCase, adapter: AdapterUnderTest): void {
  add('HEAD has the headers of GET and no content', async (t) => {
    const auth = await openAuth(t);
    const { ask } = await openApp(t, adapter, auth);
    const { accessToken } = await auth.sessions.start({ subject: 'ada' });
    const response = await ask('/auth/session', { method: 'HEAD', headers: bearer(accessToken) });
    assert.deepEqual([response.status, await response.text()], [200, '']);
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
    assert.equal((await ask('/auth/session', { method: 'HEAD' })).status, 401);
    assert.equal((await ask('/me', { method: 'HEAD' })).status, 401);
    assert.equal((await ask('/me', { method: 'HEAD', headers: bearer(accessToken) })).status, 200);
  });

  add('what is ours and unknown is 404, and a wrong method 405 with Allow', async (t) => {
    const { ask } = await openApp(t, adapter, await openAuth(t));
    for (const path of ['/auth', '/auth/', '/auth/nothing', '/auth/session/', '/auth/sessions/a/b']) {
      assert.deepEqual(await refusalOf(await ask(path)), [404, 'ERR_ROUTE_UNKNOWN'], path);
    }
    for (const [method, path, allow] of [
      ['PUT', '/auth/session', 'GET, HEAD'],
      ['PATCH', '/auth/sessions', 'GET, DELETE, HEAD'],
      ['GET', '/auth/sign-in', 'POST'],
      ['DELETE', '/oauth/token', 'POST'],
    ] as const) {
      const response = await ask(path, { method });
      assert.equal(response.headers.get('allow'), allow);
      assert.deepEqual(await refusalOf(response), [405, 'ERR_METHOD']);
    }
  });

  add('every address of ours is answered, those with public documents too', async (t) => {
    const { ask } = await openApp(t, adapter, await openAuth(t, undefined, { algorithm: 'ES256' }));
    const keys = await ask('/.well-known/jwks.json');
    assert.equal(await fieldOf(keys, 'keys', '0', 'kty'), 'EC');
    assert.equal(keys.headers.get('access-control-allow-origin'), '*');
    assert.equal((await ask('/.well-known/oauth-authorization-server')).status, 200);
    assert.equal((await ask('/auth/errors/ERR_TOKEN_EXPIRED')).status, 200);
    assert.equal((await ask('/feed/keys')).status, 200);
    for (const path of ['/feed', '/feed/snapshot']) assert.equal((await ask(path)).status, 401, path);
  });

  add('what is not ours goes on to the application', async (t) => {
    const { ask } = await openApp(t, adapter, await openAuth(t));
    assert.deepEqual(await jsonOf(await ask('/open')), { open: true });
    for (const path of ['/authors', '/auth.html', '/x/auth/session', '/.well-known/openid-configuration']) {
      const response = await ask(path);
      assert.equal(response.status, 404, path);
      assert.doesNotMatch(await response.text(), /ERR_ROUTE_UNKNOWN/, path);
    }
  });

  add('addresses count as they are written: no other spelling opens anything', async (t) => {
    const auth = await openAuth(t);
    const { url } = await openApp(t, adapter, auth);
    const { accessToken } = await auth.sessions.start({ subject: 'ada' });
    for (const path of [
      '/%61uth/session',
      '/auth/%73ession',
      '/auth/session%3Fx',
      '//auth/session',
      '/AUTH/session',
    ]) {
      assert.equal((await askLine(url, path, bearer(accessToken))).status, 404, path);
    }
    for (const path of ['/%6de', '/me/', '//me', '/ME', '/me%2F']) {
      assert.notEqual((await askLine(url, path, {})).status, 200, path);
    }
    const absolute = await askLine(url, 'http://elsewhere.example/auth/session', bearer(accessToken));
    assert.equal(absolute.status, 200);
    assert.equal((await askLine(url, 'http://elsewhere.example/auth/session', {})).status, 401);
    assert.equal((await askLine(url, 'http://elsewhere.example/auth/nothing?/auth/session', {})).status, 404);
  });
}

function answerCases(add: AddCase, adapter: AdapterUnderTest): void {
  add('CORS is for listed origins', async (t) => {
    const { ask } = await openApp(t, adapter, await openAuth(t));
    const preflight = (origin: string) =>
      ask('/auth/refresh', {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const listed = await preflight(LISTED);
    assert.equal(listed.status, 204);
    assert.equal(listed.headers.get('access-control-allow-origin'), LISTED);
    assert.equal(listed.headers.get('access-control-allow-credentials'), 'true');
    assert.match(listed.headers.get('access-control-allow-methods') ?? '', /\bPOST\b/);
    const foreign = await preflight(FOREIGN);
    assert.equal(foreign.headers.get('access-control-allow-origin'), null);
    assert.equal(foreign.status, 405);
    const answer = await ask('/auth/session', { headers: { origin: LISTED } });
    assert.deepEqual([answer.status, answer.headers.get('access-control-allow-origin')], [401, LISTED]);
  });

  add("errors of handlers are the framework's to answer", async (t) => {
    const { ask } = await openApp(t, adapter, await openAuth(t));
    const response = await ask('/broken');
    assert.deepEqual([response.status, await response.text()], [500, 'own handler']);
  });

  add('an installation that is closed is 503, a problem, and nobody is signed out', async (t) => {
    const auth = await openAuth(t);
    const { ask } = await openApp(t, adapter, auth);
    const { refreshToken } = await auth.sessions.start({ subject: 'ada' });
    await auth.close();
    const response = await ask('/auth/refresh', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refresh_token: refreshToken }),
    });
    assert.equal(response.status, 503);
    assert.match(response.headers.get('retry-after') ?? '', /^\d+$/);
    assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8');
    assert.ok(!response.headers.getSetCookie().some((cookie) => cookie.startsWith('__Host-')));
  });
}
