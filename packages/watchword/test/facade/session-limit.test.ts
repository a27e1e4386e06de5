import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WatchwordOptions } from '../../src/facade/index.ts';
import { codeOf, refusedSentence, rejection } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';

const ADA = { subject: 'ada' };

test('without a limit a subject has as many sessions as it likes', async (t) => {
  const { auth } = await createInstallation(t).open();
  for (let count = 0; count < 20; count += 1) await auth.sessions.start(ADA);
  assert.equal((await auth.sessions.list('ada')).length, 20);
});

test('one session too many ends the oldest: its tokens die at once, here and in other processes', async (t) => {
  const installation = createInstallation(t);
  const [here, there] = [
    await installation.open({ sessionLimit: { perSubject: 2 } }),
    await installation.open({ sessionLimit: { perSubject: 2 } }),
  ];
  const first = await here.auth.sessions.start(ADA);
  await installation.pass(5);
  const second = await here.auth.sessions.start(ADA);
  await installation.pass(5);
  here.newTypes();
  const third = await here.auth.sessions.start(ADA);
  assert.deepEqual(here.newTypes(), ['revocation_recorded', 'session_ended', 'session_started']);
  const ended = here.events.findLast(({ type }) => type === 'session_ended');
  assert.deepEqual(ended?.type === 'session_ended' && [ended.sessionId, ended.reason], [
    first.session.id,
    'displaced',
  ]);
  assert.equal(
    codeOf(() => here.auth.verify(first.accessToken)),
    'ERR_TOKEN_REVOKED',
  );
  await installation.settle();
  assert.equal(
    codeOf(() => there.auth.verify(first.accessToken)),
    'ERR_TOKEN_REVOKED',
  );
  assert.equal(
    (await rejection(there.auth.sessions.refresh(first.refreshToken))).code,
    'ERR_REFRESH_INVALID',
  );
  for (const { accessToken, session } of [second, third]) {
    assert.equal(there.auth.verify(accessToken).sessionId, session.id);
  }
  await here.auth.sessions.start({ subject: 'bob' });
  assert.equal((await here.auth.sessions.list('ada')).length, 2);
});

test('where the limit refuses, nobody is ended, and there is room again after a sign-out', async (t) => {
  const { auth, events } = await createInstallation(t).open({
    sessionLimit: { perSubject: 1, whenReached: 'refuse' },
  });
  const { session } = await auth.sessions.start(ADA);
  const refused = await rejection(auth.sessions.start(ADA));
  assert.deepEqual([refused.code, refused.status], ['ERR_SESSION_LIMIT', 409]);
  assert.deepEqual(events.at(-1), {
    type: 'session_refused',
    atMs: events.at(-1)?.atMs,
    subject: 'ada',
    reason: 'session_limit',
  });
  assert.deepEqual(await auth.sessions.list('ada'), [session]);
  await auth.revoke.session(session.id);
  await auth.sessions.start(ADA);
});

test('"sign out everywhere else" ends the others and says how many', async (t) => {
  const { auth } = await createInstallation(t).open();
  const kept = await auth.sessions.start(ADA);
  const others = [await auth.sessions.start(ADA), await auth.sessions.start(ADA)];
  const bob = await auth.sessions.start({ subject: 'bob' });
  assert.deepEqual(await auth.sessions.endOthers('ada', kept.session.id), { ended: 2 });
  assert.deepEqual(await auth.sessions.list('ada'), [kept.session]);
  for (const { accessToken } of others) {
    assert.equal(
      codeOf(() => auth.verify(accessToken)),
      'ERR_TOKEN_REVOKED',
    );
  }
  assert.equal(auth.verify(bob.accessToken).subject, 'bob');
  assert.equal((await rejection(auth.sessions.endOthers('ada', 'x'))).code, 'ERR_OPTION');
});

describe('limits that are not possible are refused with what would be', () => {
  const bad: readonly (readonly [unknown, RegExp])[] = [
    [0, /`sessionLimit` has to be an object such as `\{ perSubject: 10 \}`/],
    [null, /`sessionLimit` has to be an object/],
    [{}, /`sessionLimit.perSubject` has to be a whole number from 1 to 1000/],
    [{ perSubject: 0 }, /from 1 to 1000/],
    [{ perSubject: 1.5 }, /from 1 to 1000/],
    [{ perSubject: 1001 }, /from 1 to 1000/],
    [{ perSubject: 1, whenReached: 'deny' }, /one of `end_oldest`, `refuse`/],
    [{ persubject: 1 }, /perSubject/],
  ];
  for (const [sessionLimit, sentence] of bad) {
    test(JSON.stringify(sessionLimit), async (t) => {
      const options = { sessionLimit } as Partial<WatchwordOptions>;
      assert.match(await refusedSentence(createInstallation(t).open(options)), sentence);
    });
  }
});
