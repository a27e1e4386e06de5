import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, PROXY, startBehind, STRANGER, type ServerBehind } from './server-behind.ts';

const CREDENTIALS = { email: 'ada@example.com', password: 'correct horse battery', delivery: 'body' };
const HTTPS = { 'x-forwarded-proto': 'https' };

/** Signs up and gives what the library remembers of where from. */
async function networkOf(
  server: ServerBehind,
  from: string,
  headers: Readonly<Record<string, string | string[]>>,
) {
  const email = `user${Math.random()}@example.com`;
  const body = { ...CREDENTIALS, email };
  const { json } = await ask(server, { method: 'POST', path: '/auth/sign-up', from, headers, body });
  const authorization = `Bearer ${json.access_token}`;
  const { json: list } = await ask(server, {
    path: '/auth/sessions',
    from,
    headers: { ...HTTPS, authorization },
  });
  return list.sessions[0].address_prefix;
}

test('the library is told the address of the client behind the proxies', async (t) => {
  const server = await startBehind(t, { proxies: '127.0.0.1, 10.0.0.0/8' });
  const told = (value: string | string[]) => networkOf(server, PROXY, { ...HTTPS, 'x-forwarded-for': value });
  assert.equal(await told('203.0.113.7'), '203.0.113.0/24');
  assert.equal(await told('198.51.100.1, 203.0.113.7, 10.1.1.1'), '203.0.113.0/24');
  assert.equal(await told(['198.51.100.1', '203.0.113.7, 10.1.1.1']), '203.0.113.0/24');
  assert.equal(await told('2001:db8:1::7'), '2001:db8:1::/48');
  assert.equal(await told('198.51.100.1, nonsense'), '127.0.0.0/24');
  assert.equal(await networkOf(server, PROXY, HTTPS), '127.0.0.0/24');
});

test('others may say what they like: the headers are not looked at', async (t) => {
  const all = {
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'evil.example',
    'x-real-ip': '203.0.113.7',
    'x-request-id': 'mine',
    forwarded: 'for=203.0.113.7;proto=http;host=evil.example',
  };
  const trusting = await startBehind(t);
  const bare = await startBehind(t, { proxies: '' });
  for (const [server, from] of [
    [trusting, STRANGER],
    [bare, PROXY],
  ] as const) {
    assert.equal(await networkOf(server, from, all), '127.0.0.0/24');
    const { status, headers } = await ask(server, { path: '/', from, headers: all });
    assert.equal(status, 200);
    assert.notEqual(headers['x-request-id'], 'mine');
    for (const { req } of server.lines) assert.ok(req === undefined || req.remoteAddress === from);
  }
});

test('RFC 7239 Forwarded and X-Real-IP are ignored, from a proxy too', async (t) => {
  const server = await startBehind(t);
  const headers = { ...HTTPS, forwarded: 'for=203.0.113.7;proto=http', 'x-real-ip': '203.0.113.7' };
  assert.equal(await networkOf(server, PROXY, headers), '127.0.0.0/24');
});

test('the log says the address of the client', async (t) => {
  const server = await startBehind(t);
  const headers = { ...HTTPS, 'x-forwarded-for': '203.0.113.7' };
  for (const path of ['/auth/session', '/me', '/healthz']) await ask(server, { path, headers });
  const told = server.lines.filter(({ req }) => req !== undefined).map(({ req }) => req);
  assert.deepEqual(
    told.map((req) => [req?.path, req?.remoteAddress]),
    ['/auth/session', '/me', '/healthz'].map((path) => [path, '203.0.113.7']),
  );
});

const REDIRECTED: Readonly<Record<string, string>> = {
  '/': '/',
  '/auth/session': '/auth/session',
  '/me?next=%2F&a=b': '/me?next=%2F&a=b',
  '//evil.example/a': '//evil.example/a',
  '/\\evil.example': '/\\evil.example',
  'http://evil.example/a?b': '/a?b',
  'http://evil.example': '/',
  'http://user:word@evil.example?b': '/?b',
  '/%0d%0aset-cookie:a=b': '/%0d%0aset-cookie:a=b',
};

test('what a proxy got over plain HTTP is sent to the issuer, whatever host it asked for', async (t) => {
  const server = await startBehind(t, { issuer: 'https://app.example:8443/tenant' });
  for (const [path, target] of Object.entries(REDIRECTED)) {
    for (const method of ['GET', 'HEAD']) {
      for (const proto of ['http', 'HTTP', ' http ', 'https, http', 'https,http']) {
        const headers = {
          host: 'evil.example',
          'x-forwarded-host': 'evil.example',
          'x-forwarded-proto': proto,
        };
        const answer = await ask(server, { method, path, headers });
        assert.deepEqual(
          [answer.status, answer.headers.location, answer.headers['cache-control']],
          [308, `https://app.example:8443${target}`, 'no-store'],
          `${method} ${path} ${proto}`,
        );
        assert.match(String(answer.headers['x-request-id']), /^[0-9a-f]{16}$/);
      }
    }
  }
});

test('what would change something is refused, for its secrets are out', async (t) => {
  const server = await startBehind(t);
  const headers = { 'x-forwarded-proto': 'http' };
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    for (const path of ['/auth/sign-up', '/me', '/nowhere']) {
      const answer = await ask(server, { method, path, headers, body: CREDENTIALS });
      assert.deepEqual([answer.status, answer.json.code], [403, 'ERR_HTTPS_REQUIRED']);
      assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
    }
  }
  const signIn = { method: 'POST', path: '/auth/sign-in', headers: HTTPS, body: CREDENTIALS };
  assert.equal((await ask(server, signIn)).status, 401, 'no account was made');
});

test('probes, what came over HTTPS, and what no proxy speaks for are answered', async (t) => {
  const server = await startBehind(t);
  const plain = { 'x-forwarded-proto': 'http' };
  for (const path of ['/healthz', '/readyz', '/healthz?a=b']) {
    assert.equal((await ask(server, { path, headers: plain })).status, 200);
  }
  assert.equal((await ask(server, { path: '/healthzz', headers: plain })).status, 308);
  for (const proto of ['https', 'HTTPS', 'http, https', 'nonsense', '']) {
    assert.equal(
      (await ask(server, { path: '/', headers: { 'x-forwarded-proto': proto } })).status,
      200,
      proto,
    );
  }
  assert.equal((await ask(server, { path: '/' })).status, 200);
  assert.equal((await ask(server, { path: '/', from: STRANGER, headers: plain })).status, 200);
});

test('where the issuer is http, on this machine, nothing is sent to https', async (t) => {
  const server = await startBehind(t, { issuer: 'http://localhost:8787' });
  const answer = await ask(server, { path: '/', headers: { 'x-forwarded-proto': 'http' } });
  assert.deepEqual([answer.status, answer.headers['strict-transport-security']], [200, undefined]);
});
