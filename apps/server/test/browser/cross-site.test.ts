import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { startReady } from '../start/server-process.ts';
import {
  assertCookies,
  cookiesOf,
  CREDENTIALS,
  generationOf,
  launchBrowser,
  press,
  signUp,
  visit,
} from './browser.ts';
import { startBehindProxy } from './proxy.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const MALLORY = { email: 'mallory@example.com', password: 'mallory mallory' };

/** What a page of another site can send without asking first: forms, and fetch without CORS. */
function attacks(url: string): Readonly<Record<string, string>> {
  const form = (path: string, type: string, fields: Record<string, string>) => `
    const form = document.createElement('form');
    Object.assign(form, { method: 'post', action: '${url}${path}', enctype: '${type}' });
    for (const [name, value] of Object.entries(${JSON.stringify(fields)})) {
      form.append(Object.assign(document.createElement('input'), { name, value }));
    }
    document.body.append(form);
    form.submit();`;
  const simple = (path: string, body: string, method = 'POST') => `fetch('${url}${path}', {
    method: '${method}', mode: 'no-cors', credentials: 'include', ${body === '' ? '' : `body: '${body}'`} }).catch(() => {})`;
  const asking = (path: string, method: string, body = '') => `fetch('${url}${path}', {
    method: '${method}', credentials: 'include', headers: { 'content-type': 'application/json' },
    ${body === '' ? '' : `body: '${body}'`} }).catch(() => {})`;
  const json = JSON.stringify(MALLORY);
  return {
    'a form to sign out': form('/auth/sign-out', 'application/x-www-form-urlencoded', {}),
    'a form to refresh': form('/auth/refresh', 'application/x-www-form-urlencoded', {}),
    'a form to sign in as somebody else': form('/auth/sign-in', 'application/x-www-form-urlencoded', MALLORY),
    'a form that looks like JSON': form('/auth/sign-in', 'text/plain', {
      [json.slice(0, -1).concat(',"x":"')]: '"}',
    }),
    'a form of parts': form('/auth/sign-in', 'multipart/form-data', MALLORY),
    'a fetch to sign out': simple('/auth/sign-out', ''),
    'a fetch to refresh': simple('/auth/refresh', ''),
    'a fetch of text to sign in': simple('/auth/sign-in', json),
    'a fetch of JSON to sign in': asking('/auth/sign-in', 'POST', json),
    'a fetch that deletes the other sessions': asking('/auth/sessions', 'DELETE'),
  };
}

const ATTACKERS = [
  // As if the browser sent the cookies with a form of another site all the same.
  { host: 'evil.localhost', sameSite: 'None', refresh: 403 },
  { host: 'evil.localhost', sameSite: 'Lax', refresh: 401 },
  { host: '127.0.0.1', sameSite: 'Lax', refresh: 401 },
] as const;
// The ordinary run has the one who is sent cookies; the long run has all.
const ATTACKER_COUNT = process.env['WATCHWORD_LONG'] === undefined ? 1 : ATTACKERS.length;

for (const { host, sameSite, refresh } of ATTACKERS.slice(0, ATTACKER_COUNT)) {
  test(`nothing that a page on ${host} sends changes anything, with cookies that are SameSite=${sameSite}`, async (t) => {
    const { url, passed } = await startBehindProxy(t);
    const body = JSON.stringify({ ...MALLORY, delivery: 'body' });
    await fetch(`${url}/auth/sign-up`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const { page, context } = await visit(t, browser, url);
    await signUp(page);
    await context.addCookies((await cookiesOf(context)).map((cookie) => ({ ...cookie, sameSite })));
    const before = await cookiesOf(context);

    const lair = `http://${host}:${await serveEvil(t)}/`;
    for (const [name, script] of Object.entries(attacks(url))) {
      const evil = await context.newPage();
      await evil.goto(lair);
      const earlier = passed.length;
      await evil.evaluate(`(() => { ${script} })()`);
      const answersSo = () => passed.slice(earlier).filter(({ method }) => method !== 'GET');
      while (answersSo().length === 0) await pause(5);
      await evil.close();
      // Without what the signed-in page itself asks meanwhile.
      const answers = answersSo();
      // Not signed in, of another site, a method (of a preflight) or a type that is not taken.
      assert.ok(
        answers.every(({ status }) => [401, 403, 405, 415].includes(status)),
        `${name}: ${JSON.stringify(answers)}`,
      );
      if (name === 'a form to refresh') assert.equal(answers[0]?.status, refresh);
    }

    assert.deepEqual(await cookiesOf(context), before, 'not a cookie was set, cleared or moved on');
    await page.reload();
    await page.locator('#session-view').waitFor();
    assert.equal(await page.locator('#session-title').textContent(), CREDENTIALS.email);
    assert.equal(await generationOf(page), 1);
    assert.equal((await press(page, '#refresh', '/auth/refresh')).status(), 200);
    await assertCookies(context);
  });
}

test('a link from another site leads to the page, signed in: Lax cookies go along with a navigation', async (t) => {
  const { url } = await startReady(t);
  const { page, context } = await visit(t, browser, url);
  await signUp(page);
  const other = await context.newPage();
  await other.goto(`http://evil.localhost:${await serveEvil(t)}/`);
  await other.evaluate(`location.href = '${url}/'`);
  await other.locator('#session-view').waitFor();
});

async function serveEvil(t: TestContext): Promise<number> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>evil</title><body>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
