import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import {
  ask,
  launchBrowser,
  newPerson,
  openTab,
  signUp,
  sleep,
  stateOf,
  waitForState,
} from '../support/browser.ts';
import { startServer, type TestServer } from '../support/server.ts';

const MINUTE_MS = 60_000;
const TABS = process.env['WATCHWORD_LONG'] === undefined ? 4 : 20;

let browser: Browser;
let server: TestServer;
before(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startServer({ browserSessions: 'opaque' })]);
});
after(async () => {
  await browser.close();
  await server.close();
});

describe('tabs with an opaque session', () => {
  let context: BrowserContext;
  let tabs: Page[];
  let first: Page;
  before(async () => {
    context = await browser.newContext();
    await context.clock.install({ time: Date.now() });
    first = await openTab(context, server);
    tabs = [first, ...(await Promise.all(Array.from({ length: TABS - 1 }, () => openTab(context, server))))];
    await signUp(first);
    await Promise.all(tabs.map((tab) => waitForState(tab, 'signed-in')));
  });
  after(() => context.close());

  test('hold its id, and no token', async () => {
    const names = (await context.cookies()).map(({ name, httpOnly }) => `${name} ${httpOnly}`);
    assert.deepEqual(names.toSorted(), ['__Host-ww_csrf false', '__Host-ww_sid true']);
  });

  test('renew once in time, and the id is another', async () => {
    const [before, since] = [await idOf(context), server.passed.length];
    await sleep(context, server, 8 * MINUTE_MS);
    assert.equal(renewals(since), 0, 'not yet');
    for (let minutes = 8; minutes < 13; minutes += 1) {
      await sleep(context, server, MINUTE_MS);
      await first.waitForTimeout(100);
    }
    await until(() => renewals(since) > 0);
    assert.deepEqual([...new Set(await Promise.all(tabs.map((tab) => ask(tab))))], [200]);
    assert.equal(renewals(since), 1);
    assert.notEqual(await idOf(context), before);
  });

  test('renew once when they all wake up an hour later', async () => {
    const since = server.passed.length;
    await sleep(context, server, 60 * MINUTE_MS);
    assert.deepEqual([...new Set(await Promise.all(tabs.map((tab) => ask(tab))))], [200]);
    assert.equal(renewals(since), 1);
    assert.deepEqual([...new Set(server.passed.slice(since).map(({ status }) => status))], [200]);
  });

  test('keep the session while the server is not there', async () => {
    await server.die();
    await sleep(context, server, 14 * MINUTE_MS);
    await assert.rejects(ask(first), /Failed to fetch/);
    assert.equal(await stateOf(first), 'signed-in');
    await server.revive();
    for (let seconds = 0; seconds < 80; seconds += 20) await sleep(context, server, 20_000);
    await Promise.all(
      tabs.map((tab) => tab.waitForFunction(async () => (await window.client.fetch('/api/me')).ok)),
    );
    assert.deepEqual([...new Set(await Promise.all(tabs.map(stateOf)))], ['signed-in']);
  });

  test('are all signed out by a sign-out in one', async () => {
    await tabs.at(-1)?.evaluate(() => window.client.signOut());
    await Promise.all(tabs.map((tab) => waitForState(tab, 'signed-out')));
    assert.deepEqual(await context.cookies(), []);
    assert.equal(await ask(first), 401);
  });
});

test('an opaque session that ends elsewhere ends here at the next request', async (t) => {
  const context = await newPerson(t, browser);
  const [one, other] = [await openTab(context, server), await openTab(context, server)];
  const id = await signUp(one);
  await waitForState(other, 'signed-in');
  await server.auth.revoke.session(id);
  assert.equal(await ask(one), 401);
  assert.equal(await stateOf(one), 'signed-out');
  await waitForState(other, 'signed-out');
});

function renewals(since: number): number {
  return server.count('POST', '/auth/refresh', since);
}

async function idOf(context: BrowserContext): Promise<string | undefined> {
  return (await context.cookies()).find(({ name }) => name === '__Host-ww_sid')?.value;
}

async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!condition()) {
    assert.ok(performance.now() < endMs, `not within ten seconds: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
