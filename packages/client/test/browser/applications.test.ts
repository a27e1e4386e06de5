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

test('an injected script finds no token: not in cookies, storage, messages, answers or the client', async (t) => {
  const context = await newPerson(t, browser);
  // The script of an attacker who was there first: it hears and keeps all that passes by.
  await context.addInitScript(() => {
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
  });
  const victim = await openTab(context, server);
  const listener = await openTab(context, server);
  await signUp(victim);
  await waitForState(listener, 'signed-in');
  server.advance(3_600_000);
  assert.equal(await victim.evaluate(async () => (await window.client.fetch('/api/me')).status), 200);
  await victim.evaluate(() => window.client.refresh());

  const found: string[] = [];
  for (const page of [victim, listener]) {
    found.push(
      await page.evaluate(async () =>
        JSON.stringify([
          document.cookie,
          { ...localStorage },
          { ...sessionStorage },
          await indexedDB.databases(),
          await caches.keys(),
          (await navigator.locks.query()).held,
          window.client,
          (window as unknown as { heard: string[] }).heard,
          document.documentElement.outerHTML,
        ]),
      ),
    );
  }
  const cookies = await context.cookies();
  assert.deepEqual(cookies.map(({ name, httpOnly }) => [name, httpOnly]).toSorted(), [
    ['__Host-ww_at', true],
    ['__Host-ww_rt', true],
  ]);
  const text = found.join('\n');
  assert.match(text, /message \{.*sessionId/, 'the attacker did hear the tabs');
  assert.match(text, /"expires_in/, 'and read the answers');
  for (const { value } of cookies) assert.ok(!text.includes(value.slice(0, 24)));
  assert.doesNotMatch(text, /wwr_|eyJ/);
});

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
