import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejection } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';
import { claim } from './support/tokens.ts';

for (const rotation of ['resilient', 'strict'] as const) {
  test(`a token from beyond what the store knows signs nobody out, and is told loudly (${rotation})`, async (t) => {
    const installation = createInstallation(t);
    const { auth, newTypes, events } = await installation.open({ rotation });
    const first = await auth.sessions.start({ subject: 'ada' });
    const restore = installation.backUp();
    const second = await auth.sessions.refresh(first.refreshToken);
    installation.later(40_001);
    const third = await auth.sessions.refresh(second.refreshToken);
    restore();
    const before = await (await installation.store()).sessions.find(first.session.id);
    newTypes();
    for (const { refreshToken } of [second, third, third]) {
      const error = await rejection(auth.sessions.refresh(refreshToken));
      assert.equal(error.code, 'ERR_STORE_ROLLED_BACK');
      assert.equal(error.status, 503);
    }
    assert.deepEqual(newTypes(), ['store_rolled_back', 'store_rolled_back', 'store_rolled_back']);
    const last = events.at(-1);
    assert.ok(last?.type === 'store_rolled_back');
    assert.deepEqual([last.generation, last.presentedGeneration, last.subject], [1, 3, 'ada']);
    const after = await (await installation.store()).sessions.find(first.session.id);
    assert.deepEqual(after?.record, before?.record, 'nothing is written');
    assert.equal(claim((await auth.sessions.refresh(first.refreshToken)).accessToken, 'ww_gen'), '2');
  });
}

test('a session that the backup does not know is unknown, not reused', async (t) => {
  const installation = createInstallation(t);
  const { auth, newTypes } = await installation.open();
  const restore = installation.backUp();
  const { refreshToken } = await auth.sessions.start({ subject: 'ada' });
  restore();
  newTypes();
  assert.equal((await rejection(auth.sessions.refresh(refreshToken))).detail, 'unknown');
  assert.deepEqual(newTypes(), ['refresh_refused']);
});
