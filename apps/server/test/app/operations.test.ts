import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WatchwordError } from 'watchword';
import { memory } from 'watchword/memory';
import { assertSecurityHeaders } from './assert-problem.ts';
import { ask } from './exchange.ts';
import { startApp } from './hosts.ts';

test('/healthz says that the process lives, /readyz that the store answers', async (t) => {
  let isReady = true;
  const inner = memory();
  const host = await startApp(t, {
    store: {
      ...inner,
      open: async (surroundings) =>
        Object.assign(await inner.open(surroundings), { isReady: async () => isReady }),
    },
  });
  const before = await ask(host, { path: '/readyz' });
  assert.deepEqual([before.status, JSON.parse(before.text)], [200, { status: 'ready' }]);
  isReady = false;
  const after = await ask(host, { path: '/readyz' });
  assert.deepEqual([after.status, JSON.parse(after.text).code], [503, 'ERR_STORE_UNAVAILABLE']);
  assert.match(after.headers['retry-after'] ?? '', /^\d+$/);
  const health = await ask(host, { path: '/healthz' });
  assert.deepEqual([health.status, JSON.parse(health.text)], [200, { status: 'ok' }]);
  for (const answer of [before, after, health]) assertSecurityHeaders(answer, 'operations');
});

test('the page and its files come with a policy that lets only them run', async (t) => {
  const host = await startApp(t);
  for (const path of ['/', '/main.js', '/look.css']) {
    const { status, headers } = await ask(host, { path });
    assert.equal(status, 200, path);
    const policy = String(headers['content-security-policy']);
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ]) {
      assert.ok(policy.includes(part), `${part} in ${policy}`);
    }
    assert.doesNotMatch(policy, /unsafe|\*|data:/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'same-origin');
    assert.equal(headers['strict-transport-security'], undefined, 'not on plain HTTP');
    assert.equal(headers['x-powered-by'], undefined);
    assert.equal(headers['server'], undefined);
  }
});

test('over HTTPS every answer asks for HTTPS', async (t) => {
  const host = await startApp(t, { issuer: 'https://app.example' });
  for (const path of ['/auth/session', '/auth/nothing', '/.well-known/jwks.json']) {
    assert.equal((await ask(host, { path })).headers['strict-transport-security'], 'max-age=63072000', path);
  }
});

test('/me names who asks, and nobody else may keep the answer', async (t) => {
  const host = await startApp(t);
  const { accessToken, session } = await host.auth.sessions.start({ subject: 'ada', scope: 'read' });
  const answer = await ask(host, { path: '/me', headers: { authorization: `Bearer ${accessToken}` } });
  assert.deepEqual(JSON.parse(answer.text), { subject: 'ada', session_id: session.id, scope: ['read'] });
  assertSecurityHeaders(answer, '/me');
});

test('every code of an error has its page, and no other does', async (t) => {
  const host = await startApp(t);
  const { code } = new WatchwordError('ERR_TOKEN_EXPIRED');
  const { status, text, headers } = await ask(host, { path: `/auth/errors/${code}` });
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
  assert.match(text, /^ERR_TOKEN_EXPIRED\n[^]*Refresh it\./);
});
