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
const TABS = process.env['WATCHWORD_LONG'] === undefined ? 8 : 20;

let browser: Browser;
let server: TestServer;
before(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startServer()]);
});
after(async () => {
  await browser.close();
  await server.close();
});

describe(`${TABS} tabs`, () => {
  let context: BrowserContext;
  let tabs: Page[];
  before(async () => {
    context = await browser.newContext();
    await context.clock.install({ time: Date.now() });
    const first = await openTab(context, server);
    const others = Promise.all(Array.from({ length: TABS - 1 }, () => openTab(context, server)));
    tabs = [first, ...(await others)];
  });
  after(() => context.close());

  test('learn of a sign-in in one of them', async () => {
    assert.deepEqual(await statesOf(tabs), ['signed-out']);
    const since = server.passed.length;
    const id = await signUp(tabs[0] as Page);
    await Promise.all(tabs.map((tab) => waitForState(tab, 'signed-in')));
    const ids = await Promise.all(tabs.map((tab) => tab.evaluate(() => window.client.session?.session_id)));
    assert.deepEqual([...new Set(ids)], [id]);
    await untilQuiet(server);
    assert.ok(server.count('GET', '/auth/session', since) <= TABS, 'each has asked once');
    assert.equal(server.count('POST', '/auth/refresh', since), 0);
  });

  test('renew once before the token expires', async () => {
    const since = server.passed.length;
    await sleep(context, server, 8 * MINUTE_MS);
    assert.equal(server.count('POST', '/auth/refresh', since), 0, 'not yet');
    for (let minutes = 8; minutes < 13; minutes += 0.5) {
      await sleep(context, server, MINUTE_MS / 2);
      // An answer on its way would seem to take as long as the sleep.
      await tabs[0]?.waitForTimeout(100);
    }
    await untilQuiet(server);
    assert.equal(server.count('POST', '/auth/refresh', since), 1);
    assert.equal(rotationsOf(server), 1);
  });

  test('renew once when they all wake up with an expired token, and none sends a request before', async () => {
    const since = server.passed.length;
    await sleep(context, server, 60 * MINUTE_MS);
    assert.deepEqual([...new Set(await Promise.all(tabs.map((tab) => ask(tab))))], [200]);
    await untilQuiet(server);
    assert.equal(server.count('POST', '/auth/refresh', since), 1);
    assert.deepEqual([...new Set(server.passed.slice(since).map(({ status }) => status))], [200]);
    assert.equal(rotationsOf(server), 2);
  });

  test('are all signed out by a sign-out in one, and leave the server alone from then on', async () => {
    await tabs[7]?.evaluate(() => window.client.signOut());
    await Promise.all(tabs.map((tab) => waitForState(tab, 'signed-out')));
    const since = server.passed.length;
    await sleep(context, server, 60 * MINUTE_MS);
    await tabs[3]?.bringToFront();
    await untilQuiet(server);
    assert.deepEqual(server.passed.slice(since), []);
    assert.equal(await ask(tabs[3] as Page), 401);
    assert.deepEqual(
      server.passed.slice(since).map(({ path }) => path),
      ['/api/me'],
      'a request that is refused is no reason to renew',
    );
  });
});

test('a session that ends elsewhere ends in all tabs as soon as one notices', async (t) => {
  const context = await newPerson(t, browser);
  const [one, other] = [await openTab(context, server), await openTab(context, server)];
  const id = await signUp(one);
  await waitForState(other, 'signed-in');
  await server.auth.revoke.session(id);
  assert.equal(await ask(one), 401);
  assert.equal(await stateOf(one), 'signed-out');
  await waitForState(other, 'signed-out');
});

test('somebody else who signs in is who is signed in in the other tab, too', async (t) => {
  const context = await newPerson(t, browser);
  const [one, other] = [await openTab(context, server), await openTab(context, server)];
  const first = await signUp(one);
  await waitForState(other, 'signed-in');
  const second = await signUp(other);
  assert.notEqual(second, first);
  await one.waitForFunction((id) => window.client.session?.session_id === id, second);
});

test('a sign-out of a session that is over is not taken for one of the new session', async (t) => {
  const context = await newPerson(t, browser);
  const page = await openTab(context, server);
  const id = await signUp(page);
  const tell = (sessionId: string | undefined) =>
    page.evaluate(
      (told) => new BroadcastChannel(`watchword ${location.origin}/`).postMessage({ sessionId: told }),
      sessionId,
    );
  await tell('another');
  await tell(id);
  await waitForState(page, 'signed-out');
  await page.evaluate(() => window.client.refresh());
  assert.equal(await stateOf(page), 'signed-in');
  await tell('another');
  await page.waitForTimeout(50);
  assert.equal(await stateOf(page), 'signed-in');
});

test('a tab that knew of no session does not end that of another', async (t) => {
  const context = await newPerson(t, browser);
  const [one, late] = [await openTab(context, server), await openTab(context, server, '/idle')];
  await signUp(one);
  // As if the sign-in had come while the other tab was being answered.
  const code = (path: string) => `{"code":"ERR_${path === '/auth/refresh' ? 'REFRESH' : 'TOKEN'}_MISSING"}`;
  const headers = { 'content-type': 'application/problem+json' };
  const restore = server.disturb((path) =>
    path.startsWith('/auth/') ? { status: 401, headers, body: code(path) } : undefined,
  );
  t.after(restore);
  await late.evaluate(() => window.client.start());
  assert.equal(await stateOf(late), 'signed-out');
  restore();
  await one.waitForTimeout(50);
  assert.equal(await stateOf(one), 'signed-in');
});

test('a tab that hears of a renewal while it asks who has signed in asks again', async (t) => {
  const context = await newPerson(t, browser);
  const page = await openTab(context, server);
  const before = await signUp(page);
  let release: (() => void) | undefined;
  const restore = server.disturb((path) => {
    if (path !== '/auth/session' || release !== undefined) return undefined;
    return new Promise<undefined>((resolve) => (release = () => resolve(undefined)));
  });
  t.after(restore);
  // A sign-in that the client has no part in, told by another tab, and the renewal of the session before, told late.
  const id = await page.evaluate(async (known) => {
    const body = JSON.stringify({ email: 'eve@example.com', password: 'correct horse battery' });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch('/auth/sign-up', { method: 'POST', headers, body });
    const { session } = (await response.json()) as { session: { id: string } };
    const channel = new BroadcastChannel(`watchword ${location.origin}/`);
    const life = { lengthMs: 900_000, monotonicMs: 0, wallMs: Date.now() };
    channel.postMessage({ sessionId: session.id, life });
    channel.postMessage({ sessionId: known, life: { ...life, lengthMs: 2_000_000 } });
    return session.id;
  }, before);
  while (release === undefined) await page.waitForTimeout(10);
  await page.waitForTimeout(50);
  release();
  await page.waitForFunction((newer) => window.client.session?.session_id === newer, id);
});

test('a sign-in waits for the renewal of the session before, whose cookies would come after its own', async (t) => {
  const context = await newPerson(t, browser);
  const [one, other] = [await openTab(context, server), await openTab(context, server)];
  const before = await signUp(one);
  await waitForState(other, 'signed-in');
  let release = () => {};
  const held = new Promise<undefined>((resolve) => (release = () => resolve(undefined)));
  const asked = one.waitForRequest((request) => request.url().endsWith('/auth/refresh'));
  t.after(server.disturb((path) => (path === '/auth/refresh' ? held : undefined)));
  const since = server.passed.length;
  const renewed = one.evaluate(() => window.client.refresh());
  await asked;
  const signedUp = signUp(other);
  await other.waitForTimeout(100);
  release();
  await renewed;
  const id = await signedUp;
  const changing = server.passed.slice(since).filter(({ method }) => method === 'POST');
  assert.deepEqual(
    changing.map(({ path }) => path),
    ['/auth/refresh', '/auth/sign-up'],
  );
  assert.notEqual(id, before);
  await one.waitForFunction((newer) => window.client.session?.session_id === newer, id);
  assert.deepEqual([await ask(one), await ask(other)], [200, 200]);
});

test('without Web Locks and channels each tab renews for itself, and nobody is signed out', async (t) => {
  const context = await newPerson(t, browser, { nowMs: Date.now() });
  await context.addInitScript(() => {
    Object.defineProperty(navigator, 'locks', { value: undefined });
    Reflect.deleteProperty(window, 'BroadcastChannel');
  });
  const first = await openTab(context, server);
  await signUp(first);
  const tabs = [first, await openTab(context, server)];
  for (let hours = 0; hours < 2; hours += 1) {
    const since = server.passed.length;
    await sleep(context, server, 60 * MINUTE_MS);
    const asks = tabs.flatMap((tab) => [ask(tab), ask(tab), ask(tab)]);
    assert.deepEqual([...new Set(await Promise.all(asks))], [200]);
    assert.equal(server.count('POST', '/auth/refresh', since), tabs.length);
  }
  assert.deepEqual(await statesOf(tabs), ['signed-in']);
  assert.equal(server.events.filter(({ type }) => type === 'refresh_reused').length, 0);
});

test('a tab that keeps the lock for ever does not keep the others from renewing', async (t) => {
  const context = await newPerson(t, browser, { nowMs: Date.now() });
  // As if fifteen seconds were over.
  await context.addInitScript(() => {
    AbortSignal.timeout = (milliseconds) => {
      const controller = new AbortController();
      if (milliseconds === 15_000) controller.abort();
      return controller.signal;
    };
  });
  const [frozen, awake] = [await openTab(context, server, '/idle'), await openTab(context, server)];
  await signUp(awake);
  await frozen.evaluate(() => {
    void navigator.locks.request(`watchword ${location.origin}/`, () => new Promise(() => {}));
  });
  server.advance(60 * MINUTE_MS);
  assert.equal(await ask(awake), 200);
});

async function statesOf(pages: readonly Page[]): Promise<string[]> {
  return [...new Set(await Promise.all(pages.map(stateOf)))];
}

function rotationsOf({ events }: TestServer): number {
  return events.filter(({ type }) => type === 'refresh_rotated').length;
}

/** Waits until no request has come for a while. */
async function untilQuiet({ passed }: TestServer): Promise<void> {
  let before = -1;
  while (passed.length !== before) {
    before = passed.length;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
