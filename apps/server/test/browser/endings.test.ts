import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { SECRET, startReady } from '../start/server-process.ts';
import { launchBrowser, press, signIn, signUp, visit } from './browser.ts';
import { toldOf } from './family.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

test('revoking everything is asked twice, and reaches the other tab and a browser that nobody told', async (t) => {
  const { url } = await startReady(t);
  const { page, context, complaints } = await visit(t, browser, url);
  await signUp(page);
  const opened = context.waitForEvent('page');
  await page.locator('#second-tab').click();
  const other = await opened;
  await other.locator('#session-view').waitFor();
  const { page: elsewhere } = await visit(t, browser, url);
  await signIn(elsewhere);
  await page.bringToFront();

  await page.locator('#revoke-all').click();
  assert.equal(await page.evaluate('document.activeElement.id'), 'revoke-keep', 'the way back has the focus');
  await page.keyboard.press('Escape');
  assert.ok(await page.locator('#revoke-sure').isHidden());
  assert.equal(await page.evaluate('document.activeElement.id'), 'revoke-all');

  await page.locator('#revoke-all').click();
  await page.locator('#revoke-sure', { hasText: 'Revoke 2 sessions' }).waitFor();
  assert.equal((await press(page, '#revoke-sure', '/demo/revoke-all')).status(), 200);
  await page.locator('#fallen[data-reason="revoked_all"]').waitFor();
  assert.match((await toldOf(page, 'all-revoked')).what, /every session of everybody/);
  await other.locator('#fallen[data-reason="revoked_all"]').waitFor({ state: 'attached' });
  assert.match((await toldOf(other, 'fell-out')).what, /everything was revoked in another tab/);
  await elsewhere.locator('#fallen[data-reason="unknown"]').waitFor();
  assert.match((await toldOf(elsewhere, 'session-over')).what, /This session is over/);
  assert.deepEqual(complaints, []);
});

test('signing out in one tab signs out the other, which says so', async (t) => {
  const { url } = await startReady(t);
  const { page, context } = await visit(t, browser, url);
  await signUp(page);
  const other = await context.newPage();
  await other.goto(url);
  await other.locator('#session-view').waitFor();
  await press(page, '#sign-out', '/auth/sign-out');
  await page.locator('#sign-view').waitFor();
  assert.ok(await page.locator('#fallen').isHidden(), 'who signs out is not told that something fell');
  await other.locator('#fallen[data-reason="signed_out"]').waitFor({ state: 'attached' });
  assert.match((await toldOf(other, 'fell-out')).what, /you signed out in another tab/);
});

test('a tab that finds its session over before it is told says why once it is', async (t) => {
  const { url } = await startReady(t);
  const { page, context } = await visit(t, browser, url);
  await signUp(page);
  const other = await context.newPage();
  await other.addInitScript(`{
    const listen = BroadcastChannel.prototype.addEventListener;
    globalThis.heard = new Promise((resolve) => { globalThis.hear = resolve; });
    BroadcastChannel.prototype.addEventListener = function (type, listener) {
      listen.call(this, type, async (event) => { await globalThis.heard; listener(event); });
    };
  }`);
  await other.goto(url);
  await other.locator('#session-view').waitFor();
  await press(page, '#sign-out', '/auth/sign-out');
  assert.equal((await press(other, '#refresh', '/auth/refresh')).status(), 401);
  await other.locator('#fallen[data-reason="unknown"]').waitFor();
  await other.evaluate('globalThis.hear()');
  await other.locator('#fallen[data-reason="signed_out"]').waitFor();
  assert.match((await toldOf(other, 'fell-out')).what, /you signed out in another tab/);
});

test('in production the page works without the tricks, and does not speak of them', async (t) => {
  const { url } = await startReady(t, {
    environment: {
      NODE_ENV: 'production',
      WATCHWORD_SECRET: SECRET,
      WATCHWORD_UNSAFE_SIGN_UP_REVEALS_ADDRESSES: 'true',
    },
  });
  const { page, complaints } = await visit(t, browser, url);
  await page.locator('#intro').waitFor();
  await signUp(page);
  assert.equal((await press(page, '#refresh', '/auth/refresh')).status(), 200);
  await page.locator('#generation', { hasText: /^2$/ }).waitFor();
  assert.ok(await page.locator('#acts').isHidden());
  assert.ok(await page.locator('#invitation').isHidden());
  assert.doesNotMatch(await page.locator('body').innerText(), /steal|break it|revoke everything/i);
  assert.deepEqual(complaints, []);
});
