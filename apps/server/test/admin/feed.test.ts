import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertProblem } from '../app/assert-problem.ts';
import { startAdminHost } from './admin-host.ts';
import { hearVerifier } from './verifier-rows.ts';

const REVOCATIONS = '/admin/v1/revocations';

test('the feed shows where the log stands, and each verifier with its state', async (t) => {
  const host = await startAdminHost(t);
  const empty = await host.admin('GET', '/admin/v1/feed');
  const { head } = await host.auth.revoke.log();
  assert.deepEqual(
    [empty.status, empty.body],
    [200, { head: { epoch: head.epoch, sequence: 0 }, connections: 0, relay: null, verifiers: [] }],
  );
  await host.auth.revoke.all();
  await hearVerifier(host, { name: 'one' });
  await hearVerifier(host, { name: 'two', sequence: 0 });
  await hearVerifier(host, { name: 'zwei', silentMs: 42_000 });
  const { verifiers } = (await host.admin('GET', '/admin/v1/feed')).body;
  assert.deepEqual(
    verifiers.map(({ name, state, behind }: Record<string, unknown>) => [name, state, behind]),
    [
      ['one', 'current', 0],
      ['two', 'behind', 1],
      ['zwei', 'silent', 0],
    ],
  );
  const { silent_ms, first_seen_at, last_seen_at, applied_at, ...rest } = verifiers[2];
  assert.ok(silent_ms >= 42_000 && silent_ms < 60_000, String(silent_ms));
  for (const at of [first_seen_at, last_seen_at, applied_at]) assert.match(at, /^\d{4}-.*Z$/);
  assert.deepEqual(rest, {
    client_id: 'billing',
    instance: Buffer.from('zwei').toString('hex').padStart(32, '0'),
    name: 'zwei',
    version: '0.1.0',
    state: 'silent',
    sequence: 1,
    behind: 0,
  });
});

test('whatever is revoked says with `wait` who has acknowledged it and who has not', async (t) => {
  const host = await startAdminHost(t);
  const { session } = await host.auth.sessions.start({ subject: 'ada' });
  await hearVerifier(host, { name: 'ahead', sequence: 9 });
  await hearVerifier(host, { name: 'gone', silentMs: 42_000 });
  const kid = host.auth.keys.list()[0]?.id ?? '';
  for (const [index, ask] of [
    () => host.admin('DELETE', `/admin/v1/sessions/${session.id}?wait=500ms`),
    () => host.admin('POST', REVOCATIONS, { kind: 'all', wait: '500ms' }),
    () => host.admin('POST', REVOCATIONS, { kind: 'subject', target: 'ada', wait: '500ms' }),
    () => host.admin('POST', REVOCATIONS, { kind: 'token', target: 'AAAAAAAAAAAAAAAAAAAAAA', wait: '500ms' }),
    () => host.admin('POST', `/admin/v1/keys/${kid}/compromise`, { wait: '500ms' }),
  ].entries()) {
    const { status, body } = await ask();
    assert.equal(status, 200);
    const { complete, acknowledged, missing } = body.receipts;
    assert.equal(complete, false);
    assert.deepEqual(
      acknowledged.map(({ client_id, name, ms }: Record<string, unknown>) => [client_id, name, ms]),
      [['billing', 'ahead', 0]],
    );
    assert.deepEqual(
      missing.map(({ client_id, name, behind }: Record<string, unknown>) => [client_id, name, behind]),
      [['billing', 'gone', index + 1]],
    );
    assert.ok(missing[0].silent_ms >= 42_000);
  }
  const dry = await host.admin('POST', REVOCATIONS, { kind: 'all', dry_run: true, wait: '60s' });
  assert.equal(dry.body.receipts, null);
});

test('a time that is none is refused, and nothing was revoked', async (t) => {
  const host = await startAdminHost(t);
  const { session } = await host.auth.sessions.start({ subject: 'ada' });
  for (const wait of ['', '2', '0s', '61s', '60001ms', '2m', '02s', '2s ', 2, null, ['2s']]) {
    const answer = await host.admin('POST', REVOCATIONS, { kind: 'all', wait });
    assertProblem(answer, JSON.stringify(wait), { status: 422, code: 'ERR_BODY_INVALID' });
  }
  const refused = await host.admin('DELETE', `/admin/v1/sessions/${session.id}?wait=2m`);
  assertProblem(refused, 'session', { status: 422, code: 'ERR_BODY_INVALID' });
  assert.equal(await host.auth.sessions.count(), 1);
  for (const wait of ['1ms', '9999ms', '59999ms', '60000ms', '1s', '59s', '60s']) {
    assert.equal((await host.admin('POST', REVOCATIONS, { kind: 'all', wait })).status, 200, wait);
  }
});
