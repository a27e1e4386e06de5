import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertProblem } from '../app/assert-problem.ts';
import { startAdminHost } from './admin-host.ts';

const PATH = '/admin/v1/revocations';

test('a dry run counts what would end and ends nothing', async (t) => {
  const host = await startAdminHost(t);
  const { session } = await host.auth.sessions.start({ subject: 'ada' });
  await host.auth.sessions.start({ subject: 'ada' });
  await host.auth.sessions.start({ subject: 'bob' });
  const dry = async (target: object) =>
    (await host.admin('POST', PATH, { ...target, dry_run: true })).body.live_sessions;
  assert.equal(await dry({ kind: 'all' }), 3);
  assert.equal(await dry({ kind: 'subject', target: 'ada' }), 2);
  assert.equal(await dry({ kind: 'subject', target: 'nobody' }), 0);
  assert.equal(await dry({ kind: 'session', target: session.id }), 1);
  assert.equal(await dry({ kind: 'session', target: '01890000-0000-7000-8000-000000000000' }), 0);
  assert.equal(await dry({ kind: 'token', target: 'AAAAAAAAAAAAAAAAAAAAAA' }), null);
  const whole = await host.admin('POST', PATH, { kind: 'all', dry_run: true });
  assert.deepEqual(
    [whole.status, whole.body],
    [200, { sequence: null, live_sessions: 3, dry_run: true, receipts: null }],
  );
  assert.equal(await host.auth.sessions.count(), 3);
  assert.deepEqual((await host.auth.revoke.log()).records, []);
});

test('each kind of revocation is in force when it is answered, and stands in the log', async (t) => {
  const host = await startAdminHost(t);
  const [one, two, three] = [
    await host.auth.sessions.start({ subject: 'ada' }),
    await host.auth.sessions.start({ subject: 'ada' }),
    await host.auth.sessions.start({ subject: 'bob' }),
  ];
  const jti = String(host.auth.verify(three.accessToken).claims['jti']);
  const revoke = async (target: object) => (await host.admin('POST', PATH, target)).body;
  const isDead = (token: string) =>
    assert.throws(() => host.auth.verify(token), { code: 'ERR_TOKEN_REVOKED' });

  assert.deepEqual(await revoke({ kind: 'token', target: jti }), {
    sequence: 1,
    live_sessions: null,
    dry_run: false,
    receipts: null,
  });
  isDead(three.accessToken);
  host.auth.verify(one.accessToken);
  assert.equal((await revoke({ kind: 'session', target: one.session.id })).sequence, 2);
  isDead(one.accessToken);
  host.auth.verify(two.accessToken);
  assert.equal((await revoke({ kind: 'subject', target: 'ada' })).live_sessions, 1);
  isDead(two.accessToken);
  const last = await revoke({ kind: 'all' });
  assert.equal(last.live_sessions, 1);
  assert.equal(await host.auth.sessions.count(), 0);

  const { body } = await host.admin('GET', PATH);
  assert.deepEqual(
    body.records.map(({ kind, target }: { kind: string; target: string }) => [kind, target]),
    [
      ['token', jti],
      ['session', one.session.id],
      ['subject', 'ada'],
      ['all', ''],
    ],
  );
  assert.equal(body.head.sequence, last.sequence);
  assert.match(body.head.epoch, /^[0-9a-f]{32}$/);
  for (const { at, expires_at, before, kind } of body.records) {
    assert.ok(Date.parse(at) < Date.parse(expires_at));
    assert.equal(typeof before, kind === 'all' || kind === 'subject' ? 'string' : 'object');
  }
});

test('the log is read in pages, from any place', async (t) => {
  const host = await startAdminHost(t);
  for (let index = 0; index < 5; index += 1) await host.auth.revoke.subject(`subject ${index}`);
  const read = async (query: string) =>
    (await host.admin('GET', `${PATH}?${query}`)).body.records.map(
      ({ sequence }: { sequence: number }) => sequence,
    );
  assert.deepEqual(await read('limit=2'), [1, 2]);
  assert.deepEqual(await read('after=2&limit=2'), [3, 4]);
  assert.deepEqual(await read('after=4'), [5]);
  assert.deepEqual(await read('after=5'), []);
  assert.deepEqual(await read(`after=${Number.MAX_SAFE_INTEGER}`), []);
});

test('what names no target, or another kind of one, is refused and revokes nothing', async (t) => {
  const host = await startAdminHost(t);
  await host.auth.sessions.start({ subject: 'ada' });
  const wrong: readonly unknown[] = [
    {},
    { kind: 'everything' },
    { kind: 'all', target: 'ada' },
    { kind: 'subject' },
    { kind: 'subject', target: '' },
    { kind: 'subject', target: 'a\u0000' },
    { kind: 'subject', target: '\ud800' },
    { kind: 'session', target: 'ada' },
    { kind: 'token', target: 'ada' },
    { kind: 'key', target: 'ada' },
    { kind: ['all'] },
    { kind: 'all', dry_run: 'true' },
    { kind: 'all', dry_run: null },
  ];
  for (const body of wrong) {
    const answer = await host.admin('POST', PATH, body);
    assertProblem(answer, JSON.stringify(body), { status: 422, code: 'ERR_BODY_INVALID' });
  }
  assert.equal(await host.auth.sessions.count(), 1);
});
