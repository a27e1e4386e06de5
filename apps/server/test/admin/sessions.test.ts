import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertProblem } from '../app/assert-problem.ts';
import { startAdminHost } from './admin-host.ts';

const UNKNOWN_ID = '01890000-0000-7000-8000-000000000000';

test('live sessions are listed newest first, page by page, of all or of a subject', async (t) => {
  const host = await startAdminHost(t);
  const started: string[] = [];
  for (const subject of ['ada', 'bob', 'ada', 'bob', 'ada']) {
    started.unshift((await host.auth.sessions.start({ subject })).session.id);
  }
  const listed: string[] = [];
  let after = '';
  let pages = 0;
  do {
    const { status, body } = await host.admin('GET', `/admin/v1/sessions?limit=2${after}`);
    assert.equal(status, 200);
    listed.push(...body.sessions.map(({ id }: { id: string }) => id));
    after = body.next === null ? '' : `&after=${body.next}`;
    pages += 1;
  } while (after !== '');
  assert.deepEqual([listed, pages], [started, 3]);
  const ofAda = await host.admin('GET', '/admin/v1/sessions?subject=ada');
  assert.equal(ofAda.body.sessions.length, 3);
  assert.ok(ofAda.body.sessions.every((session: { subject: string }) => session.subject === 'ada'));
  assert.equal(ofAda.body.next, null);
});

test('a session is shown whole, without anything that could be used', async (t) => {
  const host = await startAdminHost(t);
  const { session, refreshToken } = await host.auth.sessions.start({
    subject: 'ada',
    scope: 'read write',
    amr: ['pwd'],
    claims: { tenant: 'acme' },
    client: 'phone',
    address: '203.0.113.7',
    userAgent: 'Phone/1',
  });
  const { status, body, headers } = await host.admin('GET', `/admin/v1/sessions/${session.id}`);
  assert.equal(status, 200);
  assert.equal(headers['cache-control'], 'no-store');
  const time = (ms: number) => new Date(ms).toISOString();
  assert.deepEqual(body, {
    id: session.id,
    subject: 'ada',
    client_id: 'phone',
    delivery: 'body',
    remembered: true,
    audience: ['http://localhost:8787'],
    scope: ['read', 'write'],
    amr: ['pwd'],
    user_agent: 'Phone/1',
    address_prefix: '203.0.113.0/24',
    started_at: time(session.startedMs),
    last_refreshed_at: time(session.lastRefreshedMs),
    idle_expires_at: time(session.idleExpiresMs),
    expires_at: time(session.absoluteExpiresMs),
    status: 'live',
    ended: null,
  });
  assert.ok(!JSON.stringify(body).includes(refreshToken));
});

test('ending a session kills its tokens, says how far the log is, and does it once', async (t) => {
  const host = await startAdminHost(t);
  const { session, accessToken, refreshToken } = await host.auth.sessions.start({ subject: 'ada' });
  const path = `/admin/v1/sessions/${session.id}`;
  const first = await host.admin('DELETE', path);
  assert.deepEqual([first.status, first.body], [200, { sequence: 1, revoked: true, receipts: null }]);
  assert.throws(() => host.auth.verify(accessToken), { code: 'ERR_TOKEN_REVOKED' });
  await assert.rejects(host.auth.sessions.refresh(refreshToken), { code: 'ERR_REFRESH_INVALID' });
  const again = await host.admin('DELETE', path);
  assert.deepEqual([again.status, again.body], [200, { sequence: 1, revoked: false, receipts: null }]);
  const shown = (await host.admin('GET', path)).body;
  assert.equal(shown.status, 'ended');
  assert.equal(shown.ended.reason, 'revoked');
  assert.match(shown.ended.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual((await host.admin('GET', '/admin/v1/sessions')).body, { sessions: [], next: null });
});

test('a session that never was is unknown, whatever its id looks like', async (t) => {
  const host = await startAdminHost(t);
  for (const id of [UNKNOWN_ID, 'x', '..', '%00', '%F0%9F%98%80', 'a'.repeat(2000)]) {
    for (const method of ['GET', 'DELETE']) {
      const answer = await host.admin(method, `/admin/v1/sessions/${encodeURIComponent(id)}`);
      assertProblem(answer, id, { status: 404, code: 'ERR_SESSION_UNKNOWN' });
    }
  }
  assert.equal((await host.auth.revoke.log()).head.sequence, 0);
});

test('limits and cursors that are none are refused', async (t) => {
  const host = await startAdminHost(t);
  for (const query of [
    'limit=0',
    'limit=1001',
    'limit=',
    'limit=1e2',
    'limit=0x10',
    'limit=1&limit=2',
    'limit=-1',
    'after=x',
    'subject=a%00',
    `subject=${'a'.repeat(256)}`,
    'order=up',
  ]) {
    assertProblem(await host.admin('GET', `/admin/v1/sessions?${query}`), query, {
      code: 'ERR_BODY_INVALID',
    });
  }
});

test('a subject tells how many live sessions it has, also one that nobody knows', async (t) => {
  const host = await startAdminHost(t);
  const subject = 'https://idp.example/users/ä?1#2 %';
  const { session } = await host.auth.sessions.start({ subject });
  await host.auth.sessions.start({ subject });
  const path = `/admin/v1/subjects/${encodeURIComponent(subject)}`;
  assert.deepEqual((await host.admin('GET', path)).body, { subject, live_sessions: 2 });
  await host.auth.revoke.session(session.id);
  assert.deepEqual((await host.admin('GET', path)).body, { subject, live_sessions: 1 });
  const longest = encodeURIComponent('€'.repeat(255));
  assert.equal((await host.admin('GET', `/admin/v1/subjects/${longest}`)).body.live_sessions, 0);
});
