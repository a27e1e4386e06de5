import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWatchwordOn } from '../../src/facade/create-watchword.ts';
import type { StoreFactory } from '../../src/facade/index.ts';
import { codeOf, rejection } from './support/errors.ts';
import { createInstallation, ISSUER, SECRET } from './support/installation.ts';
import { spiedStore } from './support/spied-store.ts';

test('a closed instance gives nothing more out, and says that it was closed', async (t) => {
  const installation = createInstallation(t);
  const { auth } = await installation.open();
  const { accessToken, refreshToken, session } = await auth.sessions.start({ subject: 'ada' });
  assert.equal(await auth.isReady(), true);
  await auth.close();
  await auth.close();
  assert.equal(await auth.isReady(), false);
  for (const call of [
    auth.sessions.start({ subject: 'ada' }),
    auth.sessions.refresh(refreshToken),
    auth.sessions.list('ada'),
    auth.sessions.get(session.id),
    auth.revoke.all(),
    auth.keys.rotate(),
  ]) {
    assert.equal((await rejection(call)).code, 'ERR_CLOSED');
  }
  await installation.pass(10_001);
  assert.equal(
    codeOf(() => auth.verify(accessToken)),
    'ERR_FEED_STALE',
    'it hears of no revocation any more',
  );
});

test('closing one process leaves the others as they are', async (t) => {
  const installation = createInstallation(t);
  const [one, other] = [await installation.open(), await installation.open()];
  const { accessToken } = await one.auth.sessions.start({ subject: 'ada' });
  await one.auth.close();
  await installation.pass(20_000);
  assert.equal(other.auth.verify(accessToken).subject, 'ada');
  assert.ok(await other.auth.sessions.start({ subject: 'ada' }));
});

for (const failing of ['keys.read', 'revocations.readAfter', 'the hasher']) {
  test(`a start that fails closes the store: ${failing}`, async (t) => {
    const installation = createInstallation(t);
    let closed = 0;
    const spied = spiedStore(installation.factory, (call) => {
      if (call === failing) throw new Error('the store is away');
    });
    const open: StoreFactory['open'] = async (context) => {
      const store = await spied.open(context);
      return { ...store, close: () => store.close().then(() => void (closed += 1)) };
    };
    const createHasher = (): Promise<never> => Promise.reject(new Error('no native module'));
    const platform =
      failing === 'the hasher' ? { ...installation.platform, createHasher } : installation.platform;
    const options = { issuer: ISSUER, store: { ...spied, open }, secret: SECRET, accounts: true } as const;
    await assert.rejects(createWatchwordOn(platform, { ...options, environment: 'development' }));
    assert.equal(closed, 1);
  });
}
