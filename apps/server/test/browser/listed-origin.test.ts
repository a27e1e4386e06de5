import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startReady } from '../start/server-process.ts';
import { assertCookies, cookiesOf, CREDENTIALS, launchBrowser } from './browser.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** What script got to see of an answer, or that it saw none. */
interface Seen {
  readonly status?: number;
  readonly body?: string;
  readonly id?: string | null;
  readonly error?: string;
}

test('a page of a listed origin signs in with cookies, acts by them, and signs out', async (t) => {
  const { url, page } = await startListed(t);
  const json = { 'content-type': 'application/json' };
  const signUp = await send(page, `${url}/auth/sign-up`, {
    method: 'POST',
    headers: json,
    body: CREDENTIALS,
  });
  assert.equal(signUp.status, 201, signUp.error);
  assert.doesNotMatch(signUp.body ?? '', /wwr_|eyJ/);
  assert.match(signUp.id ?? '', /^[0-9a-f]{16}$/, 'the id is exposed');
  await assertCookies(page.context());
  const session = await send(page, `${url}/auth/session`);
  assert.equal(JSON.parse(session.body ?? '').user.email, CREDENTIALS.email);
  assert.equal((await send(page, `${url}/auth/refresh`, { method: 'POST' })).status, 200);
  const others = await send(page, `${url}/auth/sessions`, { method: 'DELETE' });
  assert.equal(others.status, 200, 'a preflight lets DELETE through');
  assert.equal((await send(page, `${url}/auth/sign-out`, { method: 'POST' })).status, 204);
  assert.equal((await send(page, `${url}/auth/session`)).status, 401);
});

test('a page of a listed origin gets tokens in the body, and sends them as a bearer', async (t) => {
  const { url, page } = await startListed(t, 'listed.localhost');
  const body = { ...CREDENTIALS, delivery: 'body' };
  const headers = { 'content-type': 'application/json' };
  const signUp = await send(page, `${url}/auth/sign-up`, {
    method: 'POST',
    headers,
    body,
    credentials: 'omit',
  });
  assert.equal(signUp.status, 201, signUp.error);
  const { access_token: token, refresh_token: refreshToken } = JSON.parse(signUp.body ?? '');
  const bearer = { headers: { authorization: `Bearer ${token}` }, credentials: 'omit' };
  assert.equal((await send(page, `${url}/auth/session`, bearer)).status, 200);
  const refresh = { method: 'POST', headers, body: { refresh_token: refreshToken }, credentials: 'omit' };
  assert.match((await send(page, `${url}/auth/refresh`, refresh)).body ?? '', /"refresh_token":"wwr_/);
  assert.deepEqual(await cookiesOf(page.context()), []);
});

const NOT_LISTED = ['listed.localhost.evil.localhost', 'localhost', '127.0.0.1', 'evil.localhost'];
// The ordinary run has the name that looks most like a listed one; the long run has all.
const TRIED = process.env['WATCHWORD_LONG'] === undefined ? NOT_LISTED.slice(0, 1) : NOT_LISTED;

for (const host of TRIED) {
  test(`a page on ${host} that is not listed reads nothing but the public keys`, async (t) => {
    const { url, page } = await startListed(t);
    const headers = { 'content-type': 'application/json' };
    await send(page, `${url}/auth/sign-up`, { method: 'POST', headers, body: CREDENTIALS });
    const before = await cookiesOf(page.context());
    const evil = await page.context().newPage();
    await evil.goto(`http://${host}:${await servePage(t)}/`);
    const body = { ...CREDENTIALS, delivery: 'body' };
    for (const credentials of ['include', 'omit']) {
      for (const [path, options] of [
        ['/auth/session', {}],
        ['/auth/sessions', {}],
        ['/auth/nowhere', {}],
        ['/me', {}],
        ['/healthz', {}],
        ['/auth/sign-in', { method: 'POST', headers, body }],
        ['/auth/refresh', { method: 'POST' }],
        ['/auth/sessions', { method: 'DELETE' }],
        ['/oauth/token', { method: 'POST' }],
      ] as const) {
        const seen = await send(evil, `${url}${path}`, { ...options, credentials });
        assert.match(seen.error ?? '', /Failed to fetch/, `${path}: ${JSON.stringify(seen)}`);
      }
    }
    // Neither as what needs no CORS.
    const opaque = await evil.evaluate(
      `fetch('${url}/auth/session', { mode: 'no-cors', credentials: 'include' }).then((r) => r.type, (e) => String(e))`,
    );
    assert.match(String(opaque), /opaque|Failed to fetch/);
    assert.deepEqual(await cookiesOf(page.context()), before, 'no cookie was set, cleared or moved on');
    const keys = await send(evil, `${url}/.well-known/jwks.json`, { credentials: 'omit' });
    assert.equal(keys.status, 200);
  });
}

/** A server, and a page of another port, or host, that it lists. */
async function startListed(t: TestContext, host = 'localhost'): Promise<{ url: string; page: Page }> {
  const origin = `http://${host}:${await servePage(t)}`;
  const { url } = await startReady(t, { environment: { WATCHWORD_ORIGINS: origin } });
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(origin);
  return { url, page };
}

async function send(
  page: Page,
  url: string,
  options: { body?: object; [name: string]: unknown } = {},
): Promise<Seen> {
  const { body, ...rest } = options;
  const asked = {
    credentials: 'include',
    ...rest,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  return page.evaluate(`fetch(${JSON.stringify(url)}, ${JSON.stringify(asked)}).then(
    async (answer) => ({ status: answer.status, body: await answer.text(), id: answer.headers.get('x-request-id') }),
    (error) => ({ error: String(error) }),
  )`);
}

async function servePage(t: TestContext): Promise<number> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>another</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
