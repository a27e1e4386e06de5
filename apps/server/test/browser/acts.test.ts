import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startReady } from '../start/server-process.ts';
import {
  assertNoTokenInSight,
  cookiesOf,
  generationOf,
  launchBrowser,
  press,
  signIn,
  signUp,
  visit,
} from './browser.ts';
import { drawnFamily, toldOf, waitForProof } from './family.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Settling takes six seconds. */
const environment = { WATCHWORD_RACE_WINDOW_MS: '1500' };

test('an answer is lost: the page shows what is where, and the retry brings the same generation', async (t) => {
  const { url } = await startReady(t, { environment });
  const visitor = await visit(t, browser, url);
  const { page, context, complaints } = visitor;
  await signUp(page);
  const before = await cookiesOf(context);

  assert.equal((await press(page, '#lose-answer', '/demo/lose-answer')).status(), 200);
  await page.locator('#retry-lost').waitFor();
  assert.deepEqual(await cookiesOf(context), before, 'the browser knows nothing of it');
  assert.deepEqual(await drawnFamily(page, '#tablets'), ['1 held', '2 lost', '3 next']);
  const lost = await toldOf(page, 'answer-lost');
  assert.equal(lost.what, 'The answer with generation 2 was lost.');
  assert.equal(lost.line, 'The family: generation 1 still here, generation 2 lost.');

  assert.equal((await press(page, '#retry-lost', '/auth/refresh')).status(), 200);
  assert.match((await toldOf(page, 'resent')).what, /generation 2 was sent again, the same one/);
  assert.deepEqual(await drawnFamily(page, '#tablets'), ['1 returned', '2 resent', '3 next']);
  assert.equal(await generationOf(page), 2);
  assert.equal((await press(page, '#call-protected', '/me')).status(), 200);

  await press(page, '#lose-answer', '/demo/lose-answer');
  await page.locator('#lose-said', { hasText: 'nothing new: generation 2 again' }).waitFor();
  await assertNoTokenInSight(visitor);
  assert.deepEqual(complaints, []);
});

test('a theft: early it is served, late the family dies, here and in the other tab, and each says why', async (t) => {
  const { url } = await startReady(t, { environment });
  const visitor = await visit(t, browser, url);
  const { page, context, complaints } = visitor;
  await signUp(page);
  const other = await context.newPage();
  await other.goto(url);
  await other.locator('#session-view').waitFor();
  await page.bringToFront();

  assert.equal((await press(page, '#steal', '/demo/steal')).status(), 200);
  assert.equal((await toldOf(page, 'stolen')).what, 'A thief has copied generation 1.');
  // The victim's browser moves on by itself: a first token rotates at once.
  await page.locator('#tablets > [data-generation="2"][data-state="delivered"]').waitFor();
  assert.deepEqual(await drawnFamily(page, '#tablets'), ['1 returned copied', '2 delivered', '3 next']);
  assert.equal(await page.locator('#strike').textContent(), 'Let the thief strike too early');
  assert.equal((await press(page, '#strike', '/demo/replay')).status(), 200);
  // On a machine that is slow at this moment the race window may be over: then it is counted, and still forgiven.
  assert.match((await toldOf(page, 'thief-served')).what, /[Tt]he thief was given generation 2/);
  assert.ok(await page.locator('#session-view').isVisible(), 'a race signs nobody out');

  await waitForProof(page);
  assert.equal(await page.locator('#step-settle-word').textContent(), 'Proven: your browser has stored 2.');
  assert.equal((await press(page, '#strike', '/demo/replay')).status(), 200);
  await page.locator('#fallen').waitFor();
  const died = await toldOf(page, 'reused');
  assert.equal(died.what, 'The family has died: generation 1 came back twice.');
  assert.equal(died.line, 'The family: generation 1 reused, copied by a thief, generation 2 ended.');
  assert.equal(await page.locator('#fallen-title').textContent(), 'The family has died');
  assert.equal(await page.locator('#fallen-what').textContent(), 'Generation 1 came back twice.');
  assert.ok(await page.locator('#protected-answer').isVisible());
  assert.deepEqual(await drawnFamily(page, '#fallen-tablets'), ['1 reused copied', '2 ended']);
  assert.equal(await page.locator('#fallen-twice li').count(), 2);
  const page404 = await page.request.get(
    new URL((await page.locator('#fallen-code a').getAttribute('href')) ?? '', url).href,
  );
  assert.match(await page404.text(), /^ERR_REFRESH_INVALID/);

  await other.locator('#fallen[data-reason="reused"]').waitFor({ state: 'attached' });
  assert.match((await toldOf(other, 'fell-out')).what, /because generation 1 came back twice/);
  assert.equal((await press(page, '#call-protected', '/me')).status(), 401);
  await assertNoTokenInSight(visitor);

  await signIn(page);
  assert.equal(await generationOf(page), 1, 'a new family');
  assert.ok(await page.locator('#fallen').isHidden());
  assert.ok(await page.locator('#steal').isVisible());
  assert.deepEqual(complaints, []);
});
