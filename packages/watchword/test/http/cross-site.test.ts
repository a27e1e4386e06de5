import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERROR_CATALOGUE, WatchwordError, type WatchwordEvent } from '../../src/facade/index.ts';
import {
  CREDENTIALS,
  inProduction,
  LISTED,
  openInstallation,
  OWN,
  signedIn,
  type Installation,
} from './installation.ts';

const SITES = [undefined, 'same-origin', 'same-site', 'cross-site', 'none', 'Same-Origin', ''];
const ORIGINS = [
  undefined,
  OWN,
  LISTED,
  'https://evil.example',
  'null',
  `${OWN}/`,
  `${OWN}.evil.example`,
  '',
];

/** Where a browser says that a request comes from: Fetch Metadata decides, Origin where that is missing or listed. */
function placeOf(site: string | undefined, origin: string | undefined) {
  if (site === undefined && origin === undefined) return 'nowhere';
  if (site === 'same-origin') return 'own';
  if (origin === LISTED) return 'listed';
  return site === undefined && origin === OWN ? 'own' : 'foreign';
}

/** What acts by cookies, or hands them out. */
const BY_COOKIE = { own: undefined, listed: undefined, foreign: 'ERR_CROSS_SITE', nowhere: 'ERR_CROSS_SITE' };
/** What takes or hands out tokens in a body. */
const BY_BODY = {
  own: 'ERR_DELIVERY_FORBIDDEN',
  listed: undefined,
  foreign: 'ERR_CROSS_SITE',
  nowhere: undefined,
};
const ALWAYS = { own: undefined, listed: undefined, foreign: undefined, nowhere: undefined };

type Headers = Readonly<Record<string, string | undefined>>;
type Outcome = { readonly code: string | undefined; readonly cookies?: readonly string[] };

/** Asks from every place; `attempt` gives what came of it, and looks itself that a refusal changed nothing. */
async function everywhere(
  expected: Readonly<Record<ReturnType<typeof placeOf>, string | undefined>>,
  attempt: (headers: Headers) => Promise<Outcome>,
) {
  for (const site of SITES) {
    for (const origin of ORIGINS) {
      const { code, cookies = [] } = await attempt({ 'sec-fetch-site': site, origin });
      assert.equal(code, expected[placeOf(site, origin)], `Sec-Fetch-Site: ${site}, Origin: ${origin}`);
      if (code !== undefined) assert.deepEqual(cookies, [], 'a refusal sets and clears no cookie');
    }
  }
}

for (const [delivery, expected] of [
  ['cookie', BY_COOKIE],
  ['body', BY_BODY],
] as const) {
  test(`signing in with ${delivery} delivery: login CSRF is refused`, async (t) => {
    const installation = await openInstallation(t);
    const { json } = await signedIn(installation, 'body');
    await everywhere(expected, async (headers) => {
      const before = await installation.auth.sessions.list(json.user.id);
      const answer = await installation.ask('POST', '/auth/sign-in', {
        headers,
        body: { ...CREDENTIALS, delivery },
      });
      const after = await installation.auth.sessions.list(json.user.id);
      assert.equal(after.length - before.length, answer.code === undefined ? 1 : 0);
      if (answer.code === undefined && after.length > 90)
        await installation.auth.revoke.subject(json.user.id);
      return answer;
    });
  });

  test(`signing up with ${delivery} delivery: a refusal makes no account`, async (t) => {
    const { ask } = await openInstallation(t);
    let count = 0;
    await everywhere(expected, async (headers) => {
      count += 1;
      const body = { email: `user${count}@example.com`, password: CREDENTIALS.password, delivery };
      const answer = await ask('POST', '/auth/sign-up', { headers, body });
      const { status } = await ask('POST', '/auth/sign-in', { body: { ...body, delivery: 'body' } });
      assert.equal(status, answer.code === undefined ? 200 : 401);
      return answer;
    });
  });
}

test('refreshing by cookie: a refusal moves no chain', async (t) => {
  const installation = await openInstallation(t, { raceWindowMs: 0 });
  let { jar, json } = await signedIn(installation);
  await everywhere(BY_COOKIE, async (headers) => {
    const answer = await installation.ask('POST', '/auth/refresh', { headers: { ...headers, cookie: jar } });
    const before = json.session.generation;
    if (answer.status === 200) ({ jar, json } = answer);
    const now = await generationOf(installation, jar);
    assert.equal(now, answer.status === 200 ? before + 1 : before);
    return answer;
  });
});

test('refreshing by body: a refusal moves no chain', async (t) => {
  const installation = await openInstallation(t, { raceWindowMs: 0 });
  let { json } = await signedIn(installation, 'body');
  await everywhere(BY_BODY, async (headers) => {
    const body = { refresh_token: json.refresh_token };
    const answer = await installation.ask('POST', '/auth/refresh', { headers, body });
    if (answer.status === 200) ({ json } = answer);
    return answer;
  });
  const { json: last } = await installation.ask('POST', '/auth/refresh', {
    body: { refresh_token: json.refresh_token },
  });
  assert.equal(last.session.generation, json.session.generation + 1);
});

test('signing out by cookie, be it one cookie of the two: a refusal ends nothing', async (t) => {
  const installation = await openInstallation(t);
  for (const only of [/ww_at/, /ww_rt/, /./]) {
    await everywhere(BY_COOKIE, (headers) =>
      endsOneSession(installation, headers, (cookie) =>
        cookie
          .split('; ')
          .filter((each) => only.test(each))
          .join('; '),
      ),
    );
  }
});

async function endsOneSession(
  installation: Installation,
  headers: Headers,
  choose: (cookie: string) => string,
) {
  const { jar } = await signedIn(installation);
  const answer = await installation.ask('POST', '/auth/sign-out', {
    headers: { ...headers, cookie: choose(jar) },
  });
  const { status } = await installation.ask('GET', '/auth/session', { headers: { cookie: jar } });
  assert.equal(status, answer.code === undefined ? 401 : 200);
  return answer;
}

test('signing out by bearer or by a refresh token in the body is possible from everywhere', async (t) => {
  const installation = await openInstallation(t);
  await everywhere(ALWAYS, async (headers) => {
    const { json } = await signedIn(installation, 'body');
    const authorization = `Bearer ${json.access_token}`;
    const answer = await installation.ask('POST', '/auth/sign-out', {
      headers: { ...headers, authorization },
    });
    const { code } = await installation.ask('GET', '/auth/session', { headers: { authorization } });
    assert.equal(code, 'ERR_TOKEN_REVOKED');
    return answer;
  });
  await everywhere(ALWAYS, async (headers) => {
    const { json } = await signedIn(installation, 'body');
    return installation.ask('POST', '/auth/sign-out', {
      headers,
      body: { refresh_token: json.refresh_token },
    });
  });
});

test("a foreign page's own refresh token in the body does not end the session of the cookies", async (t) => {
  const installation = await openInstallation(t);
  const { jar } = await signedIn(installation);
  const { json: attacker } = await signedIn(installation, 'body');
  const [access = ''] = jar.split('; ');
  await installation.ask('POST', '/auth/sign-out', {
    headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example', cookie: access },
    body: { refresh_token: attacker.refresh_token },
  });
  assert.equal((await installation.ask('GET', '/auth/session', { headers: { cookie: jar } })).status, 200);
});

for (const path of ['/auth/sessions', '/auth/sessions/{id}']) {
  test(`DELETE ${path}: by cookie from pages of ours alone, by bearer from everywhere`, async (t) => {
    const installation = await openInstallation(t);
    const { jar, json } = await signedIn(installation);
    const attempt = (credential: Headers) => async (headers: Headers) => {
      const { json: victim } = await signedIn(installation, 'body');
      const answer = await installation.ask('DELETE', path.replace('{id}', victim.session.id), {
        headers: { ...headers, ...credential },
      });
      const left = await installation.auth.sessions.get(victim.session.id);
      assert.equal(left === undefined, answer.code === undefined);
      return answer;
    };
    await everywhere(BY_COOKIE, attempt({ cookie: jar }));
    const { json: program } = await signedIn(installation, 'body');
    await everywhere(ALWAYS, attempt({ authorization: `Bearer ${program.access_token}` }));
    assert.ok(json.user.id);
  });
}

test("a guarded route of the application's own: POST by cookie from pages of ours alone", async (t) => {
  const installation = await openInstallation(t);
  const { jar } = await signedIn(installation);
  const { json } = await signedIn(installation, 'body');
  const through = (method: string, credential: Headers) => async (headers: Headers) =>
    passGuard(installation, method, { ...headers, ...credential });
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'TRACE', 'CONNECT']) {
    await everywhere(BY_COOKIE, through(method, { cookie: jar }));
    await everywhere(ALWAYS, through(method, { authorization: `Bearer ${json.access_token}` }));
  }
  for (const method of ['GET', 'HEAD', 'OPTIONS']) await everywhere(ALWAYS, through(method, { cookie: jar }));
});

test('reading by cookie is possible from everywhere: no page that asks can read the answer, but a listed one', async (t) => {
  const installation = await openInstallation(t);
  const { jar } = await signedIn(installation);
  for (const method of ['GET', 'HEAD']) {
    for (const path of ['/auth/session', '/auth/sessions']) {
      await everywhere(ALWAYS, async (headers) => {
        const answer = await installation.ask(method, path, { headers: { ...headers, cookie: jar } });
        const reader = headers['origin'] === LISTED ? LISTED : undefined;
        assert.equal(answer.header('access-control-allow-origin'), reader);
        assert.equal(answer.header('cross-origin-resource-policy'), 'same-origin');
        return answer;
      });
    }
  }
});

for (const [headers, reason, detail] of [
  [
    { 'sec-fetch-site': 'same-site', origin: 'https://shop.example' },
    'fetch_site',
    /^Arrived: sec-fetch-site `same-site`, origin `https:\/\/shop\.example`\..*`https:\/\/shop\.example` are yours, list that in the option `origins`/,
  ],
  [
    { 'sec-fetch-site': 'cross-site' },
    'fetch_site',
    /no origin.*did not say its origin, so that it cannot be listed/,
  ],
  [{ 'sec-fetch-site': 'none' }, 'fetch_site', /an address that was typed/],
  [{ origin: 'null' }, 'origin', /^Arrived: no sec-fetch-site, origin `null`\..*it can never be listed/],
  [
    { origin: `https://evil\r\n\u001b[31m${'x'.repeat(1000)}` },
    'origin',
    /`https:\/\/evil\?\?\?\[31mx{1,90}`/,
  ],
  [
    {},
    'token_missing',
    /no sec-fetch-site, no origin.*repeat the cookie __Host-ww_csrf in the header x-ww-csrf, which/,
  ],
  [{ 'x-ww-csrf': 'wrong' }, 'token_wrong', /are not the token of the session/],
] as const) {
  test(`a refusal says to developers what arrived and what to do, and to nobody else: ${JSON.stringify(headers).slice(0, 60)}`, async (t) => {
    for (const environment of ['development', 'production'] as const) {
      const options = environment === 'production' ? inProduction() : { environment };
      const installation = await openInstallation(t, options);
      const { jar } = await signedIn(installation);
      const events: WatchwordEvent[] = [];
      installation.auth.events.on('cross_site_refused', (event) => events.push(event));
      const { code, json } = await installation.ask('POST', '/auth/sign-out', {
        headers: { ...headers, cookie: jar },
      });
      assert.equal(code, 'ERR_CROSS_SITE');
      const [event] = events;
      assert.ok(event?.type === 'cross_site_refused' && events.length === 1);
      assert.deepEqual([event.path, event.reason], ['/auth/sign-out', reason]);
      assert.match(event.detail, detail);
      assert.ok(!jar.split('; ').some((pair) => event.detail.includes(pair.slice(pair.indexOf('=') + 1))));
      const { sentence } = ERROR_CATALOGUE.ERR_CROSS_SITE;
      const told = environment === 'development' ? `${sentence} ${event.detail}` : sentence;
      assert.equal(json.detail, told);
    }
  });
}

test("the application's own sign-in route is refused with the same explanation", async (t) => {
  const { auth } = await openInstallation(t);
  const request = {
    method: 'POST',
    path: '/login',
    remoteAddress: undefined,
    header: (name: string) => (name === 'origin' ? 'http://localhost:5173' : undefined),
    readBody: async () => ({ kind: 'aborted' }) as const,
  };
  const refusal = await auth.http
    .startCookieSession(request, { subject: 'ada' })
    .catch((error: unknown) => error);
  assert.ok(refusal instanceof WatchwordError && refusal.code === 'ERR_CROSS_SITE');
  assert.match(
    JSON.parse(auth.http.refuse(refusal).body).detail,
    /`http:\/\/localhost:5173` are yours, list that/,
  );
  assert.deepEqual(await auth.sessions.list('ada'), []);
});

async function generationOf({ ask }: Installation, cookie: string): Promise<number> {
  return (await ask('GET', '/auth/session', { headers: { cookie } })).json.chain.generation;
}

async function passGuard({ auth }: Installation, method: string, headers: Headers): Promise<Outcome> {
  return new Promise((resolve) => {
    const response = {
      statusCode: 200,
      getHeader: () => undefined,
      setHeader: () => undefined,
      end: (body?: string) => resolve({ code: JSON.parse(body ?? '').code }),
    };
    auth.require()({ method, url: '/orders', headers }, response, () => resolve({ code: undefined }));
  });
}
