import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser, openTab, signUp, stateOf } from '../support/browser.ts';
import { startServer, type Disturbance, type TestServer } from '../support/server.ts';

const HOUR_MS = 3_600_000;

let browser: Browser;
let server: TestServer;
let context: BrowserContext;
let page: Page;
let since = 0;
before(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startServer()]);
  context = await browser.newContext();
  page = await openTab(context, server);
  await signUp(page);
});
after(async () => {
  await browser.close();
  await server.close();
});

/** The access token has expired, and the page does not know: its clocks stand at the sign-in. */
function expire(): void {
  server.advance(HOUR_MS);
  since = server.passed.length;
}

const passedSince = () => server.passed.slice(since).map(({ method, path }) => `${method} ${path}`);

describe('a request that is refused because its token has expired', () => {
  beforeEach(expire);

  const bodies: Readonly<Record<string, readonly [type: string, body: string]>> = {
    "'text'": ['text/plain;charset=UTF-8', 'text'],
    "new URLSearchParams('a=1')": ['application/x-www-form-urlencoded;charset=UTF-8', 'a=1'],
    "new Blob(['blob'], { type: 'text/x' })": ['text/x', 'blob'],
    "new TextEncoder().encode('bytes')": ['', 'bytes'],
    "new TextEncoder().encode('buffer').buffer": ['', 'buffer'],
  };
  for (const [body, [type, arrived]] of Object.entries(bodies)) {
    test(`is sent again with its body: ${body}`, async () => {
      assert.deepEqual(await send(`client.fetch('/api/echo', { method: 'POST', body: ${body} })`), {
        status: 200,
        told: { ...(type !== '' && { type }), body: arrived },
      });
      assert.deepEqual(passedSince(), ['POST /api/echo', 'POST /auth/refresh', 'POST /api/echo']);
    });
  }

  test('is sent again with its body: a form', async () => {
    const { status, told } = await send(`(() => {
      const body = new FormData();
      body.set('name', 'value');
      return client.fetch('/api/echo', { method: 'PUT', body });
    })()`);
    assert.equal(status, 200);
    assert.match(told?.body ?? '', /name="name"\r\n\r\nvalue\r\n/);
  });

  for (const [name, request] of [
    [
      'a Request',
      "new Request('/api/echo', { method: 'POST', body: 'once', headers: { 'content-type': 'text/x' } })",
    ],
    [
      'a Request with other settings',
      "new Request('/api/echo', { body: 'first', method: 'POST' }), { body: 'once', headers: { 'content-type': 'text/x' } }",
    ],
    [
      'a URL',
      "new URL('/api/echo', location), { method: 'POST', body: 'once', headers: [['content-type', 'text/x']] }",
    ],
  ] as const) {
    test(`is sent again: ${name}`, async () => {
      assert.deepEqual(await send(`client.fetch(${request})`), {
        status: 200,
        told: { type: 'text/x', body: 'once' },
      });
    });
  }

  test('is not sent again if its body is a stream, which goes only once', async () => {
    // Chromium refuses to stream over HTTP/1.1, so its own fetch is watched here.
    const sent = await page.evaluate(async () => {
      const { fetch: own } = window;
      const paths: string[] = [];
      window.fetch = async (input, init) => {
        paths.push(new URL(input instanceof Request ? input.url : input, location.href).pathname);
        return init?.body instanceof ReadableStream
          ? own(input, { ...init, body: 'stream' })
          : own(input, init);
      };
      const body = new Blob(['stream']).stream();
      const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' };
      const { status } = await window.client.fetch('/api/echo', init);
      window.fetch = own;
      return { status, paths };
    });
    assert.deepEqual(sent, { status: 401, paths: ['/api/echo'] });
    assert.equal(await stateOf(page), 'signed-in');
    await page.evaluate(() => window.client.refresh());
  });

  test('shares one renewal with all that are refused together', async () => {
    const statuses = await page.evaluate(() =>
      Promise.all(Array.from({ length: 12 }, async () => (await window.client.fetch('/api/me')).status)),
    );
    assert.deepEqual([...new Set(statuses)], [200]);
    assert.equal(server.count('POST', '/auth/refresh', since), 1);
  });

  test('rejects at once when it is given up while it waits, and the renewal goes on for others', async (t) => {
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    t.after(
      server.disturb(async (path) => (path === '/auth/refresh' ? held.then(() => undefined) : undefined)),
    );
    const name = await page.evaluate(async () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 100);
      return window.client
        .fetch('/api/me', { signal: controller.signal })
        .catch((error: unknown) => (error as Error).name);
    });
    assert.equal(name, 'AbortError');
    release?.();
    assert.equal((await send("client.fetch('/api/me')")).status, 200);
    assert.equal(server.count('POST', '/auth/refresh', since), 1);
  });

  test('is what it is without the client where it carries no cookies, or a credential of its own', async () => {
    assert.equal((await send("client.fetch('/api/me', { credentials: 'omit' })")).status, 401);
    assert.equal(
      (await send("client.fetch('/api/me', { headers: { authorization: 'Bearer mine' } })")).status,
      401,
    );
    assert.equal(server.count('POST', '/auth/refresh', since), 0);
    await page.evaluate(() => window.client.refresh());
  });

  test('comes back refused if the server cannot renew, and the session is kept', async (t) => {
    const restore = server.disturb((path) => (path === '/auth/refresh' ? { status: 503 } : undefined));
    t.after(restore);
    assert.equal((await send("client.fetch('/api/me')")).status, 401);
    assert.equal(await stateOf(page), 'signed-in');
    assert.equal((await send("client.fetch('/api/me')")).status, 401);
    assert.equal(server.count('POST', '/auth/refresh', since), 1, 'the server is left alone for a second');
    restore();
    await page.waitForTimeout(1_300);
    assert.equal((await send("client.fetch('/api/me')")).status, 200);
  });
});

describe('what is answered in our name', () => {
  const problem = 'application/problem+json; charset=utf-8';
  const cases: Readonly<Record<string, Disturbance & { readonly sent: number; readonly renewed: number }>> = {
    'for ever expired: tried again once, never in a loop': {
      ...refusal(401, 'ERR_TOKEN_EXPIRED', problem),
      sent: 2,
      renewed: 1,
    },
    missing: { ...refusal(401, 'ERR_TOKEN_MISSING', problem), sent: 2, renewed: 1 },
    'signed with a key that was retired': {
      ...refusal(401, 'ERR_TOKEN_KEY_UNKNOWN', problem),
      sent: 2,
      renewed: 1,
    },
    'a token that was revoked, or its key': {
      ...refusal(401, 'ERR_TOKEN_REVOKED', problem),
      sent: 2,
      renewed: 1,
    },
    'a sign-in too long ago': { ...refusal(401, 'ERR_TOKEN_TOO_OLD', problem), sent: 1, renewed: 0 },
    'another audience': { ...refusal(401, 'ERR_TOKEN_AUDIENCE', problem), sent: 1, renewed: 0 },
    'a scope that lacks': { ...refusal(403, 'ERR_TOKEN_SCOPE', problem), sent: 1, renewed: 0 },
    'a code of somebody else': { ...refusal(401, 'ERR_OTHER', problem), sent: 1, renewed: 0 },
    'no problem document': { ...refusal(401, 'ERR_TOKEN_EXPIRED', 'application/json'), sent: 1, renewed: 0 },
    'broken JSON': {
      status: 401,
      headers: { 'content-type': problem },
      body: '{"code":"ERR_TOKEN_EXPIRED"',
      sent: 1,
      renewed: 0,
    },
    'revocations that are unknown': { ...refusal(503, 'ERR_FEED_STALE', problem), sent: 1, renewed: 0 },
  };
  for (const [name, { sent, renewed, ...disturbance }] of Object.entries(cases)) {
    test(name, async (t) => {
      since = server.passed.length;
      t.after(server.disturb((path) => (path === '/api/me' ? disturbance : undefined)));
      const answer = await page.evaluate(async () => {
        const response = await window.client.fetch('/api/me');
        return { status: response.status, body: await response.text() };
      });
      assert.deepEqual(answer, { status: disturbance.status, body: disturbance.body });
      assert.equal(server.count('GET', '/api/me', since), sent);
      assert.equal(server.count('POST', '/auth/refresh', since), renewed);
      assert.equal(await stateOf(page), 'signed-in');
    });
  }
});

test('a key that was compromised signs nobody out', async () => {
  const key = server.auth.keys.list().find(({ state }) => state === 'signing');
  await server.auth.keys.compromise(key?.id ?? '');
  since = server.passed.length;
  assert.equal((await send("client.fetch('/api/me')")).status, 200);
  assert.deepEqual(passedSince(), ['GET /api/me', 'POST /auth/refresh', 'GET /api/me']);
});

test('a sign-out that the server did not hear is none, and says so', async (t) => {
  const restore = server.disturb((path) => (path === '/auth/sign-out' ? { status: 503 } : undefined));
  t.after(restore);
  await assert.rejects(
    page.evaluate(() => window.client.signOut()),
    /Not signed out: the server answered 503/,
  );
  assert.equal(await stateOf(page), 'signed-in');
});

describe('the CSRF token', () => {
  const csrfOf = async (call: string) =>
    page.evaluate(`(async () => (await (await ${call}).json()).csrf)()`) as Promise<string | undefined>;

  test('is not sent where there is none', async () => {
    await context.clearCookies({ name: '__Host-ww_csrf' });
    assert.equal(await csrfOf("client.fetch('/api/echo', { method: 'POST' })"), undefined);
  });

  test('goes with what changes something, and nothing else', async () => {
    await page.evaluate(() => (document.cookie = '__Host-ww_csrf=a.b=c; Path=/; Secure'));
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      assert.equal(await csrfOf(`client.fetch('/api/echo', { method: '${method}' })`), 'a.b=c', method);
    }
    assert.equal(await csrfOf("client.fetch(new Request('/api/echo', { method: 'POST' }))"), 'a.b=c');
    assert.equal(await csrfOf("client.fetch('/api/echo')"), undefined);
  });

  test('is the one that the server has set last', async () => {
    await page.evaluate(() => window.client.refresh());
    const cookie = (await context.cookies()).find(({ name }) => name === '__Host-ww_csrf');
    assert.match(cookie?.value ?? '', /^[\w-]{43}$/);
    assert.equal(await csrfOf("client.fetch('/api/echo', { method: 'POST' })"), cookie?.value);
  });

  test('is never sent to another origin', async (t) => {
    const other = await startServer({ origins: [server.url] });
    t.after(() => other.close());
    const headers: string[] = [];
    page.on('request', (request) => headers.push(Object.keys(request.headers()).join(' ')));
    await page.evaluate(async (url) => {
      const { createClient } = (await import(String('/client.js'))) as typeof import('../../src/index.ts');
      const client = createClient({ baseUrl: url });
      await client.fetch(`${url}/auth/sessions`, { method: 'POST' });
      await client.signOut();
      await window.client.fetch(`${url}/auth/sign-out`, { method: 'POST' });
    }, other.url);
    page.removeAllListeners('request');
    assert.ok(headers.length >= 3);
    assert.doesNotMatch(headers.join(), /x-ww/);
  });
});

test('a server on another origin that lists the page: its session is kept alive, and only its', async (t) => {
  const api = await startServer({ origins: [server.url] });
  t.after(() => api.close());
  const guest = await browser.newContext();
  t.after(() => guest.close());
  const visitor = await openTab(guest, server, '/idle');
  const outcome = await visitor.evaluate(async (url) => {
    const { createClient } = (await import(String('/client.js'))) as typeof import('../../src/index.ts');
    const client = createClient({ baseUrl: url });
    await client.start();
    const states: unknown[] = [client.state];
    const body = JSON.stringify({ email: 'grace@example.com', password: 'correct horse battery' });
    const headers = { 'content-type': 'application/json' };
    await client.fetch(`${url}/auth/sign-up`, { method: 'POST', headers, body });
    states.push(client.state, (await client.fetch(`${url}/auth/sessions`)).status);
    states.push((await client.fetch('/api/me')).status);
    return states;
  }, api.url);
  assert.deepEqual(outcome, ['signed-out', 'signed-in', 200, 401]);
  since = api.passed.length;
  api.advance(HOUR_MS);
});

function refusal(status: number, code: string, type: string): Disturbance {
  return { status, headers: { 'content-type': type }, body: JSON.stringify({ code }) };
}

/** Runs what gives a response, in the page; gives its status and what the server told of the request. */
async function send(call: string): Promise<{ status: number; told?: { type?: string; body: string } }> {
  return page.evaluate(`(async () => {
    const response = await (${call});
    if (!response.ok) return { status: response.status };
    const { csrf, ...told } = await response.json();
    return { status: response.status, told };
  })()`);
}
