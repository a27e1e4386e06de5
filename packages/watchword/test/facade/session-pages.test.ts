import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session, Watchword } from '../../src/facade/index.ts';
import { rejection } from './support/errors.ts';
import { createInstallation, type Installation } from './support/installation.ts';

const UNKNOWN = '00000000-0000-7000-8000-000000000000';

/** Sessions of several subjects, newest first. */
async function startMany(installation: Installation, auth: Watchword, count: number): Promise<Session[]> {
  const sessions: Session[] = [];
  for (let index = 0; index < count; index += 1) {
    installation.later(1);
    sessions.unshift((await auth.sessions.start({ subject: `user-${index % 3}` })).session);
  }
  return sessions;
}

/** The ids on all pages, each of which but the last is full. */
async function idsOnPages(auth: Watchword, limit: number, subject?: string): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const query = { limit, ...(after !== undefined && { after }), ...(subject !== undefined && { subject }) };
    const { sessions, next } = await auth.sessions.page(query);
    if (next !== undefined) assert.equal(sessions.length, limit);
    ids.push(...sessions.map(({ id }) => id));
    after = next;
  } while (after !== undefined);
  return ids;
}

test('page goes through the live sessions, newest first, and says when there are no more', async (t) => {
  const installation = createInstallation(t);
  const { auth } = await installation.open();
  assert.deepEqual(await auth.sessions.page(), { sessions: [] });
  const sessions = await startMany(installation, auth, 13);
  const [ended, ...live] = [sessions[4], ...sessions.filter((_, index) => index !== 4)];
  await auth.revoke.session(ended?.id ?? '');
  const ids = live.map((session) => session?.id);
  for (const limit of [1, 2, 3, 4, 5, 6, 11, 12, 13, 1000])
    assert.deepEqual(await idsOnPages(auth, limit), ids);
  const ofOne = live.filter((session) => session?.subject === 'user-1').map((session) => session?.id);
  for (const limit of [1, 2, 4, 100]) assert.deepEqual(await idsOnPages(auth, limit, 'user-1'), ofOne);
  const page = await auth.sessions.page({ limit: 12 });
  assert.deepEqual(Object.keys(page), ['sessions'], 'a last page that is full has no next');
  assert.deepEqual(page.sessions[0], live[0]);
  assert.deepEqual(await auth.sessions.page({ after: ended?.id ?? '', limit: 1 }), {
    sessions: [live[4]],
    next: live[4]?.id,
  });
});

test('page has 100 sessions if nothing else is said', async (t) => {
  const installation = createInstallation(t);
  const { auth } = await installation.open();
  const sessions = await startMany(installation, auth, 103);
  const { sessions: first, next } = await auth.sessions.page();
  assert.deepEqual([first.length, next], [100, sessions[99]?.id]);
  const rest = await auth.sessions.page({ ...(next !== undefined && { after: next }) });
  assert.deepEqual(rest, { sessions: sessions.slice(100) });
});

test('count counts the live ones, of all or of one subject', async (t) => {
  const installation = createInstallation(t);
  const { auth } = await installation.open({ idleTtlSeconds: 3600 });
  assert.equal(await auth.sessions.count(), 0);
  await startMany(installation, auth, 7);
  assert.deepEqual([await auth.sessions.count(), await auth.sessions.count({ subject: 'user-0' })], [7, 3]);
  await auth.revoke.subject('user-0');
  assert.deepEqual([await auth.sessions.count(), await auth.sessions.count({ subject: 'user-0' })], [4, 0]);
  installation.later(3_599_000);
  await auth.sessions.start({ subject: 'user-0' });
  installation.later(1000);
  assert.equal(await auth.sessions.count(), 1, 'the others have expired');
  await auth.revoke.all();
  assert.equal(await auth.sessions.count(), 0);
});

test('many that page and count at once get what each would get alone', async (t) => {
  const installation = createInstallation(t);
  const { auth } = await installation.open();
  const sessions = await startMany(installation, auth, 9);
  const answers = await Promise.all([
    ...Array.from({ length: 5 }, () => auth.sessions.count()),
    ...Array.from({ length: 5 }, () => idsOnPages(auth, 2)),
  ]);
  assert.deepEqual(answers.slice(0, 5), [9, 9, 9, 9, 9]);
  for (const ids of answers.slice(5))
    assert.deepEqual(
      ids,
      sessions.map(({ id }) => id),
    );
});

test('find finds a session whatever has become of it', async (t) => {
  const installation = createInstallation(t);
  const { auth } = await installation.open();
  const [live, ended, expired] = [
    await auth.sessions.start({ subject: 'ada' }),
    await auth.sessions.start({ subject: 'bob' }),
    await auth.sessions.start({ subject: 'eve', remember: false }),
  ];
  await auth.revoke.session(ended.session.id);
  const atMs = installation.clock.nowMs();
  assert.deepEqual(await auth.sessions.find(live.session.id), { session: live.session, status: 'live' });
  assert.deepEqual(await auth.sessions.find(ended.session.id), {
    session: { ...ended.session, ended: { atMs, reason: 'revoked' } },
    status: 'ended',
  });
  installation.later(2 * 86_400_000);
  assert.deepEqual(await auth.sessions.find(expired.session.id), {
    session: expired.session,
    status: 'expired',
  });
  for (const id of [UNKNOWN, '', 'x', live.session.id.toUpperCase(), undefined as unknown as string]) {
    assert.equal(await auth.sessions.find(id), undefined);
  }
});

test('what is wrong about a page, a count or a look at the log is said in a sentence', async (t) => {
  const { auth } = await createInstallation(t).open();
  const { page, count } = auth.sessions;
  const refusals: readonly (readonly [Promise<unknown>, RegExp])[] = [
    ...([0, 1001, 1.5, -1, Number.NaN, '5', null] as number[]).flatMap((limit) => [
      [page({ limit }), /^`limit` has to be a whole number from 1 to 1000\.$/] as const,
      [auth.revoke.log({ limit }), /^`limit` has to be a whole number from 1 to 1000\.$/] as const,
    ]),
    ...(['', 'x', UNKNOWN.toUpperCase().replaceAll('0', 'A'), null, 7] as string[]).map(
      (after) => [page({ after }), /^`after` has to be the id of a session, a UUIDv7\.$/] as const,
    ),
    ...(['', 'a\0', 'x'.repeat(256), null, 7] as string[]).flatMap((subject) => [
      [page({ subject }), /^`subject` has to be a string of 1 to 255 characters/] as const,
      [count({ subject }), /^`subject` has to be a string of 1 to 255 characters/] as const,
    ]),
    ...([-1, 1.5, Number.NaN, '0', null] as number[]).map(
      (after) => [auth.revoke.log({ after }), /^`after` has to be the number of an entry/] as const,
    ),
    [page({ before: UNKNOWN } as object), /^`sessions\.page` has no option `before`/],
    [count('ada' as never), /^`sessions\.count` takes an object of options\.$/],
    [auth.revoke.log({ from: 0 } as object), /^`revoke\.log` has no option `from`/],
  ];
  for (const [promise, sentence] of refusals) {
    const error = await rejection(promise);
    assert.equal(error.code, 'ERR_OPTION');
    assert.match(error.message, sentence);
  }
});

test('the log shows what was revoked, and where it stands', async (t) => {
  const installation = createInstallation(t);
  const { auth } = await installation.open();
  const { head: empty, records: none } = await auth.revoke.log();
  assert.deepEqual([none, empty.sequence], [[], 0]);
  assert.match(empty.epoch, /^[0-9a-f]{32}$/);
  const { session, accessToken } = await auth.sessions.start({ subject: 'ada' });
  const { jti } = auth.verify(accessToken).claims as { jti: string };
  installation.later(5);
  const atMs = installation.clock.nowMs();
  await auth.revoke.token(jti);
  await auth.revoke.session(session.id);
  await auth.revoke.subject('ada');
  await auth.revoke.all();
  const { records, head } = await auth.revoke.log();
  assert.deepEqual(head, { epoch: empty.epoch, sequence: 4 });
  assert.deepEqual(
    records.map(({ sequence, kind, target }) => [sequence, kind, target]),
    [
      [1, 'token', jti],
      [2, 'session', session.id],
      [3, 'subject', 'ada'],
      [4, 'all', ''],
    ],
  );
  for (const { kind, beforeMs, expiresMs, ...record } of records) {
    assert.equal(record.atMs, atMs);
    assert.ok(expiresMs > atMs);
    assert.equal(beforeMs !== undefined, kind === 'all' || kind === 'subject', kind);
    assert.ok((beforeMs ?? 1) > 0);
  }
  const second = await auth.revoke.log({ after: 1, limit: 2 });
  assert.deepEqual(second, { records: records.slice(1, 3), head });
  assert.deepEqual(await auth.revoke.log({ after: 4 }), { records: [], head });
  for (const after of [2 ** 53, 1e300]) assert.deepEqual((await auth.revoke.log({ after })).records, []);
});
