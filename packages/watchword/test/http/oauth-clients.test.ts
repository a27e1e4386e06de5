import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basic, inBody, openOAuthServer, refreshOf, type OAuthServer } from './oauth-server.ts';

/* Whose refresh token is whose: confidential clients, public ones, and those that change from one to the other. */

/** Refreshes in every way that leads past the client's secret; gives how it was answered. */
async function withoutSecret({ post, ask }: OAuthServer, refreshToken: string, clientId: string) {
  const atToken = await post('/oauth/token', { ...refreshOf(refreshToken), client_id: clientId });
  const asApp = await post('/oauth/token', refreshOf(refreshToken));
  const json = (body: object) =>
    ask('POST', '/auth/refresh', { 'content-type': 'application/json' }, JSON.stringify(body));
  const atRefresh = await json({ refresh_token: refreshToken, client_id: clientId });
  const atRefreshAsApp = await json({ refresh_token: refreshToken });
  return {
    atToken: [atToken.status, atToken.json.error],
    asApp: [asApp.status, asApp.json.error],
    atRefresh: [atRefresh.status, atRefresh.json.code],
    atRefreshAsApp: [atRefreshAsApp.status, atRefreshAsApp.json.code],
  };
}

const REFUSED = {
  atToken: [401, 'invalid_client'],
  asApp: [400, 'invalid_grant'],
  atRefresh: [401, 'ERR_REFRESH_INVALID'],
  atRefreshAsApp: [401, 'ERR_REFRESH_INVALID'],
};

test('§6: a confidential client’s refresh token is worth nothing without its secret, anywhere', async (t) => {
  const server = await openOAuthServer(t);
  const client = await server.register('billing');
  const { refreshToken, session } = await server.auth.sessions.start({ subject: 'ada', client: 'billing' });
  assert.deepEqual(await withoutSecret(server, refreshToken, 'billing'), REFUSED);
  const told = server.events
    .filter(({ type }) => type === 'client_refused')
    .map(({ atMs: _, ...event }) => event);
  const attempt = { type: 'client_refused', reason: 'missing_secret', clientId: 'billing' };
  assert.deepEqual(
    told,
    [attempt, attempt],
    'somebody holds a token that is not theirs: it does not pass unseen',
  );
  const answer = await server.post('/oauth/token', refreshOf(refreshToken), basic(client));
  assert.equal(answer.status, 200);
  const { clientId } = server.auth.verify(answer.json.access_token);
  assert.equal(clientId, 'billing');
  assert.equal((await server.auth.sessions.get(session.id))?.id, session.id, 'nobody was convicted');
});

test('§6: the refresh token of one client is refused to another, be it registered too', async (t) => {
  const server = await openOAuthServer(t);
  const [mine, yours] = [
    await server.register('mine'),
    await server.register('yours', ['service', 'introspect']),
  ];
  const { refreshToken } = await server.auth.sessions.start({ subject: 'ada', client: 'mine' });
  const ofApp = await server.auth.sessions.start({ subject: 'ada' });
  for (const token of [refreshToken, ofApp.refreshToken]) {
    for (const credentials of [
      { headers: basic(yours), body: {} },
      { headers: {}, body: inBody(yours) },
    ]) {
      const parameters = { ...refreshOf(token), ...credentials.body };
      const { status, json } = await server.post('/oauth/token', parameters, credentials.headers);
      assert.deepEqual([status, json.error], [400, 'invalid_grant']);
    }
  }
  assert.equal((await server.post('/oauth/token', refreshOf(refreshToken), basic(mine))).status, 200);
  assert.equal((await server.post('/oauth/token', refreshOf(ofApp.refreshToken))).status, 200);
});

test('a client id that nobody has registered is public, and becomes confidential with its registration', async (t) => {
  const server = await openOAuthServer(t, { raceWindowMs: 0 });
  const { refreshToken } = await server.auth.sessions.start({ subject: 'ada', client: 'mobile' });
  const first = await server.post('/oauth/token', { ...refreshOf(refreshToken), client_id: 'mobile' });
  assert.equal(first.status, 200);
  const client = await server.register('mobile');
  assert.deepEqual(await withoutSecret(server, first.json.refresh_token, 'mobile'), REFUSED);
  const second = await server.post('/oauth/token', refreshOf(first.json.refresh_token), basic(client));
  assert.equal(second.status, 200);
});

test('with its client a refresh token dies: at both endpoints, by cookie, in the library, in introspection', async (t) => {
  const server = await openOAuthServer(t);
  const { auth, post, ask } = server;
  const [client, asker] = [await server.register('billing'), await server.register('api', ['introspect'])];
  const { refreshToken } = await auth.sessions.start({ subject: 'ada', client: 'billing' });
  const own: Record<string, string> = { 'sec-fetch-site': 'same-origin' };
  const { cookies } = await auth.http.startCookieSession(
    {
      method: 'POST',
      path: '/log-in',
      remoteAddress: undefined,
      header: (name) => own[name],
      readBody: async () => ({ kind: 'aborted' }),
    },
    { subject: 'ada', client: 'billing' },
  );
  const cookie = cookies.map(([, value]) => value.split(';', 1)[0]).join('; ');
  await auth.clients.delete('billing');
  assert.deepEqual(await withoutSecret(server, refreshToken, 'billing'), REFUSED);
  assert.equal((await post('/oauth/token', refreshOf(refreshToken), basic(client))).status, 401);
  assert.equal((await ask('POST', '/auth/refresh', { ...own, cookie })).status, 401, 'by cookie');
  await assert.rejects(auth.sessions.refresh(refreshToken, { client: 'billing' }), {
    code: 'ERR_REFRESH_INVALID',
  });
  const introspection = await post('/oauth/introspect', { token: refreshToken }, basic(asker));
  assert.deepEqual(introspection.json, { active: false });
  await assert.rejects(auth.clients.create({ id: 'billing' }), { code: 'ERR_CLIENT_EXISTS' });
});

test('the public client has no secret: nobody can register it, and no secret is right for it', async (t) => {
  const server = await openOAuthServer(t);
  await assert.rejects(server.auth.clients.create({ id: 'app' }), { code: 'ERR_OPTION' });
  const { refreshToken } = await server.auth.sessions.start({ subject: 'ada' });
  for (const secret of ['', 'x', 'undefined', 'null']) {
    const headers = basic({ id: 'app', secret });
    assert.equal((await server.post('/oauth/token', refreshOf(refreshToken), headers)).status, 401, secret);
  }
  assert.equal((await server.post('/oauth/token', refreshOf(refreshToken))).status, 200);
});

test('public clients are not let in where clients have to prove themselves', async (t) => {
  const { auth, post } = await openOAuthServer(t);
  const { refreshToken, session } = await auth.sessions.start({ subject: 'ada' });
  for (const path of ['/oauth/revoke', '/oauth/introspect']) {
    for (const parameters of [{ token: refreshToken }, { token: refreshToken, client_id: 'app' }]) {
      const { status, json } = await post(path, parameters as Record<string, string>);
      assert.deepEqual([status, json.error], [401, 'invalid_client'], path);
    }
  }
  assert.ok(await auth.sessions.get(session.id));
});
