import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { bundleModule } from '../support/bundle.ts';
import { launchBrowser, newPerson, openTab, signUp, waitForState } from '../support/browser.ts';
import { startServer, type TestServer } from '../support/server.ts';

let browser: Browser;
let server: TestServer;
before(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startServer()]);
});
after(async () => {
  await browser.close();
  await server.close();
});

const COOKIES = {
  jwt: ['__Host-ww_at true', '__Host-ww_csrf false', '__Host-ww_rt true'],
  opaque: ['__Host-ww_csrf false', '__Host-ww_sid true'],
};

for (const form of ['jwt', 'opaque'] as const) {
  test(`an injected script finds no credential in any place that it can reach: ${form}`, async (t) => {
    const own = await startServer({ browserSessions: form });
    t.after(() => own.close());
    const context = await newPerson(t, browser);
    // The script of an attacker who was there first: it hears and keeps all that passes by.
    await context.addInitScript(eavesdrop);
    const victim = await openTab(context, own);
    const listener = await openTab(context, own);
    await signUp(victim);
    await waitForState(listener, 'signed-in');
    own.advance(3_600_000);
    assert.equal(await victim.evaluate(async () => (await window.client.fetch('/api/me')).status), 200);
    await victim.evaluate(() => window.client.refresh());

    const text = (await Promise.all([victim, listener].map((page) => page.evaluate(rummage)))).join('\n');
    const cookies = await context.cookies();
    assert.deepEqual(cookies.map(({ name, httpOnly }) => `${name} ${httpOnly}`).toSorted(), COOKIES[form]);
    assert.match(text, /message \{.*sessionId/, 'the attacker did hear the tabs');
    assert.match(text, /"expires_in/, 'and read the answers');
    assert.match(text, /auth\/refresh/, 'and what was requested');
    for (const { value, httpOnly } of cookies) assert.equal(text.includes(value.slice(0, 24)), !httpOnly);
    assert.doesNotMatch(text, /ww[rs]_|eyJ/);

    const csrf = cookies.find(({ name }) => name === '__Host-ww_csrf')?.value ?? '';
    await assertWorthless(own, csrf);
  });
}

/** What script may read opens nothing: not alone, and not as a credential. */
async function assertWorthless({ url }: TestServer, csrf: string): Promise<void> {
  const headers = { cookie: `__Host-ww_csrf=${csrf}`, 'x-ww-csrf': csrf };
  for (const [method, path, more] of [
    ['GET', '/auth/session', {}],
    ['POST', '/auth/refresh', {}],
    ['DELETE', '/auth/sessions', {}],
    ['GET', '/api/me', {}],
    ['GET', '/api/me', { authorization: `Bearer ${csrf}` }],
    ['GET', '/api/me', { cookie: `__Host-ww_at=${csrf}` }],
    ['GET', '/api/me', { cookie: `__Host-ww_sid=${csrf}` }],
    ['POST', '/auth/refresh', { cookie: `__Host-ww_rt=${csrf}; __Host-ww_csrf=${csrf}` }],
  ] as const) {
    const response = await fetch(url + path, { method, headers: { ...headers, ...more } });
    assert.ok([401, 403].includes(response.status), `${method} ${path}: ${response.status}`);
  }
}

function eavesdrop(): void {
  const heard: string[] = [];
  Object.assign(window, { heard });
  const { fetch: own } = window;
  window.fetch = async (input, init) => {
    const response = await own(input, init);
    heard.push(
      JSON.stringify([...response.headers]),
      await response.clone().text(),
      JSON.stringify(init ?? {}),
    );
    return response;
  };
  const channel = new BroadcastChannel(`watchword ${location.origin}/`);
  channel.addEventListener('message', ({ data }) => heard.push(`message ${JSON.stringify(data)}`));
}

async function rummage(): Promise<string> {
  const cached = await Promise.all(
    (await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)),
  );
  // The browser's own cache holds what an answer allowed it to.
  const kept = await Promise.all(
    ['/auth/session', '/auth/refresh', '/api/me'].map(async (path) =>
      fetch(path, { cache: 'only-if-cached', mode: 'same-origin' }).then(
        (response) => response.text(),
        (error: unknown) => String(error),
      ),
    ),
  );
  return JSON.stringify([
    document.cookie,
    { ...localStorage },
    { ...sessionStorage },
    await indexedDB.databases(),
    cached,
    kept,
    (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope),
    performance.getEntries(),
    (await navigator.locks.query()).held,
    [history.state, window.name, document.referrer],
    window.client,
    (window as unknown as { heard: string[] }).heard,
    document.documentElement.outerHTML,
  ]);
}

const PAGE = `
  import { createElement, StrictMode } from 'react';
  import { hydrateRoot } from 'react-dom/client';
  import { createClient } from '@watchword/client';
  import { useSession } from '@watchword/client/react';

  window.client = createClient();
  window.renders = 0;
  function Greeting() {
    const { state, session } = useSession(window.client);
    window.renders += 1;
    return createElement('p', { id: 'greeting' }, state + ' ' + (session?.user?.email ?? 'nobody'));
  }
  const root = document.getElementById('root');
  root.innerHTML = '<p id="greeting">unknown nobody</p>';
  hydrateRoot(root, createElement(StrictMode, null, createElement(Greeting)), {
    onRecoverableError: (error) => { window.failure = String(error); },
  });
  await window.client.start();
`;

test('a component sees who is signed in, and does not render at a renewal', async (t) => {
  server.modules.set('/react.js', await bundleModule(PAGE));
  const page = await (await newPerson(t, browser)).newPage();
  await page.goto(`${server.url}/react`);
  const says = (text: string) => page.locator('#greeting', { hasText: text }).waitFor();
  await says('signed-out nobody');
  await signUp(page);
  await says('@example.com');
  const renders = await page.evaluate('renders');
  await page.evaluate(() => window.client.refresh());
  assert.equal(await page.evaluate('renders'), renders);
  await page.evaluate(() => window.client.signOut());
  await says('signed-out nobody');
  assert.equal(await page.evaluate('window.failure'), undefined);
});

test('what the README shows works as it stands there', async (t) => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [session = '', calls = '', react = ''] = [...readme.matchAll(/^```js\n([^]*?)^```$/gm)].map(
    ([, block = '']) => block,
  );
  const files = { 'session.js': session, 'calls.js': calls, 'react.js': react };
  const main = `
    import { createRoot } from 'react-dom/client';
    import { createElement } from 'react';
    import { client } from './session.js';
    import { signIn, signOut } from './calls.js';
    import { Greeting } from './react.js';
    Object.assign(window, { client, signIn, signOut, begun: true });
    createRoot(document.getElementById('root')).render(createElement(Greeting));`;
  server.modules.set('/readme.js', await bundleModule(main, files));
  const page = await (await newPerson(t, browser)).newPage();
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(String(error)));
  await page.goto(`${server.url}/readme`);
  const says = (text: string) => page.locator('#root p', { hasText: text }).waitFor();

  await says('Please sign in');
  const wrong = page.evaluate("signIn('ada@example.com', 'not this')");
  await assert.rejects(wrong, /The address or the password is wrong/);
  await signUp(page);
  const email = await page.evaluate(() => window.client.session?.user?.email);
  await page.evaluate('signOut()');
  await says('Please sign in');
  await page.evaluate(`signIn('${email}', 'correct horse battery')`);
  await says(`Hello ${email}`);
  assert.deepEqual(failures, []);
});
