import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { basic, inBody, openOAuthServer, refreshOf } from './oauth-server.ts';
import type { WatchwordOptions } from '../../src/facade/index.ts';

/* RFC 7662. */

const SESSION_DAY_MS = 86_400_000;

async function openWithApi(t: TestContext, options: Partial<WatchwordOptions> = {}) {
  const server = await openOAuthServer(t, options);
  const api = await server.register('api', ['introspect']);
  const introspect = (token: string, extra: Record<string, string> = {}) =>
    server.post('/oauth/introspect', { token, ...extra }, basic(api));
  async function assertInactive(token: string, what: string): Promise<void> {
    const { status, json } = await introspect(token);
    assert.equal(status, 200, what);
    assert.deepEqual(json, { active: false }, `§2.2: nothing else is said: ${what}`);
  }
  return { ...server, introspect, assertInactive };
}

test('§2.2: a live access token is active, and its claims are told', async (t) => {
  const { auth, introspect, origin } = await openWithApi(t);
  const { accessToken, session } = await auth.sessions.start({
    subject: 'ada',
    scope: 'read write',
    audience: ['https://api.example', 'https://other.example'],
    amr: ['pwd'],
    claims: { tenant: 7 },
  });
  const answer = await introspect(accessToken);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json(;|$)/);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.equal(answer.headers.get('pragma'), 'no-cache');
  const { iat, exp, auth_time: authTime, jti, ...rest } = answer.json;
  assert.deepEqual(rest, {
    active: true,
    token_type: 'Bearer',
    iss: origin,
    sub: 'ada',
    aud: ['https://api.example', 'https://other.example'],
    client_id: 'app',
    scope: 'read write',
    amr: ['pwd'],
    sid: session.id,
    tenant: 7,
  });
  assert.equal(exp - iat, 900);
  assert.ok(Number.isInteger(authTime));
  assert.match(jti, /^[\w-]{22}$/);
});

test('claims of the application do not decide whether a token is active, nor what it is', async (t) => {
  const claims = { active: false, token_type: 'N_A', username: 'eve', toJSON: 'x', status: 500 };
  const { auth, introspect, assertInactive } = await openWithApi(t, {
    claims: () => ({ ...claims, ok: true }),
  });
  const { accessToken, session } = await auth.sessions.start({ subject: 'ada', claims: { active: 'no' } });
  const { status, json } = await introspect(accessToken);
  assert.deepEqual([status, json.active, json.token_type, json.sub], [200, true, 'Bearer', 'ada']);
  assert.equal(json.username, 'eve', 'what is the application’s own stays');
  await auth.revoke.session(session.id);
  await assertInactive(accessToken, 'revoked');
});

test('§2.2: a live refresh token is active, and does not pass for an access token', async (t) => {
  const { auth, introspect } = await openWithApi(t);
  const { refreshToken, session } = await auth.sessions.start({ subject: 'ada', scope: 'read' });
  const { json } = await introspect(refreshToken);
  assert.deepEqual(Object.keys(json).toSorted(), [
    'active',
    'auth_time',
    'client_id',
    'exp',
    'iat',
    'iss',
    'sid',
    'sub',
  ]);
  assert.deepEqual([json.active, json.sub, json.sid], [true, 'ada', session.id]);
  assert.equal(json.exp, Math.floor(session.idleExpiresMs / 1000));
  const narrowed = await introspect(refreshToken, { token_type_hint: 'access_token' });
  assert.deepEqual(narrowed.json, json, '§2.1: a wrong hint widens the search');
});

test('§2.2: what is no live token of ours is inactive', async (t) => {
  const { auth, assertInactive } = await openWithApi(t);
  const foreign = await openOAuthServer(t);
  const theirs = await foreign.auth.sessions.start({ subject: 'ada' });
  const { accessToken, refreshToken } = await auth.sessions.start({ subject: 'ada' });
  const [header = '', payload = '', signature = ''] = accessToken.split('.');
  const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
  const custom = await auth.tokens.issue({ typ: 'invitation+jwt', subject: 'ada', ttlSeconds: 60 });
  const inactive: Record<string, string> = {
    nonsense: 'nonsense',
    'a space': ' ',
    'a very long text': 'x'.repeat(10_000),
    'an access token of another installation': theirs.accessToken,
    'a refresh token of another installation': theirs.refreshToken,
    'no signature': `${header}.${payload}.`,
    'no algorithm': `${none}.${payload}.`,
    'another payload': `${header}.${Buffer.from('{"sub":"eve"}').toString('base64url')}.${signature}`,
    'a token and more': `${accessToken} x`,
    'white space before it': ` ${accessToken}`,
    'a forged refresh token': refreshToken.replace(/^(wwr_.{40})./, '$1-'),
    'a refresh token without its end': refreshToken.slice(0, -1),
    'a token of a kind of the application’s own': custom,
    'a NUL': '\0',
    'a name that every object has': '__proto__',
  };
  for (const [what, token] of Object.entries(inactive)) await assertInactive(token, what);
});

test('§2.2: a revoked, ended or expired token is inactive, of either kind', async (t) => {
  const { auth, assertInactive, introspect, later } = await openWithApi(t);
  const ways: Record<string, (session: { id: string; subject: string }) => Promise<unknown>> = {
    'its session': ({ id }) => auth.revoke.session(id),
    'its subject': ({ subject }) => auth.revoke.subject(subject),
    everybody: () => auth.revoke.all(),
  };
  for (const [what, revoke] of Object.entries(ways)) {
    const { accessToken, refreshToken, session } = await auth.sessions.start({ subject: 'ada' });
    assert.equal((await introspect(refreshToken)).json.active, true);
    await revoke(session);
    await assertInactive(accessToken, what);
    await assertInactive(refreshToken, what);
  }
  const { accessToken, refreshToken } = await auth.sessions.start({ subject: 'ada' });
  later(901_000);
  await assertInactive(accessToken, 'an expired access token');
  assert.equal((await introspect(refreshToken)).json.active, true);
  later(8 * SESSION_DAY_MS);
  await assertInactive(refreshToken, 'an expired session');
});

test('§4: what another process has just ended or revoked is inactive, before this one has heard of it', async (t) => {
  const { auth, openProcess, assertInactive, introspect } = await openWithApi(t);
  const other = await openProcess();
  for (let round = 0; round < 20; round += 1) {
    const { accessToken, session } = await auth.sessions.start({ subject: `ada-${round}` });
    const { json } = await introspect(accessToken);
    assert.equal(json.active, true);
    if (round % 3 === 0) await other.revoke.session(session.id);
    if (round % 3 === 1) await other.revoke.subject(session.subject);
    if (round % 3 === 2) await other.revoke.token(json.jti);
    await assertInactive(accessToken, `round ${round}`);
  }
});

test('a refresh token of an earlier generation is inactive, and asking convicts nobody', async (t) => {
  const { auth, post, introspect, assertInactive, events } = await openWithApi(t, { raceWindowMs: 0 });
  const { refreshToken, session } = await auth.sessions.start({ subject: 'ada' });
  const tokens = [refreshToken];
  for (let generation = 1; generation < 4; generation += 1) {
    const { json } = await post('/oauth/token', refreshOf(tokens.at(-1) ?? ''));
    tokens.push(json.refresh_token);
  }
  const newest = tokens.pop() ?? '';
  const before = events.length;
  await assertInactive(tokens[0] ?? '', 'the first generation');
  await assertInactive(tokens[1] ?? '', 'the second generation');
  assert.deepEqual((await introspect(newest)).json.sid, session.id);
  assert.equal((await auth.sessions.find(session.id))?.status, 'live');
  assert.deepEqual(events.slice(before), [], 'asking is no event');
  assert.equal((await post('/oauth/token', refreshOf(newest))).status, 200, 'and rotates nothing');
});

test('the parent of the newest refresh token is active as long as it would be answered', async (t) => {
  const { auth, post, introspect } = await openWithApi(t);
  const { refreshToken } = await auth.sessions.start({ subject: 'ada' });
  const { json } = await post('/oauth/token', refreshOf(refreshToken));
  for (const token of [refreshToken, json.refresh_token])
    assert.equal((await introspect(token)).json.active, true);
  const strict = await openWithApi(t, { rotation: 'strict' });
  const first = await strict.auth.sessions.start({ subject: 'ada' });
  await strict.post('/oauth/token', refreshOf(first.refreshToken));
  await strict.assertInactive(first.refreshToken, 'strict');
  assert.equal((await strict.auth.sessions.get(first.session.id))?.id, first.session.id);
});

test('§2.1: who lacks the role is refused, whatever it asks for, and so is who has no secret', async (t) => {
  const { auth, post, register, events } = await openWithApi(t);
  const { accessToken } = await auth.sessions.start({ subject: 'ada', client: 'service' });
  for (const client of [await register('service', ['service', 'verifier']), await register('nothing')]) {
    for (const token of [accessToken, 'nonsense']) {
      const answers = [
        await post('/oauth/introspect', { token }, basic(client)),
        await post('/oauth/introspect', { token, ...inBody(client) }),
      ];
      for (const { status, json } of answers) {
        assert.deepEqual([status, json.error], [403, 'unauthorized_client']);
        assert.equal('active' in json, false);
      }
    }
  }
  assert.equal((await post('/oauth/introspect', { token: accessToken })).status, 401);
  const bearer = { authorization: `Bearer ${accessToken}` };
  assert.equal((await post('/oauth/introspect', { token: accessToken }, bearer)).status, 401);
  const refusals = events.filter(({ type }) => type === 'client_refused');
  assert.equal(refusals.length, 8);
  assert.ok(refusals.every((event) => event.type === 'client_refused' && event.reason === 'missing_role'));
});

test('§2.1: the token is required, and taken from nowhere else', async (t) => {
  const { auth, post, ask, register } = await openWithApi(t);
  const api = await register('other-api', ['introspect']);
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  const cookie = { cookie: `__Host-ww_at=${accessToken}` };
  for (const parameters of [{}, { token: '' }, { Token: accessToken }]) {
    const { status, json } = await post('/oauth/introspect', parameters as Record<string, string>, {
      ...basic(api),
      ...cookie,
    });
    assert.deepEqual([status, json.error], [400, 'invalid_request']);
  }
  const query = await post(`/oauth/introspect?token=${accessToken}`, {}, basic(api));
  assert.equal(query.status, 400, '§2.1: not in the address');
  const get = await ask('GET', `/oauth/introspect?token=${accessToken}`, basic(api));
  assert.deepEqual([get.status, get.headers.get('allow')], [405, 'POST'], '§2.1: POST alone');
});

test('an introspection of an access token is answered 503 while revocations are unknown', async (t) => {
  const { auth, introspect, later } = await openWithApi(t);
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  assert.equal((await introspect(accessToken)).json.active, true);
  await auth.close();
  later(1);
  const { status, json, headers } = await introspect(accessToken);
  assert.equal(status, 503);
  assert.equal(json.error, 'temporarily_unavailable');
  assert.ok(Number(headers.get('retry-after')) > 0);
});
