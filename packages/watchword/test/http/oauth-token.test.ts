import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basic, inBody, LISTED, NOT_IN_DESCRIPTIONS, openOAuthServer, refreshOf } from './oauth-server.ts';

/* RFC 6749 §5 and §6: what the token endpoint answers. How clients prove themselves is in oauth-authentication. */

test('§5.1: a refresh answers with the members and headers that a token response has', async (t) => {
  const { auth, post } = await openOAuthServer(t);
  const { refreshToken } = await auth.sessions.start({ subject: 'ada', scope: 'read write' });
  const answer = await post('/oauth/token', { ...refreshOf(refreshToken), client_id: 'app' });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json(;|$)/);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.equal(answer.headers.get('pragma'), 'no-cache');
  assert.deepEqual(answer.headers.getSetCookie(), []);
  const members = ['access_token', 'token_type', 'expires_in', 'refresh_token', 'scope'];
  assert.deepEqual(Object.keys(answer.json), members);
  assert.equal(answer.json.token_type, 'Bearer');
  assert.equal(answer.json.expires_in, 900);
  assert.equal(answer.json.scope, 'read write');
  assert.notEqual(answer.json.refresh_token, refreshToken);
  assert.equal(auth.verify(answer.json.access_token).subject, 'ada');
});

test('§5.1: a session without scope is answered without scope', async (t) => {
  const { auth, post } = await openOAuthServer(t);
  const { refreshToken } = await auth.sessions.start({ subject: 'ada' });
  const { json } = await post('/oauth/token', { ...refreshOf(refreshToken), client_id: 'app' });
  assert.equal('scope' in json, false);
});

test('§5.2: each refusal has its code, an ASCII sentence, status 400, and no cache', async (t) => {
  const { auth, post } = await openOAuthServer(t);
  const { refreshToken } = await auth.sessions.start({ subject: 'ada', scope: 'read' });
  const grant = refreshOf(refreshToken);
  const cases: readonly (readonly [string, Record<string, string>])[] = [
    ['invalid_request', {}],
    ['invalid_request', { refresh_token: refreshToken }],
    ['invalid_request', { grant_type: 'refresh_token' }],
    ['unsupported_grant_type', { grant_type: 'password', username: 'ada', password: 'x' }],
    ['unsupported_grant_type', { grant_type: 'client_credentials' }],
    ['unsupported_grant_type', { ...grant, grant_type: 'REFRESH_TOKEN' }],
    ['unsupported_grant_type', { ...grant, grant_type: '__proto__' }],
    ['invalid_grant', { ...grant, refresh_token: 'nonsense' }],
    ['invalid_grant', { ...grant, refresh_token: `${refreshToken}x` }],
    ['invalid_grant', { ...grant, client_id: 'somebody-else' }],
    ['invalid_scope', { ...grant, scope: 'read admin' }],
  ];
  for (const [error, parameters] of cases) {
    const { status, json, headers } = await post('/oauth/token', parameters);
    const what = JSON.stringify(parameters).slice(0, 60);
    assert.deepEqual([status, json.error], [400, error], what);
    assert.doesNotMatch(json.error_description, NOT_IN_DESCRIPTIONS, what);
    assert.deepEqual(Object.keys(json), ['error', 'error_description'], what);
    assert.equal(headers.get('cache-control'), 'no-store', what);
    assert.equal(headers.get('pragma'), 'no-cache', what);
    assert.match(headers.get('content-type') ?? '', /^application\/json(;|$)/, what);
  }
  assert.equal((await post('/oauth/token', grant)).status, 200, 'none of it used the token up');
});

test('§3.2: parameters may not be repeated, be they unknown or the same', async (t) => {
  const { auth, post } = await openOAuthServer(t);
  const { refreshToken } = await auth.sessions.start({ subject: 'ada' });
  const pairs = Object.entries(refreshOf(refreshToken));
  for (const [name, value] of [...pairs, ['client_id', 'app'], ['x', 'y'], ['__proto__', 'z']] as const) {
    const others = pairs.filter(([other]) => other !== name);
    const { status, json } = await post('/oauth/token', [...others, [name, value], [name, value]]);
    assert.deepEqual([status, json.error], [400, 'invalid_request'], name);
    const empty = await post('/oauth/token', [...others, [name, ''], [name, value]]);
    assert.deepEqual([empty.status, empty.json.error], [400, 'invalid_request'], `${name} empty first`);
  }
});

test('§3.2: parameters without a value count as omitted, and unknown ones are ignored', async (t) => {
  const { auth, post } = await openOAuthServer(t);
  const { refreshToken } = await auth.sessions.start({ subject: 'ada', scope: 'read' });
  const grant = refreshOf(refreshToken);
  assert.equal((await post('/oauth/token', { ...grant, grant_type: '' })).json.error, 'invalid_request');
  assert.equal((await post('/oauth/token', { ...grant, refresh_token: '' })).json.error, 'invalid_request');
  const unknown = { scope: '', client_id: '', client_secret: '', resource: 'x', __proto: 'x', toString: 'x' };
  const answer = await post('/oauth/token', [
    ...Object.entries({ ...grant, ...unknown }),
    ['__proto__', 'polluted'],
    ['constructor', 'polluted'],
  ]);
  assert.deepEqual([answer.status, answer.json.scope], [200, 'read']);
  assert.equal(Reflect.get({}, 'polluted'), undefined);
});

test('§6: a narrower scope is granted for one access token, a wider one is not', async (t) => {
  const { auth, post } = await openOAuthServer(t, { raceWindowMs: 0 });
  const started = await auth.sessions.start({ subject: 'ada', scope: 'read write admin' });
  let { refreshToken } = started;
  const granted = async (scope: string | undefined) => {
    const { json } = await post('/oauth/token', { ...refreshOf(refreshToken), ...(scope && { scope }) });
    if (json.error !== undefined) return json.error;
    refreshToken = json.refresh_token;
    assert.deepEqual(auth.verify(json.access_token).scope, json.scope.split(' '));
    return json.scope;
  };
  assert.equal(await granted('read'), 'read');
  assert.equal(await granted('read write delete'), 'invalid_scope');
  assert.equal(await granted(undefined), 'read write admin', 'the session’s own scope is as it was');
  assert.equal(await granted('admin read'), 'admin read');
  assert.equal(await granted('Read'), 'invalid_scope', 'values are case sensitive');
  assert.equal(await granted('write admin'), 'write admin');
});

test('§3.3: a scope that is no scope is invalid, and one that repeats itself is granted once', async (t) => {
  const { auth, post } = await openOAuthServer(t);
  const { refreshToken } = await auth.sessions.start({ subject: 'ada', scope: 'read write' });
  const scoped = (scope: string) => post('/oauth/token', { ...refreshOf(refreshToken), scope });
  for (const scope of [' ', '   ', '"read"', 'read\twrite', 'read,write', 'r\u0000', 'rëad']) {
    const { status, json } = await scoped(scope);
    assert.deepEqual([status, json.error], [400, 'invalid_scope'], JSON.stringify(scope));
  }
  const { status, json } = await scoped('read '.repeat(3000).trim());
  assert.deepEqual([status, json.scope], [200, 'read']);
  assert.deepEqual(auth.verify(json.access_token).scope, ['read']);
});

test('§10.4: a refresh token of earlier use convicts its session', async (t) => {
  const { auth, post, events } = await openOAuthServer(t, { raceWindowMs: 0 });
  const { refreshToken, session } = await auth.sessions.start({ subject: 'ada' });
  const first = await post('/oauth/token', refreshOf(refreshToken));
  const second = await post('/oauth/token', refreshOf(first.json.refresh_token));
  assert.equal((await post('/oauth/token', refreshOf(refreshToken))).json.error, 'invalid_grant');
  assert.equal((await auth.sessions.find(session.id))?.session.ended?.reason, 'reused');
  assert.equal(
    (await post('/oauth/token', refreshOf(second.json.refresh_token))).json.error,
    'invalid_grant',
  );
  assert.ok(events.some(({ type }) => type === 'refresh_reused'));
});

test('no cookie is looked at: not as a refresh token, and not beside one', async (t) => {
  const { auth, post } = await openOAuthServer(t);
  const { refreshToken } = await auth.sessions.start({ subject: 'ada' });
  const other = await auth.sessions.start({ subject: 'eve' });
  const cookie = { cookie: `__Host-ww_rt=${other.refreshToken}; __Host-ww_at=${other.accessToken}` };
  assert.equal((await post('/oauth/token', { grant_type: 'refresh_token' }, cookie)).status, 400);
  const { status, json } = await post('/oauth/token', refreshOf(refreshToken), cookie);
  assert.equal(status, 200);
  assert.equal(auth.verify(json.access_token).subject, 'ada');
});

test('a session that a browser holds in cookies is not refreshed here', async (t) => {
  const { auth, post } = await openOAuthServer(t);
  const own: Record<string, string> = { 'sec-fetch-site': 'same-origin' };
  const request = {
    method: 'POST',
    path: '/log-in',
    remoteAddress: undefined,
    header: (name: string) => own[name],
    readBody: async () => ({ kind: 'aborted' }) as const,
  };
  const { cookies } = await auth.http.startCookieSession(request, { subject: 'ada' });
  const [, refreshToken = ''] =
    cookies.map(([, value]) => /^__Host-ww_rt=([^;]+)/.exec(value)).find((match) => match) ?? [];
  assert.match(refreshToken, /^wwr_/);
  assert.equal((await post('/oauth/token', refreshOf(refreshToken))).json.error, 'invalid_grant');
});

test('pages get no tokens here, except those of a listed origin', async (t) => {
  const { auth, post, origin, register, events } = await openOAuthServer(t);
  const client = await register('billing');
  const { refreshToken } = await auth.sessions.start({ subject: 'ada' });
  const confidential = await auth.sessions.start({ subject: 'ada', client: 'billing' });
  const pages = [
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', origin: 'https://sibling.example' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { origin },
    { origin: 'null' },
    { origin: 'https://evil.example' },
  ];
  for (const headers of pages) {
    const sent = headers as Record<string, string>;
    const { status, json, headers: given } = await post('/oauth/token', refreshOf(refreshToken), sent);
    assert.deepEqual([status, json.error], [403, 'unauthorized_client'], JSON.stringify(headers));
    assert.equal(given.get('access-control-allow-origin'), null);
    const proven = { ...refreshOf(confidential.refreshToken), ...inBody(client) };
    assert.equal((await post('/oauth/token', proven, sent)).status, 403);
  }
  assert.ok(events.some(({ type }) => type === 'cross_site_refused'));
  const listed = await post('/oauth/token', refreshOf(refreshToken), {
    'sec-fetch-site': 'cross-site',
    origin: LISTED,
  });
  assert.equal(listed.status, 200);
  assert.equal(listed.headers.get('access-control-allow-origin'), LISTED);
  const proven = await post('/oauth/token', refreshOf(confidential.refreshToken), basic(client));
  assert.equal(proven.status, 200);
});
