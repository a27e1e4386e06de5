import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { walkThroughViews } from './accessible-walk.ts';
import { launchBrowser } from './browser.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every view is clean for axe and fits 360 px: ${colorScheme}`, (t) =>
    walkThroughViews(t, browser, { colorScheme, width: 360 }));
}
