import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertProblem } from '../app/assert-problem.ts';
import { ask } from '../app/exchange.ts';
import { startAdminHost, type AdminHost } from '../admin/admin-host.ts';
import { hearVerifier } from '../admin/verifier-rows.ts';

const LOCAL = { host: 'localhost:8787' };

async function scrape(host: AdminHost): Promise<string> {
  const { status, headers, text } = await ask(host, { path: '/metrics', headers: LOCAL });
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(headers['cache-control'], 'no-store');
  return text;
}

/** The value of a series, whose labels may stand in any order; `undefined` where there is none. */
function valueOf(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const line = text
    .split('\n')
    .find((one) => one.split(/[ {]/, 1)[0] === name && wanted.every((label) => one.includes(label)));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
}

test('requests are counted by route, method and class of status', async (t) => {
  const host = await startAdminHost(t);
  const id = (await host.auth.sessions.start({ subject: 'ada' })).session.id;
  await ask(host, { path: '/healthz?x=1' });
  await ask(host, { path: '/healthz' });
  await ask(host, { path: '/auth/session' });
  await host.admin('GET', `/admin/v1/sessions/${id}`);
  const text = await scrape(host);
  const count = (route: string, method: string, status: string) =>
    valueOf(text, 'watchword_http_request_duration_seconds_count', { route, method, status });
  assert.equal(count('/healthz', 'GET', '2xx'), 2);
  assert.equal(count('/auth/session', 'GET', '4xx'), 1);
  assert.equal(count('/admin/v1/sessions/{id}', 'GET', '2xx'), 1);
  assert.ok(!text.includes(id));
  const buckets = { route: '/healthz', method: 'GET', status: '2xx', le: '+Inf' };
  assert.equal(valueOf(text, 'watchword_http_request_duration_seconds_bucket', buckets), 2);
});

test('whatever is asked for, no series is made of it', async (t) => {
  const host = await startAdminHost(t);
  for (let index = 0; index < 50; index += 1) {
    await ask(host, { path: `/Xq7z${index}` });
    await ask(host, { path: `/auth/sessions/Xq7z${index}`, method: 'DELETE' });
    await ask(host, { path: `/auth/Xq7z${index}` });
  }
  await ask(host, { path: '/', method: 'PROPFIND' });
  await ask(host, { path: 'http://x/y"}\\n', method: 'GET' });
  const text = await scrape(host);
  assert.ok(!text.includes('Xq7z') && !text.includes('PROPFIND'));
  const routes = new Set([...text.matchAll(/route="([^"]*)"/g)].map(([, route]) => route));
  assert.deepEqual([...routes].toSorted(), ['/auth/sessions/{id}', 'other']);
});

test('events and refreshes are counted, the log and the knowledge of it are told', async (t) => {
  const host = await startAdminHost(t);
  const before = await scrape(host);
  assert.equal(valueOf(before, 'watchword_events_total', { type: 'refresh_reused' }), 0);
  assert.equal(valueOf(before, 'watchword_revocation_log_sequence'), 0);
  const { session, refreshToken } = await host.auth.sessions.start({ subject: 'ada' });
  await host.auth.sessions.refresh(refreshToken);
  await assert.rejects(host.auth.sessions.refresh('nonsense'));
  await host.auth.revoke.session(session.id);
  const text = await scrape(host);
  assert.equal(valueOf(text, 'watchword_events_total', { type: 'session_started' }), 1);
  assert.equal(valueOf(text, 'watchword_events_total', { type: 'session_ended' }), 1);
  assert.equal(valueOf(text, 'watchword_refreshes_total', { outcome: 'refused' }), 1);
  const done = ['rotated', 'current', 'resent'].map((outcome) =>
    valueOf(text, 'watchword_refreshes_total', { outcome }),
  );
  assert.equal(
    done.reduce((sum = 0, value = 0) => sum + value, 0),
    1,
  );
  assert.equal(valueOf(text, 'watchword_revocation_log_sequence'), 1);
  const age = valueOf(text, 'watchword_revocation_knowledge_age_seconds') ?? Number.NaN;
  assert.ok(age >= 0 && age < 5, String(age));
});

test('verifiers are counted by what they know, and connections', async (t) => {
  const host = await startAdminHost(t);
  const states = (text: string) =>
    ['current', 'behind', 'silent'].map((state) => valueOf(text, 'watchword_feed_verifiers', { state }));
  const before = await scrape(host);
  assert.deepEqual(states(before), [0, 0, 0]);
  assert.equal(valueOf(before, 'watchword_feed_connections'), 0);
  await host.auth.revoke.all();
  await hearVerifier(host, { name: 'one' });
  await hearVerifier(host, { name: 'two', sequence: 0 });
  await hearVerifier(host, { name: 'three', sequence: 0 });
  await hearVerifier(host, { name: 'four', silentMs: 30_000 });
  assert.deepEqual(states(await scrape(host)), [1, 2, 1]);
});

test('the process tells about itself', async (t) => {
  const text = await scrape(await startAdminHost(t));
  for (const name of [
    'process_resident_memory_bytes',
    'process_cpu_seconds_total',
    'nodejs_eventloop_lag_p99_seconds',
  ]) {
    assert.notEqual(valueOf(text, name), undefined, name);
  }
});

test('only this machine, without a proxy, and the credential may look', async (t) => {
  const host = await startAdminHost(t);
  for (const headers of [
    { ...LOCAL, 'x-forwarded-for': '127.0.0.1' },
    { ...LOCAL, forwarded: 'for=127.0.0.1' },
    { ...LOCAL, via: '1.1 proxy' },
    { ...LOCAL, 'x-real-ip': '127.0.0.1' },
    { ...LOCAL, 'x-forwarded-proto': 'https' },
    { ...LOCAL, 'x-forwarded-host': 'localhost' },
    { host: 'rebound.example' },
    { host: 'localhost.rebound.example:8787' },
  ]) {
    const what = JSON.stringify(headers);
    assertProblem(await ask(host, { path: '/metrics', headers }), what, { code: 'ERR_ADMIN_CREDENTIAL' });
    const authorization = `Bearer ${host.credential.token}`;
    const allowed = await ask(host, { path: '/metrics', headers: { ...headers, authorization } });
    assert.equal(allowed.status, 200, what);
  }
  for (const name of ['localhost', '127.0.0.1:8787', '[::1]:8787']) {
    assert.equal((await ask(host, { path: '/metrics', headers: { host: name } })).status, 200, name);
  }
});

test('in production all need the credential: a proxy on this machine need not say that it is one', async (t) => {
  const host = await startAdminHost(t, {
    NODE_ENV: 'production',
    WATCHWORD_ISSUER: 'https://app.example',
    WATCHWORD_LOG_LEVEL: 'silent',
  });
  const refused = await ask(host, { path: '/metrics', headers: LOCAL });
  assertProblem(refused, 'without', { code: 'ERR_ADMIN_CREDENTIAL' });
  const authorization = `Bearer ${host.credential.token}`;
  assert.equal((await ask(host, { path: '/metrics', headers: { ...LOCAL, authorization } })).status, 200);
});
