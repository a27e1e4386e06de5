import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { WatchwordOptions } from '../../src/facade/index.ts';
import { codeOf, rejection } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';
import { spiedStore } from './support/spied-store.ts';

const S = 40_000;

/** A session at generation 2, whose access token was minted this very millisecond. */
async function rotated(t: TestContext, options: Partial<WatchwordOptions> = {}) {
  const installation = createInstallation(t);
  const writes: string[] = [];
  const store = spiedStore(installation.factory, (call) => {
    if (call === 'sessions.settle') writes.push(call);
  });
  const opened = await installation.open({ store, ...options });
  const first = await opened.auth.sessions.start({ subject: 'ada' });
  const second = await opened.auth.sessions.refresh(first.refreshToken);
  opened.newTypes();
  return { installation, ...opened, first, second, writes };
}

describe('a generation settles', () => {
  test('when an access token of it is used that is older than S, and then its parent is dead', async (t) => {
    const { auth, installation, first, second, newTypes, events } = await rotated(t);
    await installation.pass(S + 1);
    auth.verify(second.accessToken);
    await installation.settle();
    assert.deepEqual(newTypes(), ['chain_settled']);
    assert.equal((events.at(-1) as unknown as Record<string, unknown>)['generation'], 2);
    const error = await rejection(auth.sessions.refresh(first.refreshToken));
    assert.equal(error.detail, 'reused');
    assert.deepEqual(newTypes(), ['revocation_recorded', 'session_ended', 'refresh_reused']);
    assert.equal(
      codeOf(() => auth.verify(second.accessToken)),
      'ERR_TOKEN_REVOKED',
    );
  });

  test('once, with one write of each process at most, however often it is used', async (t) => {
    const { auth, installation, second, newTypes, writes } = await rotated(t);
    const other = await installation.open();
    await installation.pass(S + 1);
    for (let use = 0; use < 50; use += 1) {
      auth.verify(second.accessToken);
      other.auth.verify(second.accessToken);
      await installation.pass(1);
    }
    await installation.settle();
    for (let use = 0; use < 50; use += 1) auth.verify(second.accessToken);
    await installation.settle();
    assert.equal(writes.length, 1);
    assert.deepEqual([...newTypes(), ...other.newTypes()], ['chain_settled']);
  });

  test('again at the next generation', async (t) => {
    const { auth, installation, second, newTypes } = await rotated(t);
    await installation.pass(S + 1);
    auth.verify(second.accessToken);
    await installation.settle();
    const third = await auth.sessions.refresh(second.refreshToken);
    await installation.pass(S + 1);
    auth.verify(third.accessToken);
    await installation.settle();
    assert.deepEqual(newTypes(), ['chain_settled', 'refresh_rotated', 'chain_settled']);
    assert.equal((await rejection(auth.sessions.refresh(second.refreshToken))).detail, 'reused');
  });

  test('before a process closes, if its use was noted', async (t) => {
    const { auth, installation, first, second } = await rotated(t);
    const other = await installation.open();
    await installation.pass(S + 1);
    auth.verify(second.accessToken);
    await auth.close();
    assert.equal((await rejection(other.auth.sessions.refresh(first.refreshToken))).detail, 'reused');
  });

  test('at once where the race window is 0 and the token is not of this millisecond', async (t) => {
    const { auth, installation, second, newTypes } = await rotated(t, { raceWindowMs: 0 });
    auth.verify(second.accessToken);
    await installation.settle();
    assert.deepEqual(newTypes(), []);
    auth.verify(second.accessToken);
    await installation.settle();
    assert.deepEqual(newTypes(), ['chain_settled']);
  });
});

describe('a generation does not settle', () => {
  test('by use of a token that is S old and no older', async (t) => {
    const { auth, installation, first, second, newTypes, writes } = await rotated(t);
    await installation.pass(S);
    auth.verify(second.accessToken);
    await installation.settle();
    assert.deepEqual(newTypes(), []);
    assert.equal(writes.length, 0);
    assert.equal((await auth.sessions.refresh(first.refreshToken)).refreshToken, second.refreshToken);
  });

  test('by use of a token that only looks old, because the clock was set forward', async (t) => {
    const { auth, installation, first, second, newTypes } = await rotated(t);
    await installation.pass(1000);
    installation.later(S);
    auth.verify(second.accessToken);
    await installation.settle();
    assert.deepEqual(newTypes(), []);
    // The client has crashed before it stored its tokens, and comes back with the older one.
    const resent = await auth.sessions.refresh(first.refreshToken);
    assert.equal(resent.refreshToken, second.refreshToken);
    assert.deepEqual(newTypes(), ['refresh_resent_late']);
    // What was minted since is believed again.
    await installation.pass(S + 1);
    auth.verify(resent.accessToken);
    await installation.settle();
    assert.deepEqual(newTypes(), ['chain_settled']);
  });

  test('by a token from before the clock was set forward, but again once it is set right', async (t) => {
    const { auth, installation, first, second, newTypes } = await rotated(t);
    installation.later(2 * 3_600_000);
    assert.throws(() => auth.verify(second.accessToken));
    const late = await auth.sessions.refresh(second.refreshToken);
    installation.later(S);
    auth.verify(late.accessToken);
    installation.later(-2 * 3_600_000 - S);
    const back = await auth.sessions.refresh(late.refreshToken).catch(() => late);
    await installation.pass(S + 1000);
    auth.verify(back.accessToken);
    await installation.settle();
    auth.verify(back.accessToken);
    await installation.settle();
    assert.ok(newTypes().includes('chain_settled'));
    assert.equal((await rejection(auth.sessions.refresh(first.refreshToken))).detail, 'reused');
  });

  test('by use of a token of the generation before', async (t) => {
    const { auth, installation, first, newTypes } = await rotated(t);
    await installation.pass(S + 1);
    auth.verify(first.accessToken);
    await installation.settle();
    assert.deepEqual(newTypes(), []);
    assert.ok((await auth.sessions.refresh(first.refreshToken)).refreshToken);
  });

  test('by a token that is refused, for whatever reason', async (t) => {
    const { auth, installation, second, newTypes, writes } = await rotated(t);
    await installation.pass(S + 1);
    assert.equal(
      codeOf(() => auth.verify(second.accessToken, { scope: 'admin' })),
      'ERR_TOKEN_SCOPE',
    );
    assert.equal(
      codeOf(() => auth.verify(second.accessToken, { audience: 'x' })),
      'ERR_TOKEN_AUDIENCE',
    );
    assert.equal(
      codeOf(() => auth.verify(`${second.accessToken.slice(0, -4)}AAAA`)),
      'ERR_TOKEN_SIGNATURE',
    );
    await installation.pass(900_000);
    assert.equal(
      codeOf(() => auth.verify(second.accessToken)),
      'ERR_TOKEN_EXPIRED',
    );
    await installation.settle();
    assert.deepEqual(newTypes(), []);
    assert.equal(writes.length, 0);
  });

  test('where rotation is strict: there nothing waits for it', async (t) => {
    const { auth, installation, second, newTypes, writes } = await rotated(t, { rotation: 'strict' });
    await installation.pass(S + 1);
    auth.verify(second.accessToken);
    await installation.settle();
    assert.deepEqual(newTypes(), []);
    assert.equal(writes.length, 0);
  });
});

test('a settlement that the store refused is tried again at the next use', async (t) => {
  const installation = createInstallation(t);
  let fails = true;
  const store = spiedStore(installation.factory, (call) => {
    if (fails && call === 'sessions.settle') throw new Error('the store is away');
  });
  const { auth, newTypes } = await installation.open({ store });
  const first = await auth.sessions.start({ subject: 'ada' });
  const second = await auth.sessions.refresh(first.refreshToken);
  await installation.pass(S + 1);
  auth.verify(second.accessToken);
  await installation.settle();
  fails = false;
  newTypes();
  auth.verify(second.accessToken);
  await installation.settle();
  assert.deepEqual(newTypes(), ['chain_settled']);
});

test('a generation can settle with the longest race window that the options allow', async (t) => {
  const installation = createInstallation(t);
  const { auth, newTypes } = await installation.open({ accessTokenTtlSeconds: 40, raceWindowMs: 9900 });
  const first = await auth.sessions.start({ subject: 'ada' });
  const second = await auth.sessions.refresh(first.refreshToken);
  await installation.pass(4 * 9900 + 1);
  auth.verify(second.accessToken);
  await installation.settle();
  assert.ok(newTypes().includes('chain_settled'));
  const useless = installation.open({ accessTokenTtlSeconds: 40, raceWindowMs: 10_000 });
  assert.equal(
    (await rejection(useless)).code,
    'ERR_CONFIG',
    'with S as long as a token lives nothing ever settles',
  );
});
