import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { attack, sendForms } from '../support/attacks.ts';
import { ask, launchBrowser, newPerson, openTab, signUp } from '../support/browser.ts';
import { formsOf } from '../support/forms.ts';
import { startServer, type TestServer } from '../support/server.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** What changes a session, or begins one. */
const DEEDS =
  /^(?:session_(?!refused)|refresh_(?!refused)|revocation_|account_(?!refused)|sign_in_succeeded|chain_)/;

const ATTACKERS = [
  { name: 'a page of another site', host: 'evil.localhost', sameSite: 'Lax' },
  { name: 'a page of a sibling, which is sent all cookies', host: 'b.app.localhost', sameSite: 'Lax' },
  { name: 'a page of another site, were it sent all cookies', host: 'evil.localhost', sameSite: 'None' },
] as const;

/** The ordinary run has the sibling, who is sent cookies; the long run has all. */
const TRIED = process.env['WATCHWORD_LONG'] === undefined ? ATTACKERS.slice(1, 2) : ATTACKERS;

for (const browserSessions of formsOf('jwt')) {
  describe(`a session that is kept as ${browserSessions}`, () => {
    let server: TestServer;
    before(async () => {
      server = await startServer({ host: 'a.app.localhost', browserSessions });
    });
    after(() => server.close());

    for (const { name, host, sameSite } of TRIED) {
      test(`${name} reads nothing and changes nothing`, async (t) => {
        const context = await newPerson(t, browser);
        const page = await openTab(context, server);
        const id = await signUp(page);
        await context.addCookies((await context.cookies()).map((cookie) => ({ ...cookie, sameSite })));
        const cookies = await cookiesOf(context);
        const evil = await openTab(context, at(server, host), '/idle');
        const [since, events] = [server.passed.length, server.events.length];

        assert.deepEqual(await evil.evaluate(attack, server.url), []);
        let expected = server.passed.length;
        for (const [paths, isFramed] of [
          [['/auth/sign-out', '/auth/refresh', '/auth/sign-in', '/api/me'], true],
          [['/auth/sign-out'], false],
        ] as const) {
          expected += await evil.evaluate(sendForms, { at: server.url, paths, isFramed });
        }
        await until(() => server.passed.length >= expected);
        await quiet(server);

        const arrived = server.passed.slice(since);
        const acting = arrived.filter(({ method }) => method !== 'GET' && method !== 'OPTIONS');
        assert.ok(acting.length >= 20, 'it did reach the server');
        assert.deepEqual(
          acting.filter(({ status }) => ![401, 403, 405, 415].includes(status)),
          [],
        );
        assert.deepEqual(
          server.events
            .slice(events)
            .map(({ type }) => type)
            .filter((type) => DEEDS.test(type)),
          [],
        );
        assert.deepEqual(await cookiesOf(context), cookies, 'not a cookie was set, cleared or moved on');
        await assertSignedIn(page, id);
      });
    }

    test('cookies that a sibling tosses are not taken for those of the session', async (t) => {
      const context = await newPerson(t, browser);
      const page = await openTab(context, server);
      const thief = await newPerson(t, browser);
      await signUp(await openTab(thief, server));
      const others = (await thief.cookies()).map(({ name, value }) => [name, value] as const);
      const sibling = await openTab(context, at(server, 'b.app.localhost'), '/idle');
      const toss = async () => sibling.evaluate(tossCookies, { own: others, domain: 'app.localhost' });

      // Before a sign-in, as who would have somebody act in a session that is not theirs.
      await toss();
      await page.reload();
      await page.waitForFunction(() => window.begun);
      assert.equal(await page.evaluate(() => window.client.state), 'signed-out');
      const id = await signUp(page);
      const cookies = await cookiesOf(context);
      await toss();
      assert.deepEqual(
        (await cookiesOf(context)).filter((cookie) => !cookies.includes(cookie)),
        [],
        'the browser stores none of these names for a sibling',
      );
      await assertSignedIn(page, id);
      assert.ok(await page.evaluate(() => window.client.refresh()));
      await assertSignedIn(page, id);
      await page.evaluate(() => window.client.signOut());
      assert.deepEqual(await cookiesOf(context), []);
    });

    test('a socket opens for a page of our own, as long as somebody is signed in', async (t) => {
      const context = await newPerson(t, browser);
      const page = await openTab(context, server);
      const open = async () =>
        page.evaluate(
          (url) =>
            new Promise((resolve) => {
              const socket = new WebSocket(url);
              socket.addEventListener('open', () => resolve('open'));
              socket.addEventListener('error', () => resolve('refused'));
            }),
          `${server.url.replace('http', 'ws')}/socket`,
        );
      assert.equal(await open(), 'refused');
      await signUp(page);
      assert.equal(await open(), 'open');
    });
  });
}

/** In all the spellings that browsers have let pass, or servers have taken for it. Runs in the page. */
function tossCookies({
  own,
  domain,
}: {
  readonly own: readonly (readonly [name: string, value: string])[];
  readonly domain: string;
}): void {
  for (const [name, value] of own) {
    const bare = name.replace('__Host-', '');
    for (const spelling of [
      `${name}=`,
      `=${name}=`,
      `${name.toLowerCase()}=`,
      `${bare}=`,
      `__Secure-${bare}=`,
      `\u2000${name}=`,
    ]) {
      for (const where of ['Path=/; Secure', 'Path=/auth; Secure', 'Path=/', 'Path=/auth']) {
        document.cookie = `${spelling}${value}; Domain=${domain}; ${where}`;
      }
    }
  }
}

/** The same server by another name: its page there is a page of another origin. */
function at(server: TestServer, host: string): TestServer {
  return { ...server, url: server.url.replace('a.app.localhost', host) };
}

/** Those that are, or look like, cookies of ours. */
async function cookiesOf(context: BrowserContext): Promise<string[]> {
  const cookies = await context.cookies();
  return cookies
    .filter(({ name, value }) => /^__host-/i.test(name) || /^__host-/i.test(value))
    .map(({ name, value, domain, path }) => `${name}=${value} ${domain}${path}`)
    .toSorted();
}

async function assertSignedIn(page: Page, id: string): Promise<void> {
  assert.equal(await ask(page), 200);
  await page.reload();
  await page.waitForFunction(() => window.begun);
  assert.equal(await page.evaluate(() => window.client.session?.session_id), id);
}

async function quiet({ passed }: TestServer): Promise<void> {
  let earlier = -1;
  while (passed.length !== earlier) {
    earlier = passed.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!condition()) {
    assert.ok(performance.now() < endMs, `not within ten seconds: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
