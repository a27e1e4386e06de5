import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { walkThroughViews } from './accessible-walk.ts';
import { launchBrowser } from './browser.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

// The ordinary run looks at one colour scheme here and at the other on a wide screen; the long run at both.
const SCHEMES =
  process.env['WATCHWORD_LONG'] === undefined ? (['dark'] as const) : (['dark', 'light'] as const);

for (const colorScheme of SCHEMES) {
  test(`every view is clean for axe and fits 360 px: ${colorScheme}`, (t) =>
    walkThroughViews(t, browser, { colorScheme, width: 360 }));
}
