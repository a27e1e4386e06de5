import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { assertCookies, cookiesOf, generationOf, launchBrowser, press, signUp, visit } from './browser.ts';
import { startBehindProxy } from './proxy.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const RACE_WINDOW_MS = 1500;

for (const [when, waitMs] of [
  ['at once', 0],
  ['after the race window', RACE_WINDOW_MS + 500],
] as const) {
  test(`an answer to a refresh that is lost signs nobody out, tried again ${when}`, async (t) => {
    const environment = { WATCHWORD_RACE_WINDOW_MS: String(RACE_WINDOW_MS) };
    const proxy = await startBehindProxy(t, { environment });
    const { page, context } = await visit(t, browser, proxy.url);
    await signUp(page);
    const before = await cookiesOf(context);

    proxy.loseAnswersTo('/auth/refresh');
    await page.locator('#refresh').click();
    await page.locator('#problem[data-kind="warn"]').waitFor();
    const lost = proxy.passed.filter(({ isLost }) => isLost).map(({ status }) => status);
    assert.ok(
      lost.length > 0 && lost.every((status) => status === 200),
      `the server has rotated: ${lost.join(' ')}`,
    );
    assert.deepEqual(await cookiesOf(context), before, 'the browser knows nothing of it');
    assert.ok(await page.locator('#session-view').isVisible(), 'nobody is signed out by an outage');
    assert.equal(await generationOf(page), 1);

    await pause(waitMs);
    proxy.loseAnswersTo(undefined);
    assert.equal((await press(page, '#refresh', '/auth/refresh')).status(), 200);
    await page.locator('#generation', { hasText: /^2$/ }).waitFor();
    await assertCookies(context);
    assert.equal((await press(page, '#call-protected', '/me')).status(), 200);
    assert.ok(await page.locator('#session-view').isVisible());
  });
}
