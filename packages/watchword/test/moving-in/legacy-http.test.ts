import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import express from 'express';
import jwt from 'jsonwebtoken';
import { watchword } from '../../src/adapters/express/index.ts';
import { bearer, JSON_TYPE, jsonOf, listen, openAuth, SAME_ORIGIN } from '../adapters/listening.ts';
import { KEY, OLD_SECRET } from './old-issuer.ts';

async function serve(t: TestContext) {
  const until = new Date(Date.now() + 86_400_000).toISOString();
  const legacyTokens = { keys: KEY, algorithms: ['HS256'], until } as const;
  const auth = await openAuth(t, { clients: true, legacyTokens });
  const app = express();
  app.use(watchword(auth));
  app.get('/me', auth.require(), (request, response) => void response.json(request.auth.subject));
  app.post('/act', auth.require(), (request, response) => void response.json(request.auth.subject));
  const old = jwt.sign({ sub: 'ada' }, OLD_SECRET, { expiresIn: '1h' });
  return { auth, old, url: await listen(t, app) };
}

test('a guard takes a token of before from the header, and says what is wrong with one', async (t) => {
  const { auth, old, url } = await serve(t);
  const ask = (token: string) => fetch(`${url}/me`, { headers: bearer(token) });
  assert.equal(await (await ask(old)).json(), 'ada');
  const expired = await ask(jwt.sign({ sub: 'ada' }, OLD_SECRET, { expiresIn: -1 }));
  assert.deepEqual([expired.status, (await jsonOf(expired)).code], [401, 'ERR_TOKEN_EXPIRED']);
  assert.match(expired.headers.get('www-authenticate') ?? '', /invalid_token/);
  assert.equal((await auth.authenticate(old)).subject, 'ada');
  await auth.revoke.subject('ada');
  assert.equal((await jsonOf(await ask(old))).code, 'ERR_TOKEN_REVOKED');
});

test('in our cookie it is held to the rules of cookies', async (t) => {
  const { old, url } = await serve(t);
  const cookie = `__Host-ww_at=${old}`;
  const act = (headers: Record<string, string>) => fetch(`${url}/act`, { method: 'POST', headers });
  assert.equal((await act({ cookie, origin: 'https://evil.example' })).status, 403);
  assert.equal((await act({ cookie, ...SAME_ORIGIN })).status, 200);
});

test('it has no session to show, to end others for, or to refresh', async (t) => {
  const { auth, old, url } = await serve(t);
  const { session } = await auth.sessions.start({ subject: 'ada' });
  const shown = await fetch(`${url}/auth/session`, { headers: bearer(old) });
  assert.deepEqual([shown.status, (await jsonOf(shown)).code], [401, 'ERR_TOKEN_TYPE']);
  const ending = await fetch(`${url}/auth/sessions`, { method: 'DELETE', headers: bearer(old) });
  assert.equal((await jsonOf(ending)).code, 'ERR_SESSION_UNKNOWN');
  const refresh = await fetch(`${url}/auth/refresh`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify({ refresh_token: old }),
  });
  assert.equal((await jsonOf(refresh)).code, 'ERR_REFRESH_INVALID');
  const listed = await jsonOf(await fetch(`${url}/auth/sessions`, { headers: bearer(old) }));
  assert.deepEqual(
    listed.sessions.map(({ id }: { id: string }) => id),
    [session.id],
    'its user sees theirs',
  );
});

test('introspection, which is about tokens that are issued here, calls it inactive', async (t) => {
  const { auth, old, url } = await serve(t);
  const { client, secret } = await auth.clients.create({ id: 'api', roles: ['introspect'] });
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  const isActive = async (token: string): Promise<unknown> => {
    const authorization = `Basic ${Buffer.from(`${client.id}:${secret}`).toString('base64')}`;
    const body = new URLSearchParams({ token });
    return (
      await jsonOf(
        await fetch(`${url}/oauth/introspect`, { method: 'POST', headers: { authorization }, body }),
      )
    ).active;
  };
  assert.equal(await isActive(accessToken), true);
  assert.equal(await isActive(old), false);
});
