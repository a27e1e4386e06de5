import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StartSession } from '../../src/facade/index.ts';
import { rejection } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';

describe('a session is not started with', () => {
  const wrong: readonly Readonly<Record<string, unknown>>[] = [
    { subject: undefined },
    { subject: '' },
    { subject: 42 },
    { subject: null },
    { subject: ['ada'] },
    { subject: 'a'.repeat(256) },
    { subject: 'a\0b' },
    { subject: 'a\nb' },
    { subject: '\u007f' },
    // A database keeps one replacement character for each of them: revoking one subject would miss or hit another.
    { subject: 'a\ud800' },
    { subject: '\udfffa' },
    { client: '' },
    { client: 42 },
    { client: null },
    { client: 'a\ud800' },
    { audience: [] },
    { audience: '' },
    { audience: [''] },
    { audience: [42] },
    { audience: 42 },
    { audience: Array.from({ length: 51 }, (_, n) => `a${n}`) },
    { scope: [''] },
    { scope: ['a b'] },
    { scope: ['a"b'] },
    { scope: ['a\\b'] },
    { scope: ['ä'] },
    { scope: [42] },
    { scope: 42 },
    { scope: {} },
    { scope: 'a\tb' },
    { remember: 'yes' },
    { remember: 1 },
    { address: 42 },
    { address: null },
    { userAgent: ['curl'] },
    { amr: 'pwd' },
    { amr: [42] },
    { amr: [''] },
    { amr: {} },
    { claims: [] },
    { claims: null },
    { claims: 'x' },
    { claims: { a: 'x'.repeat(2048) } },
  ];
  for (const changes of wrong) {
    test(JSON.stringify(changes).slice(0, 60), async (t) => {
      const { auth, events } = await createInstallation(t).open();
      const input = { subject: 'ada', ...changes } as StartSession;
      assert.equal((await rejection(auth.sessions.start(input))).code, 'ERR_OPTION');
      assert.deepEqual(events, []);
      assert.deepEqual(await auth.sessions.list('ada'), []);
    });
  }

  test('a misspelt member', async (t) => {
    const { auth } = await createInstallation(t).open();
    const { message } = await rejection(
      auth.sessions.start({ subject: 'ada', scopes: 'read' } as StartSession),
    );
    assert.match(message, /`scopes`.*`scope`/);
  });

  for (const input of [undefined, null, 'ada', 42]) {
    test(`no input: ${String(input)}`, async (t) => {
      const { auth } = await createInstallation(t).open();
      await rejection(auth.sessions.start(input as unknown as StartSession));
    });
  }
});

describe('sessions are shown', () => {
  test('the live ones of a subject, newest first, and without anything secret', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      installation.later(1000);
      ids.unshift((await auth.sessions.start({ subject: 'ada' })).session.id);
    }
    await auth.sessions.start({ subject: 'bob' });
    await auth.revoke.session(ids[1] ?? '');
    const listed = await auth.sessions.list('ada');
    assert.deepEqual(
      listed.map(({ id }) => id),
      [ids[0], ids[2]],
    );
    const members = [
      'id',
      'subject',
      'clientId',
      'delivery',
      'audience',
      'scope',
      'amr',
      'claims',
      'authenticatedMs',
    ];
    members.push('remembered', 'startedMs', 'lastRefreshedMs', 'idleExpiresMs', 'absoluteExpiresMs');
    for (const session of [...listed, await auth.sessions.get(ids[0] ?? '')]) {
      assert.deepEqual(Object.keys(session ?? {}).toSorted(), members.toSorted());
    }
  });

  for (const id of [
    '',
    'x',
    undefined,
    null,
    42,
    '019b76da-a800-7d12-b16c-6d306a44d756',
  ] as readonly string[]) {
    test(`and none called ${String(id)}`, async (t) => {
      const { auth } = await createInstallation(t).open();
      assert.equal(await auth.sessions.get(id), undefined);
    });
  }

  test('at most a hundred', async (t) => {
    const { auth } = await createInstallation(t).open();
    for (let count = 0; count < 101; count += 1) await auth.sessions.start({ subject: 'ada' });
    assert.equal((await auth.sessions.list('ada')).length, 100);
  });
});
