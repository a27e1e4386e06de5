import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { rejection } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';
import { spiedStore } from './support/spied-store.ts';
import { claim } from './support/tokens.ts';

async function slowed(t: TestContext, raceWindowMs: number) {
  const installation = createInstallation(t);
  const slow = { call: '', byMs: 0 };
  const store = spiedStore(installation.factory, (call) => {
    if (call === slow.call) installation.clock.advance(slow.byMs);
  });
  const { auth } = await installation.open({ store, raceWindowMs });
  return { installation, auth, slow, first: await auth.sessions.start({ subject: 'ada' }) };
}

describe('a refresh that waited longer than half the race window', () => {
  test('is refused before anything is written, and may be tried again', async (t) => {
    const { auth, slow, first } = await slowed(t, 10_000);
    Object.assign(slow, { call: 'sessions.find', byMs: 5001 });
    assert.equal((await rejection(auth.sessions.refresh(first.refreshToken))).code, 'ERR_OVERLOADED');
    slow.byMs = 5000;
    assert.equal(claim((await auth.sessions.refresh(first.refreshToken)).accessToken, 'ww_gen'), '2');
  });

  test('goes on where the window is 0: there is nothing to be late for', async (t) => {
    const { auth, slow, first } = await slowed(t, 0);
    Object.assign(slow, { call: 'sessions.find', byMs: 60_000 });
    assert.equal(claim((await auth.sessions.refresh(first.refreshToken)).accessToken, 'ww_gen'), '2');
  });

  test('is measured by a clock that nobody sets', async (t) => {
    const { auth, installation, slow, first } = await slowed(t, 10_000);
    Object.assign(slow, { call: 'sessions.find', byMs: 0 });
    installation.later(3_600_000);
    assert.ok((await auth.sessions.refresh(first.refreshToken)).refreshToken);
  });
});

for (const call of ['sessions.find', 'sessions.advance']) {
  test(`a store that fails at ${call} fails the refresh with its own error, and changes nothing`, async (t) => {
    const installation = createInstallation(t);
    let fails = false;
    const store = spiedStore(installation.factory, (name) => {
      if (fails && name === call) throw new Error('the store is away');
    });
    const { auth, newTypes } = await installation.open({ store });
    const first = await auth.sessions.start({ subject: 'ada' });
    newTypes();
    fails = true;
    await assert.rejects(auth.sessions.refresh(first.refreshToken), /the store is away/);
    assert.deepEqual(newTypes(), []);
    fails = false;
    assert.equal(claim((await auth.sessions.refresh(first.refreshToken)).accessToken, 'ww_gen'), '2');
  });
}

test('a conviction that could not be written convicts nobody yet', async (t) => {
  const installation = createInstallation(t);
  let fails = false;
  const store = spiedStore(installation.factory, (name) => {
    if (fails && name === 'revocations.revoke') throw new Error('the store is away');
  });
  const { auth, newTypes } = await installation.open({ store });
  const first = await auth.sessions.start({ subject: 'ada' });
  const second = await auth.sessions.refresh(first.refreshToken);
  installation.later(40_001);
  const third = await auth.sessions.refresh(second.refreshToken);
  newTypes();
  fails = true;
  await assert.rejects(auth.sessions.refresh(first.refreshToken), /the store is away/);
  assert.deepEqual(newTypes(), [], 'no event tells of what is not durable');
  assert.equal(auth.verify(third.accessToken).subject, 'ada');
  fails = false;
  assert.equal((await rejection(auth.sessions.refresh(first.refreshToken))).detail, 'reused');
});
