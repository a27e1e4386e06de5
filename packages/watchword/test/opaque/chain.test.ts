import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { WatchwordOptions } from '../../src/facade/index.ts';
import { createInstallation } from '../facade/support/installation.ts';
import { spiedStore } from '../facade/support/spied-store.ts';
import { signedUp, type Browser } from './browser.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const W = 10_000;
const S = 4 * W;

/** Two processes in opaque mode, and a browser that is signed in. */
async function started(t: TestContext, options: Partial<WatchwordOptions> = {}) {
  const installation = createInstallation(t);
  const calls: string[] = [];
  const store = spiedStore(installation.factory, (call) => {
    if (/^sessions\.(?:find|advance|settle)$/.test(call)) calls.push(call);
  });
  const all = { accounts: true, browserSessions: 'opaque', store, ...options } as const;
  const opened = await installation.open(all);
  const other = await installation.open(all);
  const browser = await signedUp(opened.auth);
  opened.newTypes();
  calls.length = 0;

  /** The generation that the row has, and whether it is settled. */
  async function row(): Promise<readonly [number, boolean]> {
    const id = (await opened.auth.sessions.page()).sessions[0]?.id;
    const found = id && (await (await installation.store()).sessions.find(id));
    assert.ok(found);
    const { generation, settled } = found.record.chain;
    return [generation, settled];
  }

  async function refresh(who: Browser = browser): Promise<void> {
    assert.equal((await who.refresh(opened.auth)).status, 200);
  }

  return { installation, ...opened, other: other.auth, browser, calls, row, refresh };
}

describe('the generations of an opaque session', () => {
  test('a refresh gives another id, and the one before is good as long as its successor may be lost', async (t) => {
    const { installation, auth, other, browser, refresh, row, newTypes } = await started(t);
    const before = browser.copy();
    assert.ok((await before.visit(auth)).token);
    await refresh();
    assert.notEqual(browser.jar.get('sid'), before.jar.get('sid'));
    assert.deepEqual([(await browser.visit(auth)).token?.generation, await row()], [2, [2, false]]);
    for (const process of [auth, other]) {
      assert.equal((await before.visit(process)).token?.generation, 1, 'the parent');
    }
    await installation.pass(S + 1);
    assert.ok((await browser.visit(auth)).token, 'a use that settles');
    await installation.settle();
    assert.deepEqual(await row(), [2, true]);
    assert.ok(newTypes().includes('chain_settled'));
    // What was read before may be believed a minute longer.
    await installation.pass(MINUTE);
    await Promise.all([before.visit(auth), before.visit(other)]);
    await installation.pass(1);
    for (const process of [auth, other]) {
      const { code } = await before.visit(process);
      assert.equal(code, 'ERR_TOKEN_EXPIRED', 'no guard convicts');
    }
    assert.ok((await browser.visit(other)).token);
  });

  test('a stolen id is caught where it is refreshed, and the session ends everywhere', async (t) => {
    const { installation, auth, other, browser, refresh, newTypes } = await started(t);
    await refresh();
    const thief = browser.copy();
    await installation.pass(S + 1);
    await refresh();
    await installation.pass(S + 1);
    assert.ok((await browser.visit(auth)).token);
    await installation.settle();
    assert.ok((await browser.visit(other)).token);
    newTypes();
    assert.equal((await thief.refresh(auth)).code, 'ERR_REFRESH_INVALID');
    assert.ok(newTypes().includes('refresh_reused'));
    await installation.pass(25);
    for (const process of [auth, other]) {
      assert.equal((await browser.visit(process)).code, 'ERR_TOKEN_REVOKED');
      assert.equal((await browser.refresh(process)).code, 'ERR_REFRESH_INVALID');
    }
  });

  test('an id two generations old is refused by guards and convicts where it is refreshed', async (t) => {
    const { installation, auth, browser, refresh } = await started(t);
    const old = browser.copy();
    for (let count = 0; count < 2; count += 1) {
      await refresh();
      await installation.pass(S + 1);
    }
    assert.equal((await old.visit(auth)).code, 'ERR_TOKEN_EXPIRED');
    assert.ok((await browser.visit(auth)).token);
    assert.equal((await old.refresh(auth)).code, 'ERR_REFRESH_INVALID');
    assert.equal((await browser.visit(auth)).code, 'ERR_TOKEN_REVOKED');
  });

  test('a lost answer is given again, the same to the letter', async (t) => {
    const { auth, browser } = await started(t);
    const lost = await browser.refreshInVain(auth);
    const again = await browser.refresh(auth);
    assert.deepEqual([lost.status, again.status], [200, 200]);
    assert.deepEqual(lost.setCookies[0]?.split(';')[0], again.setCookies[0]?.split(';')[0]);
    assert.equal((await browser.visit(auth)).token?.generation, 2);
  });

  test('are the textbook’s where rotation is strict: a parent is refused', async (t) => {
    const { auth, other, browser, refresh } = await started(t, { rotation: 'strict' });
    const before = browser.copy();
    await refresh();
    assert.equal((await before.visit(other)).code, 'ERR_TOKEN_EXPIRED');
    assert.ok((await browser.visit(auth)).token);
    assert.equal((await before.refresh(auth)).code, 'ERR_REFRESH_INVALID');
    assert.equal((await browser.visit(auth)).code, 'ERR_TOKEN_REVOKED');
  });

  test('of several versions of the server’s key are all good', async (t) => {
    const { installation, auth, other, browser, refresh } = await started(t);
    const before = browser.copy();
    await installation.through(auth.keys.rotateRefreshKey());
    await installation.pass(300);
    for (const process of [auth, other]) assert.ok((await before.visit(process)).token);
    await installation.pass(S);
    await refresh();
    for (const process of [auth, other]) assert.equal((await browser.visit(process)).token?.generation, 2);
    await installation.through(auth.keys.rewrap());
    assert.ok((await browser.visit(other)).token);
  });
});

describe('use settles a generation', () => {
  test('once it is later than S after the delivery, and by no use before', async (t) => {
    const { installation, auth, browser, refresh, row, calls } = await started(t);
    await refresh();
    await installation.pass(S);
    await browser.visit(auth);
    await installation.settle();
    assert.deepEqual(await row(), [2, false]);
    calls.length = 0;
    await browser.visit(auth);
    await installation.settle();
    assert.deepEqual(await row(), [2, true]);
    for (let count = 0; count < 10; count += 1) await browser.visit(auth);
    await installation.settle();
    assert.deepEqual(calls, ['sessions.advance'], 'one write');
  });

  test('but not that of its parent', async (t) => {
    const { installation, auth, browser, refresh, row } = await started(t);
    const before = browser.copy();
    await refresh();
    await installation.pass(S + 1000);
    assert.ok((await before.visit(auth)).token);
    await installation.settle();
    assert.deepEqual(await row(), [2, false]);
    assert.equal((await before.refresh(auth)).status, 200, 'whose client may have lost the answer');
  });

  test('nor where another process has given it out once more since it was read here', async (t) => {
    const { installation, auth, other, browser, refresh, row } = await started(t);
    const before = browser.copy();
    await refresh();
    assert.ok((await browser.visit(auth)).token);
    await installation.pass(S - 1000);
    // The client has crashed before it stored what it was given, and comes back with what it had.
    assert.equal((await before.refresh(other)).status, 200);
    await installation.pass(2000);
    assert.ok((await before.visit(auth)).token);
    await installation.settle();
    assert.deepEqual(await row(), [2, false]);
    await installation.pass(S);
    assert.ok((await before.visit(auth)).token);
    await installation.settle();
    assert.deepEqual(await row(), [2, true]);
  });

  test('nor because a clock was set forward', async (t) => {
    const { installation, auth, browser, refresh, row } = await started(t);
    assert.ok((await browser.visit(auth)).token);
    await refresh();
    installation.later(2 * S);
    assert.ok((await browser.visit(auth)).token);
    await installation.settle();
    assert.deepEqual(await row(), [2, false]);
  });
});

describe('the idle expiry', () => {
  test('moves with use, and is written seldom', async (t) => {
    const { installation, auth, browser, calls } = await started(t);
    for (let day = 0; day < 20; day += 1) {
      installation.later(DAY);
      await installation.pass(25);
      assert.ok((await browser.visit(auth)).token, `on day ${day}`);
      await installation.settle();
    }
    calls.length = 0;
    for (let count = 0; count < 100; count += 1) await browser.visit(auth);
    await installation.settle();
    assert.deepEqual(calls, []);
    installation.later(8 * DAY);
    await installation.pass(25);
    assert.equal((await browser.visit(auth)).code, 'ERR_TOKEN_EXPIRED');
    assert.equal((await browser.refresh(auth)).code, 'ERR_REFRESH_INVALID');
  });

  test('of another process is seen by this one', async (t) => {
    const { installation, auth, other, browser } = await started(t, { idleTtlSeconds: 3600 });
    assert.ok((await browser.visit(auth)).token);
    installation.later(50 * MINUTE);
    await installation.pass(25);
    assert.ok((await browser.visit(other)).token);
    await installation.settle();
    installation.later(50 * MINUTE);
    await installation.pass(25);
    assert.ok((await browser.visit(auth)).token);
  });

  test('a short one holds as well: what is used each quarter of it does not end', async (t) => {
    const { installation, auth, browser } = await started(t, {
      idleTtlSeconds: 10,
      accessTokenTtlSeconds: 10,
      raceWindowMs: 1000,
    });
    for (let count = 0; count < 20; count += 1) {
      await installation.pass(2500);
      assert.ok((await browser.visit(auth)).token);
    }
    await installation.pass(10_001);
    assert.equal((await browser.visit(auth)).code, 'ERR_TOKEN_EXPIRED');
  });

  test('never moves beyond the absolute expiry', async (t) => {
    const { installation, auth, browser } = await started(t);
    for (let day = 0; day < 30; day += 3) {
      assert.ok((await browser.visit(auth)).token, `on day ${day}`);
      await installation.settle();
      installation.later(3 * DAY);
      await installation.pass(25);
    }
    assert.equal((await browser.visit(auth)).code, 'ERR_TOKEN_EXPIRED');
  });
});

describe('after a restore', () => {
  test('an id that is newer than the row is answered 503, with an alarm that is not repeated each time', async (t) => {
    const { installation, auth, browser, refresh, newTypes } = await started(t);
    const restore = installation.backUp();
    await refresh();
    assert.ok((await browser.visit(auth)).token);
    restore();
    await installation.pass(MINUTE + 1);
    await browser.visit(auth);
    await installation.pass(1000);
    newTypes();
    for (let count = 0; count < 10; count += 1) {
      const { status, code } = await browser.visit(auth);
      assert.deepEqual([status, code], [503, 'ERR_STORE_ROLLED_BACK']);
    }
    await installation.pass(1000);
    await browser.visit(auth);
    assert.deepEqual(newTypes(), ['store_rolled_back', 'store_rolled_back']);
    await auth.acceptRestore({ forSeconds: 3600 });
    await installation.pass(25);
    assert.equal((await browser.visit(auth)).token?.generation, 2);
    await refresh();
    assert.ok((await browser.visit(auth)).token);
  });

  test('nothing is believed that was read before', async (t) => {
    const { installation, auth, browser, calls, refresh } = await started(t);
    const restore = installation.backUp();
    await refresh();
    await auth.revoke.subject('somebody');
    assert.ok((await browser.visit(auth)).token);
    restore();
    await installation.pass(100);
    calls.length = 0;
    assert.equal((await browser.visit(auth)).code, 'ERR_STORE_ROLLED_BACK');
    assert.deepEqual(calls, ['sessions.find']);
  });
});
