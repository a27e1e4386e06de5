import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertProblem } from '../app/assert-problem.ts';
import { startAdminHost } from './admin-host.ts';
import { readEvents } from './event-reader.ts';

test('events are told as they happen, in snake case, with times that people can read', async (t) => {
  const host = await startAdminHost(t);
  const reader = await readEvents(t, host, host.credential.token);
  assert.equal(reader.response.statusCode, 200);
  assert.equal(reader.response.headers['content-type'], 'text/event-stream; charset=utf-8');
  assert.equal(reader.response.headers['cache-control'], 'no-store');
  assert.equal(reader.response.headers['x-content-type-options'], 'nosniff');
  const { session } = await host.auth.sessions.start({ subject: 'ada' });
  const { untilMs } = await host.auth.acceptRestore({ forSeconds: 60 });
  const [started, accepted] = await reader.take(2);
  const { at, ...data } = started?.data ?? {};
  assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(data, {
    type: 'session_started',
    session_id: session.id,
    subject: 'ada',
    client_id: 'app',
    delivery: 'body',
  });
  assert.equal(started?.event, 'session_started');
  assert.equal(accepted?.data.until, new Date(untilMs).toISOString());
});

test('who was away gets what came since, who is new what it asks for', async (t) => {
  const host = await startAdminHost(t);
  const subjects = ['a', 'b', 'c', 'd'];
  for (const subject of subjects.slice(0, 3)) await host.auth.sessions.start({ subject });
  const types = 'types=session_started';
  const { token } = host.credential;
  const recent = await (await readEvents(t, host, token, { query: `?${types}&recent=2` })).take(2);
  assert.deepEqual(
    recent.map(({ data }) => data.subject),
    ['b', 'c'],
  );
  const back = await readEvents(t, host, token, { query: `?${types}`, lastEventId: recent[0]?.id ?? '' });
  await host.auth.sessions.start({ subject: 'd' });
  assert.deepEqual(
    (await back.take(2)).map(({ data }) => data.subject),
    ['c', 'd'],
  );
  // The number of another start of the server says nothing about this one.
  const other = await readEvents(t, host, token, { query: `?${types}`, lastEventId: '00000000-3' });
  assert.deepEqual(
    (await other.take(4)).map(({ data }) => data.subject),
    subjects,
  );
  for (const lastEventId of ['', 'x', `${recent[0]?.id.split('-')[0]}-x`, '9'.repeat(400)]) {
    const strange = await readEvents(t, host, token, { query: `?${types}`, lastEventId });
    await host.auth.sessions.start({ subject: 'e' });
    await strange.take(1);
  }
});

test('only the types that are asked for are told', async (t) => {
  const host = await startAdminHost(t);
  const query = '?types=key_announced,session_ended';
  const reader = await readEvents(t, host, host.credential.token, { query });
  const { session } = await host.auth.sessions.start({ subject: 'ada' });
  await host.auth.revoke.session(session.id);
  await host.auth.keys.rotate();
  assert.deepEqual(
    (await reader.take(2)).map(({ event }) => event),
    ['session_ended', 'key_announced'],
  );
});

test('errors stay inside', async (t) => {
  const host = await startAdminHost(t);
  const reader = await readEvents(t, host, host.credential.token, { query: '?types=request_failed' });
  host.auth.http.refuse(new Error('/opt/app/secret.db is broken'));
  const [failed] = await reader.take(1);
  const { at: _, ...data } = failed?.data ?? {};
  assert.deepEqual(data, { type: 'request_failed', code: 'ERR_INTERNAL' });
});

test('types and numbers that are none are refused', async (t) => {
  const host = await startAdminHost(t);
  for (const query of ['types=nothing', 'types=', 'types=session_started,', 'recent=1001', 'recent=x']) {
    const answer = await host.admin('GET', `/admin/v1/events?${query}`);
    assertProblem(answer, query, { code: 'ERR_BODY_INVALID' });
  }
});
