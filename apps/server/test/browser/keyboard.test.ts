import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startReady } from '../start/server-process.ts';
import { CREDENTIALS, launchBrowser, visit } from './browser.ts';
import { waitForProof } from './family.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

test('by keyboard alone: sign up, steal, wait, strike, and read what became of it', async (t) => {
  const { url } = await startReady(t, { environment: { WATCHWORD_RACE_WINDOW_MS: '300' } });
  const { page, complaints } = await visit(t, browser, url);
  await page.locator('#invitation').waitFor();

  await tabTo(page, 'tab-sign-in');
  await page.keyboard.press('ArrowRight');
  await tabTo(page, 'new-email');
  await page.keyboard.type(CREDENTIALS.email);
  await tabTo(page, 'new-password');
  await page.keyboard.type(CREDENTIALS.password);
  await page.keyboard.press('Enter');
  await page.locator('#acts').waitFor();
  assert.equal(await focused(page), 'session-title', 'the focus follows into the view');

  await tabTo(page, 'lose-answer');
  await page.keyboard.press('Enter');
  await page.locator('#retry-lost').waitFor();
  await waitForFocus(page, 'retry-lost');
  await page.keyboard.press('Enter');
  await waitForFocus(page, 'lose-answer');

  await tabTo(page, 'steal', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await waitForFocus(page, 'strike');
  await waitForProof(page);
  assert.equal(await focused(page), 'strike', 'what the page does meanwhile takes no focus');
  await page.keyboard.press('Space');
  await page.locator('#fallen').waitFor();
  await waitForFocus(page, 'fallen-title');
  await page
    .locator('#announcer', { hasText: 'The family has died: generation 2 came back twice.' })
    .waitFor({
      state: 'attached',
    });
  assert.deepEqual(complaints, []);
});

/** Goes on until the element has the focus; on the way each place that has it is seen to have it. */
async function tabTo(page: Page, id: string, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press(key);
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    const at = await focused(page);
    assert.notEqual(outline, 'none', `the focus on ${at} is not seen`);
    if (at === id) return;
  }
  assert.fail(`${id} cannot be reached`);
}

async function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.id || document.activeElement.outerHTML.slice(0, 80)');
}

async function waitForFocus(page: Page, id: string): Promise<void> {
  await page.locator(`#${id}:focus`).waitFor();
}
