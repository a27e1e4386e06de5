import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COOKIE_PAGE, CREDENTIALS, openInstallation, signedIn } from './installation.ts';

const PHONE = { ...COOKIE_PAGE, 'user-agent': 'phone/1' };

test('the list of sessions says client, network and last use, and which one is asking', async (t) => {
  const installation = await openInstallation(t, { raceWindowMs: 0 });
  const laptop = await signedIn(installation);
  const phone = await installation.ask('POST', '/auth/sign-in', {
    headers: PHONE,
    body: CREDENTIALS,
    address: '203.0.113.7',
  });
  const moved = await installation.ask('POST', '/auth/refresh', {
    headers: { ...PHONE, 'user-agent': 'phone/2', cookie: phone.jar },
    address: '198.51.100.9',
  });
  assert.equal(moved.status, 200);
  const { json } = await installation.ask('GET', '/auth/sessions', { headers: { cookie: laptop.jar } });
  const [first, second] = json.sessions;
  assert.deepEqual(Object.keys(first), [
    'id',
    'current',
    'client_id',
    'delivery',
    'remembered',
    'user_agent',
    'address_prefix',
    'started_at',
    'last_refreshed_at',
    'idle_expires_at',
    'expires_at',
  ]);
  assert.deepEqual(
    [first.id, first.current, first.client_id, first.user_agent, first.address_prefix],
    [phone.json.session.id, false, 'app', 'phone/2', '198.51.100.0/24'],
  );
  assert.ok(first.last_refreshed_at > first.started_at);
  assert.deepEqual([second.current, second.user_agent, second.address_prefix], [true, null, null]);
});

test('"remember": false gives cookies that go when the browser is closed, at each refresh too', async (t) => {
  const installation = await openInstallation(t, { raceWindowMs: 0 });
  await signedIn(installation);
  const signIn = await installation.ask('POST', '/auth/sign-in', {
    headers: COOKIE_PAGE,
    body: { ...CREDENTIALS, remember: false },
  });
  const refresh = await installation.ask('POST', '/auth/refresh', {
    headers: { ...COOKIE_PAGE, cookie: signIn.jar },
  });
  assert.notEqual(refresh.jar, signIn.jar);
  for (const { status, cookies } of [signIn, refresh]) {
    assert.equal(status, 200);
    assert.equal(cookies.length, 3);
    for (const cookie of cookies) {
      assert.match(cookie, /^__Host-ww_(?:at|rt|csrf)=[^;]+; Path=\/; Secure; (?:HttpOnly; )?SameSite=Lax$/);
    }
  }
  const { json } = await installation.ask('GET', '/auth/session', { headers: { cookie: refresh.jar } });
  assert.equal(json.session.remembered, false);
  assert.equal(Date.parse(json.session.expires_at) - Date.parse(json.session.started_at), 86_400_000);
});

test('"remember" is true or false', async (t) => {
  const installation = await openInstallation(t);
  const { code, json } = await installation.ask('POST', '/auth/sign-up', {
    headers: COOKIE_PAGE,
    body: { ...CREDENTIALS, remember: 'yes' },
  });
  assert.equal(code, 'ERR_BODY_INVALID');
  assert.equal(json.errors[0].member, 'remember');
});

test('signing in again in one browser needs no room: it replaces the session that its cookie holds', async (t) => {
  const installation = await openInstallation(t, { sessionLimit: { perSubject: 1, whenReached: 'refuse' } });
  const first = await signedIn(installation);
  const body = CREDENTIALS;
  const elsewhere = await installation.ask('POST', '/auth/sign-in', { headers: COOKIE_PAGE, body });
  assert.deepEqual([elsewhere.status, elsewhere.code], [409, 'ERR_SESSION_LIMIT']);
  assert.deepEqual(elsewhere.cookies, []);
  const again = await installation.ask('POST', '/auth/sign-in', {
    headers: { ...COOKIE_PAGE, cookie: first.jar },
    body,
  });
  assert.equal(again.status, 200);
  const { json } = await installation.ask('GET', '/auth/sessions', { headers: { cookie: again.jar } });
  assert.deepEqual(
    json.sessions.map(({ id }: { readonly id: string }) => id),
    [again.json.session.id],
  );
});
