import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { startReady } from '../start/server-process.ts';
import { press, signUp, visit } from './browser.ts';
import { waitForProof } from './family.ts';

/** So small that the story is told in a second or two. */
const environment = { WATCHWORD_RACE_WINDOW_MS: '150' };

/** Goes through every view of the page, and has axe and the width of the screen judge each. */
export async function walkThroughViews(
  t: TestContext,
  browser: Browser,
  { colorScheme, width }: { readonly colorScheme: 'light' | 'dark'; readonly width: number },
): Promise<void> {
  const { url, server } = await startReady(t, { environment });
  const { page, complaints } = await visit(t, browser, url, {
    colorScheme,
    reducedMotion: 'reduce',
    viewport: { width, height: 900 },
  });
  await page.locator('#invitation').waitFor();
  await assertClean(page, 'signed out');
  await page.locator('#sign-in').click();
  await assertClean(page, 'a form with faults');
  await press(page, '#call-protected', '/me');
  await page.locator('#protected-answer[data-status="401"]').waitFor();
  await page.locator('#tab-sign-up').click();
  await assertClean(page, 'sign-up, and a refusal');

  await signUp(page, { email: `${'ada.'.repeat(15)}@example.com`, password: 'correct horse battery' });
  await page.locator('#acts').waitFor();
  await press(page, '#lose-answer', '/demo/lose-answer');
  await page.locator('#retry-lost').waitFor();
  await page.locator('#revoke-all').click();
  await assertClean(page, 'an answer lost, a confirmation open');
  await page.locator('#revoke-keep').click();
  await press(page, '#retry-lost', '/auth/refresh');
  await press(page, '#steal', '/demo/steal');
  await waitForProof(page);
  await press(page, '#call-protected', '/me');
  await page.locator('#protected-answer[data-status="200"]').waitFor();
  await assertClean(page, 'before the strike');
  await press(page, '#strike', '/demo/replay');
  await page.locator('#fallen').waitFor();
  await assertClean(page, 'the family has died');

  server.signal('SIGKILL');
  await server.ended();
  await page.locator('#tab-sign-in').click();
  await page.locator('#email').fill('ada@example.com');
  await page.locator('#password').fill('correct horse battery');
  await page.locator('#sign-in').click();
  await page.locator('#problem[data-kind="warn"]').waitFor();
  await assertClean(page, 'an outage');
  const others = complaints.filter((text) => !/net::ERR_/.test(text));
  assert.deepEqual(others, []);
}

async function assertClean(page: Page, view: string): Promise<void> {
  await page.evaluate(axe.source);
  const results = (await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] })',
  )) as axe.AxeResults;
  const found = results.violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
  );
  assert.deepEqual(found, [], view);
  const overflow = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  assert.equal(overflow, 0, `${view} is wider than the screen`);
}
