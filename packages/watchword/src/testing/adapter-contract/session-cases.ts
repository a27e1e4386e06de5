import assert from 'node:assert/strict';
import type { AddCase, AdapterUnderTest } from './contract.ts';
import {
  bearer,
  cookieNames,
  fieldOf,
  FOREIGN,
  jarOf,
  jsonOf,
  openApp,
  openAuth,
  OWN_PAGE,
  post,
  refusalOf,
  textOf,
  type HeaderFields,
} from './world.ts';

const ADA = { email: 'ada@example.com', password: 'correct horse battery' };
const TOKENS = ['__Host-ww_at', '__Host-ww_rt', '__Host-ww_csrf'];

export function sessionCases(add: AddCase, adapter: AdapterUnderTest): void {
  add('a session by cookies: up, in, refreshed, looked at, out', async (t) => {
    const { ask } = await openApp(t, adapter, await openAuth(t));
    const up = await ask('/auth/sign-up', post(ADA, OWN_PAGE));
    assert.equal(up.status, 201);
    assert.deepEqual(cookieNames(up), ['theme', ...TOKENS], "the application's own cookie first");
    assert.equal(up.headers.get('cache-control'), 'no-store');
    const signIn = await ask('/auth/sign-in', post(ADA, OWN_PAGE));
    assert.equal(signIn.status, 200);
    const refreshed = await ask('/auth/refresh', {
      method: 'POST',
      headers: { ...OWN_PAGE, cookie: jarOf(signIn) },
    });
    assert.deepEqual([refreshed.status, cookieNames(refreshed)], [200, ['theme', ...TOKENS]]);
    const cookie = jarOf(refreshed);
    const session = await ask('/auth/session', { headers: { cookie } });
    assert.equal(await fieldOf(session, 'user', 'email'), ADA.email);
    const out = await ask('/auth/sign-out', { method: 'POST', headers: { ...OWN_PAGE, cookie } });
    assert.deepEqual([out.status, await out.text()], [204, '']);
    assert.deepEqual(new Set(cookieNames(out)), new Set(['theme', ...TOKENS, '__Host-ww_sid']));
    assert.equal((await ask('/me', { headers: { cookie } })).status, 401);
  });

  add('a session by tokens in bodies', async (t) => {
    const { ask } = await openApp(t, adapter, await openAuth(t));
    const up = await ask('/auth/sign-up', post({ ...ADA, delivery: 'body' }));
    assert.equal(up.status, 201);
    assert.deepEqual(cookieNames(up), ['theme']);
    const refreshed = await ask('/auth/refresh', post({ refresh_token: await textOf(up, 'refresh_token') }));
    const next = await textOf(refreshed.clone(), 'refresh_token');
    const headers = bearer(await textOf(refreshed, 'access_token'));
    assert.equal((await ask('/auth/session', { headers })).status, 200);
    const out = await ask('/auth/sign-out', post({ refresh_token: next }));
    assert.equal(out.status, 204);
    assert.equal((await ask('/auth/session', { headers })).status, 401);
  });

  add('signIn sets cookies for a user of the application, beside those of the application', async (t) => {
    const auth = await openAuth(t);
    const { ask } = await openApp(t, adapter, auth);
    const response = await ask('/log-in', post({ name: 'grace' }, OWN_PAGE));
    assert.equal(response.status, 200);
    const id = await textOf(response, 'id');
    assert.deepEqual(
      (await auth.sessions.list('grace')).map((session) => session.id),
      [id],
    );
    assert.deepEqual(new Set(cookieNames(response)), new Set(['theme', 'seen', ...TOKENS]));
    const cookie = jarOf(response);
    assert.deepEqual(await jsonOf(await ask('/me', { headers: { cookie } })), { subject: 'grace' });
  });

  add('signIn refuses a page of another site, and sets nothing', async (t) => {
    const auth = await openAuth(t);
    const { ask } = await openApp(t, adapter, auth);
    const response = await ask('/log-in', post({ name: 'grace' }, { origin: FOREIGN }));
    assert.deepEqual(await refusalOf(response), [403, 'ERR_CROSS_SITE']);
    assert.ok(!cookieNames(response).some((name) => name.startsWith('__Host-')));
    assert.deepEqual(await auth.sessions.list('grace'), []);
  });

  add('a form of another site does not sign in, nor out', async (t) => {
    const auth = await openAuth(t);
    const { ask } = await openApp(t, adapter, auth);
    const up = await ask('/auth/sign-up', post(ADA, OWN_PAGE));
    const cookie = jarOf(up);
    const pages: readonly HeaderFields[] = [{ origin: FOREIGN }, { 'sec-fetch-site': 'same-site' }, {}];
    for (const headers of pages) {
      const signIn = await ask('/auth/sign-in', post(ADA, headers));
      assert.deepEqual(await refusalOf(signIn), [403, 'ERR_CROSS_SITE']);
      const out = await ask('/auth/sign-out', {
        method: 'POST',
        headers: { ...headers, cookie },
      });
      assert.deepEqual(await refusalOf(out), [403, 'ERR_CROSS_SITE']);
    }
    assert.equal((await ask('/me', { headers: { cookie } })).status, 200);
  });

  add("the client's address is whoever is connected, until the framework is told of a proxy", async (t) => {
    const auth = await openAuth(t);
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    const networks: (string | undefined)[] = [];
    for (const trustsProxy of [false, true]) {
      const { ask } = await openApp(t, adapter, auth, { trustsProxy });
      const from = { ...headers, ...OWN_PAGE };
      const email = `${trustsProxy}@example.com`;
      const signedUp = await textOf(
        await ask('/auth/sign-up', post({ ...ADA, email }, from)),
        'session',
        'id',
      );
      const loggedIn = await textOf(await ask('/log-in', post({ name: email }, from)), 'id');
      for (const id of [signedUp, loggedIn]) {
        const session = await auth.sessions.get(id);
        networks.push(session?.addressPrefix);
      }
    }
    assert.deepEqual(networks, ['127.0.0.0/24', '127.0.0.0/24', '203.0.113.0/24', '203.0.113.0/24']);
  });
}
