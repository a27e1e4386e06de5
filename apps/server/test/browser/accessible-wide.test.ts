import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { walkThroughViews } from './accessible-walk.ts';
import { launchBrowser } from './browser.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const seed = Number(process.env['WATCHWORD_SEED'] ?? Date.now() % 1_000_000);
// The ordinary run looks at one colour scheme here or at the other on a phone, as the seed says; the long run at all.
const isLong = process.env['WATCHWORD_LONG'] !== undefined;
const SCHEMES = isLong ? (['light', 'dark'] as const) : (['light'] as const);
const skip = !isLong && seed % 2 !== 0 && `not with WATCHWORD_SEED=${seed}`;

for (const colorScheme of SCHEMES) {
  test(`every view is clean for axe and fits 1600 px: ${colorScheme}`, { skip }, (t) =>
    walkThroughViews(t, browser, { colorScheme, width: 1600 }),
  );
}
