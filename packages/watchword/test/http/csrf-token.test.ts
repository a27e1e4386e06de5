import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { csrfTokenOf, openInstallation, OWN, signedIn, type Installation } from './installation.ts';

/*
 * Requests here say nothing of where they come from, as through a proxy that drops `Origin` and `Sec-Fetch-Site`, or from a browser
 * that is too old for both.
 */

const LAST = 'A'.repeat(43);

async function signedInTwice(t: TestContext) {
  const installation = await openInstallation(t, { raceWindowMs: 0 });
  const victim = await signedIn(installation);
  const attacker = await signedIn(installation);
  return { installation, victim, attacker };
}

/** Everything that acts by cookies; each says whether it did. */
const ACTIONS: Readonly<
  Record<string, (installation: Installation, headers: Record<string, string>) => Promise<boolean>>
> = {
  async refresh({ ask }, headers) {
    const { status, code } = await ask('POST', '/auth/refresh', { headers });
    assert.equal(code, status === 200 ? undefined : 'ERR_CROSS_SITE');
    return status === 200;
  },
  async 'end another session'({ ask, auth }, headers) {
    const { session } = await auth.sessions.start({ subject: (await subjectOf(auth, headers)) ?? '' });
    const { code } = await ask('DELETE', `/auth/sessions/${session.id}`, { headers });
    const isEnded = (await auth.sessions.get(session.id)) === undefined;
    assert.equal(code, isEnded ? undefined : 'ERR_CROSS_SITE');
    return isEnded;
  },
  async 'a guarded route'({ auth }, headers) {
    const request = {
      method: 'POST',
      path: '/transfer',
      remoteAddress: undefined,
      header: (name: string) => headers[name],
      readBody: async () => ({ kind: 'aborted' }) as const,
    };
    const verdict = await auth.http.guard('test')(request);
    if (verdict.kind === 'refused') assert.equal(JSON.parse(verdict.response.body).code, 'ERR_CROSS_SITE');
    return verdict.kind === 'authorized';
  },
  async 'sign out'({ ask }, headers) {
    const { status, code, cookies } = await ask('POST', '/auth/sign-out', { headers });
    assert.equal(code, status === 204 ? undefined : 'ERR_CROSS_SITE');
    if (status !== 204) assert.deepEqual(cookies, []);
    return status === 204;
  },
};

async function subjectOf(auth: Installation['auth'], { cookie = '' }: Record<string, string>) {
  const [, token = ''] = /__Host-ww_at=([^;]*)/.exec(cookie) ?? [];
  return auth.verify(token).subject;
}

for (const [name, act] of Object.entries(ACTIONS)) {
  test(`${name}: the token of the session in header and cookie stands in for the origin`, async (t) => {
    const { installation, victim } = await signedInTwice(t);
    const headers = { cookie: victim.jar, 'x-ww-csrf': csrfTokenOf(victim.jar) };
    assert.equal(await act(installation, headers), true);
  });

  test(`${name}: no other token does`, async (t) => {
    const { installation, victim, attacker } = await signedInTwice(t);
    const other = await openInstallation(t);
    const elsewhere = await signedIn(other);
    const own = csrfTokenOf(victim.jar);
    const theirs = csrfTokenOf(attacker.jar);
    const without = victim.jar.replace(/; __Host-ww_csrf=[^;]*/, '');
    const tossed = (value: string): string => `${without}; __Host-ww_csrf=${value}`;
    const attempts: readonly (readonly [string, string, string | undefined])[] = [
      ['no header', victim.jar, undefined],
      ['an empty header', victim.jar, ''],
      ['no cookie', without, own],
      ['an empty cookie', tossed(''), own],
      ['both empty', tossed(''), ''],
      ["another session's in the header", victim.jar, theirs],
      ["another session's in the cookie", tossed(theirs), own],
      ["another session's in both, as a sibling would toss it", tossed(theirs), theirs],
      ["another installation's in both", tossed(csrfTokenOf(elsewhere.jar)), csrfTokenOf(elsewhere.jar)],
      ['a made-up one in both', tossed(LAST), LAST],
      ['a longer one', victim.jar, `${own}A`],
      ['a shorter one', victim.jar, own.slice(0, -1)],
      ['in another case', victim.jar, own.toLowerCase() === own ? own.toUpperCase() : own.toLowerCase()],
      ['twice in the header', victim.jar, `${own}, ${own}`],
      ['the cookie twice', `${victim.jar}; __Host-ww_csrf=${own}`, own],
      ['the cookie of a name without prefix', `${without}; ww_csrf=${own}`, own],
    ];
    for (const [what, cookie, header] of attempts) {
      const headers = { cookie, ...(header !== undefined && { 'x-ww-csrf': header }) };
      assert.equal(await act(installation, headers), false, what);
    }
    assert.equal(
      await act(installation, { cookie: victim.jar, 'x-ww-csrf': own }),
      true,
      'and nothing was spent',
    );
  });

  test(`${name}: a foreign page is refused whatever it brings, and ours needs no token`, async (t) => {
    const { installation, victim } = await signedInTwice(t);
    const token = { cookie: victim.jar, 'x-ww-csrf': csrfTokenOf(victim.jar) };
    for (const foreign of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: '' },
      { 'sec-fetch-site': '' },
    ]) {
      assert.equal(await act(installation, { ...token, ...foreign }), false, JSON.stringify(foreign));
    }
    const without = victim.jar.replace(/; __Host-ww_csrf=[^;]*/, '');
    assert.equal(await act(installation, { cookie: without, origin: OWN }), true);
  });
}

test('signing in by cookies without an origin is refused, also with the token of a session that is there', async (t) => {
  const { installation, attacker } = await signedInTwice(t);
  const { auth, ask } = installation;
  const headers = { cookie: attacker.jar, 'x-ww-csrf': csrfTokenOf(attacker.jar) };
  const body = { email: 'ada@example.com', password: 'correct horse battery' };
  for (const path of ['/auth/sign-in', '/auth/sign-up']) {
    const { code, cookies } = await ask('POST', path, { headers, body });
    assert.deepEqual([code, cookies], ['ERR_CROSS_SITE', []]);
  }
  const request = {
    method: 'POST',
    path: '/login',
    remoteAddress: undefined,
    header: (name: string) => (headers as Record<string, string>)[name],
    readBody: async () => ({ kind: 'aborted' }) as const,
  };
  await assert.rejects(auth.http.startCookieSession(request, { subject: 'ada' }), { code: 'ERR_CROSS_SITE' });
});

test('the handshake of a WebSocket takes no token: no page can send one', async (t) => {
  const { installation, victim } = await signedInTwice(t);
  const headers: Record<string, string> = { cookie: victim.jar, 'x-ww-csrf': csrfTokenOf(victim.jar) };
  const handshake = (more: Record<string, string>) =>
    installation.auth.http.handshakeGuard('test')({
      method: 'GET',
      path: '/socket',
      remoteAddress: undefined,
      header: (name) => ({ ...headers, ...more })[name],
      readBody: async () => ({ kind: 'aborted' }),
    });
  assert.equal((await handshake({})).kind, 'refused');
  assert.equal((await handshake({ origin: OWN })).kind, 'authorized');
});

test('an expired access token is answered 401 without an origin, so that pages know to renew', async (t) => {
  const { installation, victim } = await signedInTwice(t);
  const cookie = victim.jar.replace(/__Host-ww_at=[^;]*/, '__Host-ww_at=expired');
  const { code } = await installation.ask('DELETE', '/auth/sessions', { headers: { cookie } });
  assert.equal(code, 'ERR_TOKEN_MALFORMED');
});

test('one session has one token: through refreshes, in every process, and another after each sign-in', async (t) => {
  const { installation, victim, attacker } = await signedInTwice(t);
  const refresh = await installation.ask('POST', '/auth/refresh', {
    headers: { cookie: victim.jar, origin: OWN },
  });
  assert.notEqual(refresh.jar, victim.jar);
  assert.equal(csrfTokenOf(refresh.jar), csrfTokenOf(victim.jar));
  assert.notEqual(csrfTokenOf(attacker.jar), csrfTokenOf(victim.jar));
  assert.match(csrfTokenOf(victim.jar), /^[\w-]{43}$/);
});

test('a session from before gets the cookie when it is asked who is signed in, and no program does', async (t) => {
  const { installation, victim } = await signedInTwice(t);
  const { ask } = installation;
  const token = csrfTokenOf(victim.jar);
  const without = victim.jar.replace(/; __Host-ww_csrf=[^;]*/, '');
  for (const cookie of [without, `${without}; __Host-ww_csrf=`, `${without}; __Host-ww_csrf=${LAST}`]) {
    const { cookies } = await ask('GET', '/auth/session', { headers: { cookie } });
    assert.equal(cookies.length, 1);
    assert.match(
      cookies[0] ?? '',
      new RegExp(`^__Host-ww_csrf=${token}; Path=/; Max-Age=\\d+; Secure; SameSite=Lax$`),
    );
  }
  assert.deepEqual((await ask('GET', '/auth/session', { headers: { cookie: victim.jar } })).cookies, []);
  const { json } = await signedIn(installation, 'body');
  const authorization = `Bearer ${json.access_token}`;
  assert.deepEqual((await ask('GET', '/auth/session', { headers: { authorization } })).cookies, []);
});
