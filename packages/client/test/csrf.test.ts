import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createClient } from '../src/index.ts';
import { startServer } from './support/server.ts';

/** Node's `fetch` says neither `Origin` nor `Sec-Fetch-Site`: what a page's request is behind a proxy that drops both. */
const send = globalThis.fetch;

/** As much of a page as the client looks at, over a jar of cookies. */
function becomePage(t: TestContext, url: string, cookies: Map<string, string>): void {
  const page = {
    document: {
      baseURI: `${url}/`,
      visibilityState: 'visible',
      get cookie() {
        return header([...cookies].filter(([name]) => name.endsWith('_csrf')));
      },
    },
    location: new URL(url),
    addEventListener: () => undefined,
    async fetch(input: URL | string, init: RequestInit = {}) {
      const headers = new Headers(init.headers);
      headers.set('cookie', header([...cookies]));
      const response = await send(new URL(input), { ...init, headers });
      keep(response, cookies);
      return response;
    },
  };
  for (const [name, value] of Object.entries(page)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    t.after(() => {
      if (before === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, before);
    });
  }
}

function header(cookies: readonly (readonly [string, string])[]): string {
  return cookies.map(([name, value]) => `${name}=${value}`).join('; ');
}

function keep(response: Response, cookies: Map<string, string>): void {
  for (const line of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/; Max-Age=0/.test(line)) cookies.delete(name);
    else cookies.set(name, value);
  }
}

test('through a proxy that drops Origin and Fetch Metadata, renewal, requests and sign-out go on', async (t) => {
  const server = await startServer();
  t.after(() => server.close());
  const cookies = new Map<string, string>();
  const signedUp = await send(`${server.url}/auth/sign-up`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery' }),
  });
  keep(signedUp, cookies);
  const without = await send(`${server.url}/auth/refresh`, {
    method: 'POST',
    headers: { cookie: header([...cookies]) },
  });
  assert.equal(((await without.json()) as { code: string }).code, 'ERR_CROSS_SITE');
  // As if the session had begun before there was such a cookie.
  cookies.delete('__Host-ww_csrf');
  becomePage(t, server.url, cookies);
  const client = createClient();
  t.after(() => client.close());
  await client.start();
  assert.equal(client.state, 'signed-in');
  assert.ok(cookies.has('__Host-ww_csrf'));
  assert.equal(await client.refresh(), true);
  assert.equal((await client.fetch(`${server.url}/auth/sessions`, { method: 'DELETE' })).status, 200);
  assert.equal((await client.fetch(`${server.url}/api/orders`, { method: 'POST' })).status, 200);
  await client.signOut();
  assert.equal(client.state, 'signed-out');
  assert.equal(cookies.size, 0);
  const refused = server.events.filter(({ type }) => type === 'cross_site_refused');
  assert.equal(refused.length, 1, 'nothing but the attempt without the token');
});
