import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { rejection } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** A client at generation 3, and a store that was restored to generation 1. */
async function restored(t: TestContext) {
  const installation = createInstallation(t);
  const opened = await installation.open();
  const first = await opened.auth.sessions.start({ subject: 'ada' });
  const restore = installation.backUp();
  const second = await opened.auth.sessions.refresh(first.refreshToken);
  installation.later(40_001);
  const third = await opened.auth.sessions.refresh(second.refreshToken);
  restore();
  opened.newTypes();
  return { installation, ...opened, first, second, third };
}

describe('a restore that an operator accepts', () => {
  test('moves a row forward to what its client presents, and the client goes on', async (t) => {
    const { auth, newTypes, third, installation } = await restored(t);
    assert.equal((await rejection(auth.sessions.refresh(third.refreshToken))).code, 'ERR_STORE_ROLLED_BACK');
    newTypes();
    await auth.acceptRestore({ forSeconds: HOUR_SECONDS });
    const moved = await auth.sessions.refresh(third.refreshToken);
    assert.equal(moved.refreshToken, third.refreshToken);
    assert.deepEqual(newTypes(), ['restore_accepted', 'refresh_moved_forward']);
    assert.equal(auth.verify(moved.accessToken).generation, 3);
    installation.later(40_001);
    assert.equal(auth.verify((await auth.sessions.refresh(moved.refreshToken)).accessToken).generation, 4);
  });

  test('convicts nobody for what was forgotten, and whoever shows what is older than the parent', async (t) => {
    const { auth, first, third } = await restored(t);
    await auth.acceptRestore({ forSeconds: HOUR_SECONDS });
    await auth.sessions.refresh(third.refreshToken);
    assert.equal((await rejection(auth.sessions.refresh(first.refreshToken))).detail, 'reused');
  });

  test('ends when its time is over', async (t) => {
    const { auth, third, installation } = await restored(t);
    await auth.acceptRestore({ forSeconds: HOUR_SECONDS });
    installation.later(HOUR_SECONDS * 1000);
    assert.equal((await rejection(auth.sessions.refresh(third.refreshToken))).code, 'ERR_STORE_ROLLED_BACK');
  });

  test('revives no session that has ended since', async (t) => {
    const { auth, third } = await restored(t);
    await auth.acceptRestore({ forSeconds: HOUR_SECONDS });
    await auth.revoke.session(third.session.id);
    assert.equal((await rejection(auth.sessions.refresh(third.refreshToken))).code, 'ERR_REFRESH_INVALID');
  });

  test('knows nothing of when a client was last there: what is ahead of its row is not idle', async (t) => {
    const { auth, third, installation } = await restored(t);
    await auth.acceptRestore({ forSeconds: 14 * DAY_SECONDS });
    installation.later(8 * DAY_SECONDS * 1000);
    const moved = await auth.sessions.refresh(third.refreshToken);
    assert.equal(moved.session.idleExpiresMs - moved.session.lastRefreshedMs, 7 * DAY_SECONDS * 1000);
  });

  test('ends no later than the session itself', async (t) => {
    const { auth, third, installation } = await restored(t);
    await auth.acceptRestore({ forSeconds: 30 * DAY_SECONDS });
    installation.later(30 * DAY_SECONDS * 1000 - 40_001);
    assert.equal((await rejection(auth.sessions.refresh(third.refreshToken))).detail, 'expired');
  });

  test('lets a generation settle again that this process had settled before', async (t) => {
    const installation = createInstallation(t);
    const { auth, newTypes } = await installation.open();
    const first = await auth.sessions.start({ subject: 'ada' });
    const restore = installation.backUp();
    const second = await auth.sessions.refresh(first.refreshToken);
    await installation.pass(40_001);
    auth.verify(second.accessToken);
    await installation.settle();
    assert.ok(newTypes().includes('chain_settled'));
    restore();
    await auth.acceptRestore({ forSeconds: HOUR_SECONDS });
    await installation.settle();
    const moved = await auth.sessions.refresh(second.refreshToken);
    await installation.pass(40_001);
    auth.verify(moved.accessToken);
    await installation.settle();
    assert.equal((await rejection(auth.sessions.refresh(first.refreshToken))).detail, 'reused');
  });

  test('lets a generation settle also if its client used its access token before it refreshed', async (t) => {
    const { auth, installation, second, third } = await restored(t);
    await auth.acceptRestore({ forSeconds: HOUR_SECONDS });
    await installation.pass(40_001);
    auth.verify(third.accessToken);
    await installation.settle();
    const moved = await auth.sessions.refresh(third.refreshToken);
    await installation.pass(40_001);
    auth.verify(moved.accessToken);
    await installation.settle();
    assert.equal((await rejection(auth.sessions.refresh(second.refreshToken))).detail, 'reused');
  });

  for (const forSeconds of [0, 59, 60.5, 2_592_001, '3600', undefined]) {
    test(`may not be accepted for ${String(forSeconds)} seconds`, async (t) => {
      const { auth } = await createInstallation(t).open();
      const error = await rejection(auth.acceptRestore({ forSeconds: forSeconds as number }));
      assert.equal(error.code, 'ERR_OPTION');
    });
  }
});
