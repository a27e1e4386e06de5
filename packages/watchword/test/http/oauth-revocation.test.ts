import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basic, inBody, openOAuthServer, refreshOf } from './oauth-server.ts';

/* RFC 7009. */

test('§2.1: a refresh token takes its session and all of its access tokens along', async (t) => {
  const { auth, post, register } = await openOAuthServer(t);
  const client = await register('billing');
  const { accessToken, refreshToken, session } = await auth.sessions.start({
    subject: 'ada',
    client: 'billing',
  });
  const refreshed = await post('/oauth/token', refreshOf(refreshToken), basic(client));
  const other = await auth.sessions.start({ subject: 'ada', client: 'billing' });
  const { status, text, headers } = await post('/oauth/revoke', { token: refreshToken }, basic(client));
  assert.deepEqual([status, text], [200, '']);
  assert.equal(headers.get('cache-control'), 'no-store');
  for (const token of [accessToken, refreshed.json.access_token]) {
    assert.throws(() => auth.verify(token), { code: 'ERR_TOKEN_REVOKED' });
  }
  const refused = await post('/oauth/token', refreshOf(refreshed.json.refresh_token), basic(client));
  assert.equal(refused.json.error, 'invalid_grant');
  assert.equal((await auth.sessions.find(session.id))?.session.ended?.reason, 'revoked');
  assert.equal(auth.verify(other.accessToken).sessionId, other.session.id, 'other sessions go on');
});

test('§2.1: an access token goes alone', async (t) => {
  const { auth, post, register } = await openOAuthServer(t, { raceWindowMs: 0 });
  const client = await register('billing');
  const { accessToken, refreshToken, session } = await auth.sessions.start({
    subject: 'ada',
    client: 'billing',
  });
  const before = (await auth.revoke.log()).head.sequence;
  assert.equal((await post('/oauth/revoke', { token: accessToken, ...inBody(client) })).status, 200);
  assert.throws(() => auth.verify(accessToken), { code: 'ERR_TOKEN_REVOKED' });
  const { records } = await auth.revoke.log({ after: before });
  assert.deepEqual(
    records.map(({ kind }) => kind),
    ['token'],
  );
  const { json } = await post('/oauth/token', refreshOf(refreshToken), basic(client));
  assert.equal(auth.verify(json.access_token).sessionId, session.id);
});

test('§2.2: a token that is unknown, malformed, expired or revoked already is answered 200', async (t) => {
  const { auth, post, register, later } = await openOAuthServer(t);
  const client = await register('billing');
  const foreign = await openOAuthServer(t);
  const theirs = await foreign.auth.sessions.start({ subject: 'ada', client: 'billing' });
  const custom = await auth.tokens.issue({ typ: 'invitation+jwt', subject: 'ada', ttlSeconds: 3600 });
  const mine = await auth.sessions.start({ subject: 'ada', client: 'billing' });
  const revoke = (token: string) => post('/oauth/revoke', { token }, basic(client));
  const tokens = ['nonsense', ' ', '\0', 'x'.repeat(9000), theirs.accessToken, theirs.refreshToken, custom];
  for (const token of tokens) {
    const { status, text } = await revoke(token);
    assert.deepEqual([status, text], [200, ''], token.slice(0, 20));
  }
  assert.equal(foreign.auth.verify(theirs.accessToken).subject, 'ada');
  assert.equal(auth.tokens.verify(custom, { typ: 'invitation+jwt' }).subject, 'ada');
  for (const token of [mine.accessToken, mine.accessToken, mine.refreshToken, mine.refreshToken]) {
    assert.equal((await revoke(token)).status, 200);
  }
  const { head, records } = await auth.revoke.log();
  assert.deepEqual(
    records.map(({ kind }) => kind),
    ['token', 'session'],
    'what was revoked already is not revoked again: the log cannot be filled with one token',
  );
  later(40 * 86_400_000);
  for (const token of [mine.accessToken, mine.refreshToken]) assert.equal((await revoke(token)).status, 200);
  assert.equal((await auth.revoke.log()).head.sequence, head.sequence);
});

test('§2.1: a hint, wrong or unknown, changes nothing', async (t) => {
  const { auth, post, register } = await openOAuthServer(t);
  const client = await register('billing');
  for (const hint of ['refresh_token', 'access_token', 'saml2', '']) {
    const one = await auth.sessions.start({ subject: 'ada', client: 'billing' });
    const two = await auth.sessions.start({ subject: 'ada', client: 'billing' });
    const revoke = (token: string) => post('/oauth/revoke', { token, token_type_hint: hint }, basic(client));
    assert.equal((await revoke(one.accessToken)).status, 200, hint);
    assert.throws(() => auth.verify(one.accessToken), { code: 'ERR_TOKEN_REVOKED' }, hint);
    assert.equal((await revoke(two.refreshToken)).status, 200, hint);
    assert.equal(await auth.sessions.get(two.session.id), undefined, hint);
    assert.notEqual(await auth.sessions.get(one.session.id), undefined, hint);
  }
});

test('§2.1: another client’s token is refused, except to who has the role `service`', async (t) => {
  const { auth, post, register, events } = await openOAuthServer(t);
  await register('owner');
  const others = [await register('other'), await register('api', ['introspect', 'verifier'])];
  for (const owner of ['owner', 'app', 'unregistered']) {
    const { accessToken, refreshToken, session } = await auth.sessions.start({
      subject: 'ada',
      client: owner,
    });
    for (const other of others) {
      for (const token of [accessToken, refreshToken]) {
        const { status, json } = await post('/oauth/revoke', { token }, basic(other));
        assert.deepEqual([status, json.error], [400, 'unauthorized_client'], owner);
      }
    }
    assert.ok(await auth.sessions.get(session.id));
    assert.equal(auth.verify(accessToken).subject, 'ada');
  }
  const last = events.at(-1);
  assert.deepEqual(last, {
    type: 'client_refused',
    atMs: last?.atMs,
    reason: 'missing_role',
    clientId: 'api',
  });
  const service = await register('admin', ['service']);
  const { accessToken, refreshToken, session } = await auth.sessions.start({
    subject: 'ada',
    client: 'owner',
  });
  assert.equal((await post('/oauth/revoke', { token: accessToken }, basic(service))).status, 200);
  assert.throws(() => auth.verify(accessToken), { code: 'ERR_TOKEN_REVOKED' });
  assert.equal((await post('/oauth/revoke', { token: refreshToken }, basic(service))).status, 200);
  assert.equal(await auth.sessions.get(session.id), undefined);
});

test('a refresh token of any generation ends its session, also one that would convict', async (t) => {
  const { auth, post, register, events } = await openOAuthServer(t, { raceWindowMs: 0 });
  const client = await register('billing');
  const { refreshToken, session } = await auth.sessions.start({ subject: 'ada', client: 'billing' });
  const second = await post('/oauth/token', refreshOf(refreshToken), basic(client));
  await post('/oauth/token', refreshOf(second.json.refresh_token), basic(client));
  assert.equal((await post('/oauth/revoke', { token: refreshToken }, basic(client))).status, 200);
  assert.equal((await auth.sessions.find(session.id))?.session.ended?.reason, 'revoked');
  assert.ok(!events.some(({ type }) => type === 'refresh_reused'));
});

test('§2.1: the client has to prove itself before anything is looked at', async (t) => {
  const { auth, post, register } = await openOAuthServer(t);
  const client = await register('billing');
  const { accessToken, session, refreshToken } = await auth.sessions.start({
    subject: 'ada',
    client: 'billing',
  });
  const wrong = { ...client, secret: `${client.secret}x` };
  for (const token of [accessToken, refreshToken, 'nonsense']) {
    const answers = [
      await post('/oauth/revoke', { token }, basic(wrong)),
      await post('/oauth/revoke', { token, ...inBody(wrong) }),
      await post('/oauth/revoke', { token, client_id: 'billing' }),
      await post('/oauth/revoke', { token }, { authorization: `Bearer ${accessToken}` }),
      await post('/oauth/revoke', { token }, { cookie: `__Host-ww_at=${accessToken}` }),
    ];
    for (const { status, json } of answers) assert.deepEqual([status, json.error], [401, 'invalid_client']);
  }
  assert.ok(await auth.sessions.get(session.id));
  const missing = await post('/oauth/revoke', {}, basic(client));
  assert.deepEqual([missing.status, missing.json.error], [400, 'invalid_request']);
});

test('§2.2.1: while the store does not answer, a revocation is refused loudly', async (t) => {
  const { auth, post, register } = await openOAuthServer(t);
  const client = await register('billing');
  const { refreshToken } = await auth.sessions.start({ subject: 'ada', client: 'billing' });
  await auth.close();
  const { status, json, headers } = await post('/oauth/revoke', { token: refreshToken }, basic(client));
  assert.deepEqual([status, json.error], [503, 'temporarily_unavailable']);
  assert.ok(Number(headers.get('retry-after')) > 0);
  assert.equal(headers.get('cache-control'), 'no-store');
});
