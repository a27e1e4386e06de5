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
import { startServer, type Disturbance, type TestServer } from '../support/server.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let browser: Browser;
let server: TestServer;
before(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startServer()]);
});
after(async () => {
  await browser.close();
  await server.close();
});

for (const [name, skewMs] of [
  ['a day fast', DAY_MS],
  ['a day slow', -DAY_MS],
] as const) {
  test(`a device whose clock is ${name} renews in time, and not before`, async (t) => {
    const context = await newPerson(t, browser, { nowMs: Date.now() + skewMs });
    const page = await openTab(context, server);
    await signUp(page);
    const since = server.passed.length;
    await sleep(context, server, 8 * MINUTE_MS);
    assert.equal(await ask(page), 200);
    assert.equal(server.count('POST', '/auth/refresh', since), 0);
    await sleep(context, server, 5 * MINUTE_MS);
    assert.equal(await ask(page), 200);
    await until(() => server.count('POST', '/auth/refresh', since) === 1);
    assert.equal(await stateOf(page), 'signed-in');
  });
}

test('a tab that slept for an hour is signed in, and sends nothing before it has renewed', async (t) => {
  const context = await newPerson(t, browser, { nowMs: Date.now() });
  const page = await openTab(context, server);
  await signUp(page);
  // The browser forgets an access token that has expired.
  await context.clearCookies({ name: '__Host-ww_at' });
  const since = server.passed.length;
  await sleep(context, server, 60 * MINUTE_MS);
  assert.equal(await ask(page), 200);
  assert.deepEqual(
    server.passed.slice(since).map(({ path, status }) => [path, status]),
    [
      ['/auth/refresh', 200],
      ['/api/me', 200],
    ],
  );
});

test('a tab that opens late in the life of a token renews it when all others would', async (t) => {
  const context = await newPerson(t, browser, { nowMs: Date.now() });
  const first = await openTab(context, server);
  await signUp(first);
  await sleep(context, server, 8 * MINUTE_MS);
  const late = await openTab(context, server);
  await first.close();
  const since = server.passed.length;
  // Less than a fifth of its fifteen minutes is left, and more than two fifths of what was left when the tab opened.
  await sleep(context, server, 4 * MINUTE_MS + 5 * SECOND_MS);
  await until(() => server.count('POST', '/auth/refresh', since) === 1);
  assert.equal(await stateOf(late), 'signed-in');
});

test('an hour during which timers and the monotonic clock stood still is noticed all the same', async (t) => {
  const nowMs = Date.now();
  const context = await newPerson(t, browser, { nowMs });
  const page = await openTab(context, server);
  await signUp(page);
  const since = server.passed.length;
  server.advance(60 * MINUTE_MS);
  await context.clock.setSystemTime(nowMs + 60 * MINUTE_MS);
  assert.equal(await ask(page), 200);
  assert.deepEqual(
    server.passed.slice(since).map(({ path }) => path),
    ['/auth/refresh', '/api/me'],
  );
  server.advance(60 * MINUTE_MS);
  await context.clock.setSystemTime(nowMs + 120 * MINUTE_MS);
  await page.evaluate(() => void window.dispatchEvent(new Event('focus')));
  await until(() => server.count('POST', '/auth/refresh', since) === 2);
});

test('the server dies for a minute, and nobody is signed out', async (t) => {
  const context = await newPerson(t, browser, { nowMs: Date.now() });
  const tabs = [await openTab(context, server), await openTab(context, server)] as const;
  await signUp(tabs[0]);
  await waitForState(tabs[1], 'signed-in');
  await server.die();
  await sleep(context, server, 14 * MINUTE_MS);
  await pass(context, server, MINUTE_MS);
  await assert.rejects(ask(tabs[0]), /Failed to fetch/);
  assert.deepEqual(await Promise.all(tabs.map(stateOf)), ['signed-in', 'signed-in']);
  const since = server.passed.length;
  await server.revive();
  await pass(context, server, 80 * SECOND_MS);
  await until(() => server.count('POST', '/auth/refresh', since) > 0);
  assert.deepEqual(await Promise.all(tabs.map((tab) => ask(tab))), [200, 200]);
  assert.deepEqual(await Promise.all(tabs.map(stateOf)), ['signed-in', 'signed-in']);
});

test('offline the session is kept, and renewed as soon as there is a network', async (t) => {
  const context = await newPerson(t, browser, { nowMs: Date.now() });
  const page = await openTab(context, server);
  await signUp(page);
  await context.setOffline(true);
  const since = server.passed.length;
  await sleep(context, server, 60 * MINUTE_MS);
  await pass(context, server, 30 * SECOND_MS);
  await assert.rejects(ask(page), /Failed to fetch/);
  assert.equal(await stateOf(page), 'signed-in');
  assert.equal(server.passed.length, since);
  await context.setOffline(false);
  await until(() => server.count('POST', '/auth/refresh', since) === 1);
  assert.equal(await ask(page), 200);
});

test('a tab that opens while the server is down knows as soon as it is back', async (t) => {
  const context = await newPerson(t, browser, { nowMs: Date.now() });
  const page = await openTab(context, server);
  const id = await signUp(page);
  const revive = server.disturb((path) => (path.startsWith('/auth/') ? { status: 502 } : undefined));
  const late = await openTab(context, server);
  assert.equal(await stateOf(late), 'unknown');
  revive();
  await pass(context, server, 10 * SECOND_MS);
  await waitForState(late, 'signed-in');
  assert.equal(await late.evaluate(() => window.client.session?.session_id), id);
});

describe('an answer that is no refusal of ours keeps the session', () => {
  const problem = { 'content-type': 'application/problem+json' };
  const cases: Readonly<Record<string, Disturbance & { readonly quietMs: number }>> = {
    'a store that was rolled back': {
      status: 503,
      headers: { ...problem, 'retry-after': '60' },
      body: '{"code":"ERR_STORE_ROLLED_BACK"}',
      quietMs: 55 * SECOND_MS,
    },
    'revocations that are not known': {
      status: 503,
      headers: { ...problem, 'retry-after': '30' },
      body: '{"code":"ERR_FEED_STALE"}',
      quietMs: 25 * SECOND_MS,
    },
    'too many requests': { status: 429, headers: { 'retry-after': '20' }, quietMs: 15 * SECOND_MS },
    'a network that wants a password first': {
      status: 401,
      headers: { 'content-type': 'application/json' },
      body: '{"error":"Sign in to our network","code":"ERR_REFRESH_INVALID"}',
      quietMs: 0,
    },
    'a page that says yes to everything': {
      status: 200,
      headers: { 'content-type': 'text/html' },
      quietMs: 0,
    },
  };

  let context: BrowserContext;
  let page: Page;
  before(async () => {
    context = await browser.newContext();
    await context.clock.install({ time: Date.now() });
    page = await openTab(context, server);
    await signUp(page);
  });
  after(() => context.close());

  for (const [name, { quietMs, ...disturbance }] of Object.entries(cases)) {
    test(name, async (t) => {
      const restore = server.disturb((path) => (path === '/auth/refresh' ? disturbance : undefined));
      t.after(restore);
      const since = server.passed.length;
      const asked = () => server.count('POST', '/auth/refresh', since);
      const answered = page.waitForResponse((response) => response.url().endsWith('/refresh'));
      await sleep(context, server, 20 * MINUTE_MS);
      await answered;
      // The page's clock stands still for nobody: the answer has to be read before it goes on.
      await page.waitForTimeout(100);
      await pass(context, server, quietMs);
      assert.equal(await ask(page), 401);
      assert.equal(asked(), 1, 'the server is left alone for as long as it asked');
      assert.equal(await stateOf(page), 'signed-in');
      restore();
      await pass(context, server, 30 * SECOND_MS);
      await until(() => asked() >= 2);
      assert.equal(await ask(page), 200);
    });
  }
});

/** Lets time pass while everybody is awake. */
async function pass(context: BrowserContext, testServer: TestServer, milliseconds: number): Promise<void> {
  const stepMs = 5 * SECOND_MS;
  for (let passedMs = 0; passedMs < milliseconds; passedMs += stepMs) {
    testServer.advance(stepMs);
    await context.clock.runFor(stepMs);
  }
}

async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!condition()) {
    assert.ok(performance.now() < endMs, `not within ten seconds: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
