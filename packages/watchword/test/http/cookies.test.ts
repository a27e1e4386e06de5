import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COOKIE_PAGE, CREDENTIALS, openInstallation, signedIn } from './installation.ts';

const ATTRIBUTES = 'Secure; HttpOnly; SameSite=Lax';

test('sign-up, sign-in and refresh set three cookies: __Host-, Secure, SameSite=Lax, at /, without Domain, and HttpOnly but one', async (t) => {
  const installation = await openInstallation(t, { accessTokenTtlSeconds: 600, idleTtlSeconds: 86_400 });
  const signUp = await signedIn(installation);
  const signIn = await signedIn(installation);
  const refresh = await installation.ask('POST', '/auth/refresh', {
    headers: { ...COOKIE_PAGE, cookie: signIn.jar },
  });
  for (const { cookies, json, header } of [signUp, signIn, refresh]) {
    assert.equal(cookies.length, 3);
    const [access, renewal, csrf] = cookies;
    assert.match(access ?? '', new RegExp(`^__Host-ww_at=eyJ[\\w.-]+; Path=/; Max-Age=600; ${ATTRIBUTES}$`));
    // Whole seconds of what is left of the idle time.
    assert.match(
      renewal ?? '',
      new RegExp(`^__Host-ww_rt=wwr_[\\w-]{78}; Path=/; Max-Age=(86400|86399); ${ATTRIBUTES}$`),
    );
    assert.match(
      csrf ?? '',
      /^__Host-ww_csrf=[\w-]{43}; Path=\/; Max-Age=(86400|86399); Secure; SameSite=Lax$/,
    );
    assert.equal(header('cache-control'), 'no-store');
    assert.deepEqual(
      [json.access_token, json.refresh_token, json.token_type],
      [undefined, undefined, undefined],
    );
    assert.ok(cookies.every((cookie) => cookie.length <= 4096));
  }
});

test('the refresh cookie never outlives the session', async (t) => {
  const installation = await openInstallation(t, { idleTtlSeconds: 1000, absoluteTtlSeconds: 1000 });
  const { cookies } = await signedIn(installation);
  const [, seconds] = /Max-Age=(\d+)/.exec(cookies[1] ?? '') ?? [];
  assert.ok(Number(seconds) <= 1000 && Number(seconds) >= 998);
});

test('body delivery sets no cookie', async (t) => {
  const installation = await openInstallation(t);
  const { cookies, json, header } = await signedIn(installation, 'body');
  const refresh = await installation.ask('POST', '/auth/refresh', {
    body: { refresh_token: json.refresh_token },
  });
  for (const answer of [cookies, refresh.cookies]) assert.deepEqual(answer, []);
  assert.equal(header('cache-control'), 'no-store');
  assert.equal(refresh.header('cache-control'), 'no-store');
  assert.equal(json.token_type, 'Bearer');
});

test('prefix and SameSite are options, and every route follows them', async (t) => {
  const installation = await openInstallation(t, { cookies: { prefix: 'billing', sameSite: 'strict' } });
  const { cookies, jar } = await signedIn(installation);
  assert.deepEqual(
    cookies.map((cookie) => cookie.split('=', 1)[0]),
    ['__Host-billing_at', '__Host-billing_rt', '__Host-billing_csrf'],
  );
  assert.ok(cookies.every((cookie) => cookie.endsWith('; SameSite=Strict')));
  assert.equal((await installation.ask('GET', '/auth/session', { headers: { cookie: jar } })).status, 200);
  const foreign = jar.replaceAll('billing', 'ww');
  assert.equal(
    (await installation.ask('GET', '/auth/session', { headers: { cookie: foreign } })).status,
    401,
  );
  const out = await installation.ask('POST', '/auth/sign-out', { headers: { ...COOKIE_PAGE, cookie: jar } });
  assert.deepEqual(out.cookies, [
    '__Host-billing_at=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict',
    '__Host-billing_rt=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict',
    '__Host-billing_sid=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict',
    '__Host-billing_csrf=; Path=/; Max-Age=0; Secure; SameSite=Strict',
  ]);
});

for (const prefix of ['', 'a b', 'a;b', 'a=b', '_a', '-a', 'a'.repeat(33), 'ü', '__Host-ww', 7, null]) {
  test(`${JSON.stringify(prefix)} is no cookie prefix`, async (t) => {
    await assert.rejects(openInstallation(t, { cookies: { prefix: prefix as string } }), {
      code: 'ERR_CONFIG',
      message: /`cookies\.prefix` has 1 to 32 letters/,
    });
  });
}

test('SameSite=None is no option', async (t) => {
  await assert.rejects(openInstallation(t, { cookies: { sameSite: 'none' as 'lax' } }), {
    code: 'ERR_CONFIG',
    message: /`cookies\.sameSite`/,
  });
});

test('tokens that do not fit a cookie are refused as a whole: nothing is half set', async (t) => {
  let filling = '';
  const installation = await openInstallation(t, { claims: () => ({ filling }) });
  const { jar } = await signedIn(installation);
  filling = 'x'.repeat(4000);
  const events: string[] = [];
  installation.auth.events.on('request_failed', ({ code }) => events.push(code));
  const answers = [
    await installation.ask('POST', '/auth/sign-in', { headers: COOKIE_PAGE, body: CREDENTIALS }),
    await installation.ask('POST', '/auth/refresh', { headers: { ...COOKIE_PAGE, cookie: jar } }),
  ];
  for (const { status, code, cookies } of answers) {
    assert.deepEqual([status, code, cookies], [500, 'ERR_TOKEN_TOO_LARGE', []]);
  }
  assert.deepEqual(events, ['ERR_TOKEN_TOO_LARGE', 'ERR_TOKEN_TOO_LARGE']);
  filling = '';
  const later = await installation.ask('POST', '/auth/refresh', { headers: { ...COOKIE_PAGE, cookie: jar } });
  assert.equal(later.status, 200, 'the session that was there goes on once the tokens fit again');
});

test('a sign-in whose tokens cannot be made or do not fit leaves no session behind', async (t) => {
  let claims = () => ({ filling: '' });
  const installation = await openInstallation(t, { claims: () => claims() });
  const { json } = await signedIn(installation);
  const signIn = () => installation.ask('POST', '/auth/sign-in', { headers: COOKIE_PAGE, body: CREDENTIALS });
  claims = () => ({ filling: 'x'.repeat(4000) });
  assert.equal((await signIn()).code, 'ERR_TOKEN_TOO_LARGE');
  assert.equal((await installation.auth.sessions.list(json.user.id)).length, 1);
  claims = () => assert.fail('the hook of the application fails');
  assert.equal((await signIn()).code, 'ERR_INTERNAL');
  assert.equal((await installation.auth.sessions.list(json.user.id)).length, 1);
});

test('signing in again ends the session whose cookies it replaces, once the new ones are there', async (t) => {
  let filling = '';
  const installation = await openInstallation(t, { claims: () => ({ filling }) });
  const { jar, json } = await signedIn(installation);
  const again = { headers: { ...COOKIE_PAGE, cookie: jar }, body: CREDENTIALS };
  const sessions = async () => (await installation.auth.sessions.list(json.user.id)).map(({ id }) => id);
  filling = 'x'.repeat(4000);
  assert.equal((await installation.ask('POST', '/auth/sign-in', again)).code, 'ERR_TOKEN_TOO_LARGE');
  assert.ok((await sessions()).includes(json.session.id), 'without new cookies, the old ones go on');
  filling = '';
  const { json: second } = await installation.ask('POST', '/auth/sign-in', again);
  assert.ok((await sessions()).includes(second.session.id));
  assert.ok(!(await sessions()).includes(json.session.id));
});

test('a cookie of 4096 characters is set, one of 4097 is refused', async (t) => {
  let filling = '';
  const installation = await openInstallation(t, { claims: () => ({ filling }) });
  await signedIn(installation);
  const lengths = new Map<number, number>();
  for (let length = 2500; length < 2900; length += 1) {
    filling = 'x'.repeat(length);
    const { status, cookies } = await installation.ask('POST', '/auth/sign-in', {
      headers: COOKIE_PAGE,
      body: CREDENTIALS,
    });
    if (status === 200) lengths.set(length, cookies[0]?.length ?? 0);
  }
  assert.ok(Math.max(...lengths.values()) <= 4096);
  assert.ok(Math.max(...lengths.values()) > 4092, 'base64url grows in steps of one or two');
});

test('no refused refresh clears a cookie that came once', async (t) => {
  const installation = await openInstallation(t);
  const { jar } = await signedIn(installation);
  const [access = '', renewal = ''] = jar.split('; ');
  await installation.ask('POST', '/auth/sign-out', { headers: { ...COOKIE_PAGE, cookie: jar } });
  const cookies = [
    undefined,
    access,
    jar,
    `${renewal.slice(0, -1)}!`,
    '__Host-ww_rt=nonsense',
    `__Host-ww_rt=wwr_${'A'.repeat(78)}`,
  ];
  for (const cookie of cookies) {
    const answer = await installation.ask('POST', '/auth/refresh', { headers: { ...COOKIE_PAGE, cookie } });
    assert.ok(answer.status === 401 || answer.status === 400, `${answer.status} for ${cookie}`);
    assert.deepEqual(answer.cookies, []);
  }
});

test('signing out clears all cookies, whatever state they are in', async (t) => {
  const installation = await openInstallation(t);
  const cleared = [
    `__Host-ww_at=; Path=/; Max-Age=0; ${ATTRIBUTES}`,
    `__Host-ww_rt=; Path=/; Max-Age=0; ${ATTRIBUTES}`,
    `__Host-ww_sid=; Path=/; Max-Age=0; ${ATTRIBUTES}`,
    '__Host-ww_csrf=; Path=/; Max-Age=0; Secure; SameSite=Lax',
  ];
  const { jar } = await signedIn(installation);
  for (const cookie of [jar, jar, undefined, '__Host-ww_rt=nonsense', '__Host-ww_at=nonsense']) {
    const answer = await installation.ask('POST', '/auth/sign-out', { headers: { ...COOKIE_PAGE, cookie } });
    assert.equal(answer.status, 204);
    assert.deepEqual(answer.cookies, cleared);
  }
});

test('signing out by bearer leaves the cookies of whoever else is signed in alone', async (t) => {
  const installation = await openInstallation(t);
  const { json } = await signedIn(installation, 'body');
  const answer = await installation.ask('POST', '/auth/sign-out', {
    headers: { authorization: `Bearer ${json.access_token}` },
  });
  assert.deepEqual([answer.status, answer.cookies], [204, []]);
});

test('a refresh token is good for the channel that it came by alone, and is not spent on the other', async (t) => {
  const installation = await openInstallation(t);
  const { jar } = await signedIn(installation);
  const { json } = await signedIn(installation, 'body');
  const [, inCookie] = /__Host-ww_rt=([^;]*)/.exec(jar) ?? [];
  const reasons: string[] = [];
  installation.auth.events.on('refresh_refused', ({ reason }) => reasons.push(reason));
  const byBody = await installation.ask('POST', '/auth/refresh', { body: { refresh_token: inCookie } });
  const cookie = `__Host-ww_rt=${json.refresh_token}`;
  const byCookie = await installation.ask('POST', '/auth/refresh', { headers: { ...COOKIE_PAGE, cookie } });
  for (const answer of [byBody, byCookie]) {
    assert.deepEqual([answer.status, answer.code, answer.cookies], [401, 'ERR_REFRESH_INVALID', []]);
  }
  assert.deepEqual(reasons, ['wrong_delivery', 'wrong_delivery']);
  const rightly = await installation.ask('POST', '/auth/refresh', {
    headers: { ...COOKIE_PAGE, cookie: jar },
  });
  const rightlyToo = await installation.ask('POST', '/auth/refresh', {
    body: { refresh_token: json.refresh_token },
  });
  assert.deepEqual([rightly.status, rightlyToo.status], [200, 200]);
});

test('two refresh tokens, in a cookie and a body or in two cookies, are refused, and neither is spent', async (t) => {
  const installation = await openInstallation(t);
  const { jar } = await signedIn(installation);
  const { json } = await signedIn(installation, 'body');
  const tossed = [`${jar}; __Host-ww_rt=tossed`, `__Host-ww_rt=tossed; ${jar}`, `__Host-ww_rt=; ${jar}`];
  for (const path of ['/auth/refresh', '/auth/sign-out']) {
    const both = await installation.ask('POST', path, {
      headers: { ...COOKIE_PAGE, cookie: jar },
      body: { refresh_token: json.refresh_token },
    });
    assert.deepEqual([both.status, both.code, both.cookies], [400, 'ERR_REFRESH_AMBIGUOUS', []]);
    for (const cookie of tossed) {
      const answer = await installation.ask('POST', path, { headers: { ...COOKIE_PAGE, cookie } });
      assert.deepEqual(
        [answer.status, answer.code],
        [400, 'ERR_REFRESH_AMBIGUOUS'],
        `${path} ${cookie.slice(0, 30)}`,
      );
    }
  }
  const { status } = await installation.ask('POST', '/auth/refresh', {
    headers: { ...COOKIE_PAGE, cookie: jar },
  });
  assert.equal(status, 200);
});

test('two access cookies are refused; a bearer token goes before any cookie', async (t) => {
  const installation = await openInstallation(t);
  const { jar } = await signedIn(installation);
  const { json } = await signedIn(installation, 'body');
  for (const cookie of [
    `${jar}; __Host-ww_at=tossed`,
    `__Host-ww_at=tossed; ${jar}`,
    `__Host-ww_at=; ${jar}`,
  ]) {
    const answer = await installation.ask('GET', '/auth/session', { headers: { cookie } });
    assert.deepEqual([answer.status, answer.code], [400, 'ERR_TOKEN_AMBIGUOUS'], cookie.slice(0, 30));
  }
  const authorization = `Bearer ${json.access_token}`;
  const answer = await installation.ask('GET', '/auth/session', { headers: { cookie: jar, authorization } });
  assert.equal(answer.json.session_id, json.session.id);
});

test('names are exact: another case, another prefix or a longer name is another cookie', async (t) => {
  const installation = await openInstallation(t);
  const { jar } = await signedIn(installation);
  const [access = ''] = jar.split('; ');
  const value = access.slice(access.indexOf('=') + 1);
  for (const name of [
    '__host-ww_at',
    '__Host-WW_at',
    'ww_at',
    '__Secure-ww_at',
    '__Host-ww_at2',
    'x__Host-ww_at',
    '__Host-ww_at ',
  ]) {
    const { code } = await installation.ask('GET', '/auth/session', {
      headers: { cookie: `${name}=${value}` },
    });
    assert.equal(code, 'ERR_TOKEN_MISSING', name);
  }
});
