import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejection } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';
import { claim } from './support/tokens.ts';

test('strict: every refresh rotates', async (t) => {
  const { auth } = await createInstallation(t).open({ rotation: 'strict' });
  let { refreshToken } = await auth.sessions.start({ subject: 'ada' });
  for (let generation = 2; generation < 8; generation += 1) {
    const next = await auth.sessions.refresh(refreshToken);
    assert.equal(claim(next.accessToken, 'ww_gen'), String(generation));
    assert.notEqual(next.refreshToken, refreshToken);
    ({ refreshToken } = next);
  }
});

test('strict: a token that was rotated is reused in the same millisecond', async (t) => {
  const { auth, newTypes } = await createInstallation(t).open({ rotation: 'strict' });
  const first = await auth.sessions.start({ subject: 'ada' });
  const second = await auth.sessions.refresh(first.refreshToken);
  newTypes();
  assert.equal((await rejection(auth.sessions.refresh(first.refreshToken))).detail, 'reused');
  assert.deepEqual(newTypes(), ['revocation_recorded', 'session_ended', 'refresh_reused']);
  assert.equal((await rejection(auth.sessions.refresh(second.refreshToken))).detail, 'ended');
  assert.throws(() => auth.verify(second.accessToken), { code: 'ERR_TOKEN_REVOKED' });
});

test('a race window of 0: every refresh rotates, and a parent gets three more chances in a row', async (t) => {
  const { auth } = await createInstallation(t).open({ raceWindowMs: 0 });
  let { refreshToken } = await auth.sessions.start({ subject: 'ada' });
  for (let generation = 2; generation < 5; generation += 1) {
    await auth.sessions.refresh(refreshToken);
    const late = await auth.sessions.refresh(refreshToken);
    assert.equal(claim(late.accessToken, 'ww_gen'), String(generation));
    ({ refreshToken } = late);
  }
  await auth.sessions.refresh(refreshToken);
  assert.equal((await rejection(auth.sessions.refresh(refreshToken))).detail, 'reused');
});
