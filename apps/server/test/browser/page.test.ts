import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Cookie } from 'playwright-core';
import { startReady } from '../start/server-process.ts';
import {
  assertCookies,
  assertNoTokenInSight,
  cookiesOf,
  CREDENTIALS,
  generationOf,
  launchBrowser,
  press,
  signUp,
  visit,
} from './browser.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

// The ordinary run of @watchword/client's tests has a browser with an opaque session, too.
const FORMS = process.env['WATCHWORD_LONG'] === undefined ? (['jwt'] as const) : (['jwt', 'opaque'] as const);

for (const form of FORMS) {
  test(`a real browser: sign up, refresh, call a protected route, sign out; script never sees a token: ${form}`, async (t) => {
    const { url } = await startReady(t, { environment: { WATCHWORD_BROWSER_SESSIONS: form } });
    const visitor = await visit(t, browser, url);
    const { page, context, complaints } = visitor;
    await page.locator('#sign-in-form').waitFor();
    assert.deepEqual(await cookiesOf(context), []);
    const asked: string[] = [];
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith('/auth/')) asked.push(`${request.method()} ${pathname}`);
    });
    await page.reload();
    await page.locator('#sign-in-form').waitFor();
    assert.deepEqual(asked, ['GET /auth/session'], 'who holds no session asks once');

    await signUp(page);
    assert.equal(await generationOf(page), 1);
    await assertCookies(context, form);
    const before = await cookiesOf(context);

    assert.equal((await press(page, '#refresh', '/auth/refresh')).status(), 200);
    await page.locator('#generation', { hasText: /^2$/ }).waitFor();
    await assertCookies(context, form);
    const after = await cookiesOf(context);
    assert.notEqual(after.find(isSecret)?.value, before.find(isSecret)?.value);

    assert.equal((await press(page, '#call-protected', '/me')).status(), 200);
    await page.locator('#protected-answer[data-status="200"]').waitFor();
    assert.ok((await page.locator('#timeline > *').count()) >= 3);

    await page.reload();
    await page.locator('#session-view').waitFor();
    assert.equal(await generationOf(page), 2, 'the session outlives the page');
    assert.equal((await press(page, '#steal', '/demo/steal')).status(), 200);
    await assertNoTokenInSight(visitor);

    assert.equal((await press(page, '#sign-out', '/auth/sign-out')).status(), 204);
    await page.locator('#sign-in-form').waitFor();
    assert.deepEqual(await cookiesOf(context), []);
    assert.equal((await press(page, '#call-protected', '/me')).status(), 401);
    await page.locator('#protected-answer[data-status="401"]').waitFor();
    await assertNoTokenInSight(visitor);
    assert.deepEqual(complaints, []);
  });
}

const isSecret = ({ httpOnly }: Cookie) => httpOnly;

test('two tabs that refresh at the same time stay signed in, on one generation', async (t) => {
  const { url } = await startReady(t);
  const { page, context } = await visit(t, browser, url);
  await signUp(page);
  const other = await context.newPage();
  await other.goto(url);
  await other.locator('#session-view').waitFor();
  const answers = await Promise.all([page, other].map((tab) => press(tab, '#refresh', '/auth/refresh')));
  assert.deepEqual(
    answers.map((answer) => answer.status()),
    [200, 200],
  );
  for (const tab of [page, other]) await tab.locator('#generation', { hasText: /^2$/ }).waitFor();
  assert.equal((await press(other, '#call-protected', '/me')).status(), 200);
});

test('who does not want to be remembered gets cookies that go with the browser, and others are told apart in the list', async (t) => {
  const { url } = await startReady(t);
  const home = await visit(t, browser, url);
  await signUp(home.page);
  const kept = await home.context.cookies();
  assert.ok(
    kept.every(({ expires }) => expires > 0),
    'remembered cookies say when they expire',
  );
  const { page, context } = await visit(t, browser, url);
  await page.locator('#email').fill(CREDENTIALS.email);
  await page.locator('#password').fill(CREDENTIALS.password);
  await page.locator('#remember').uncheck();
  await page.locator('#sign-in').click();
  await page.locator('#session-view').waitFor();
  const cookies = await context.cookies();
  assert.deepEqual(
    cookies.map(({ expires }) => expires),
    [-1, -1, -1],
  );
  const [other] = await page.locator('#other-sessions li').allInnerTexts();
  assert.match(other ?? '', /Chrome on Linux[\s\S]*Last used[\s\S]*From\s*(127\.0\.0\.0\/24|::\/48)/);
});
