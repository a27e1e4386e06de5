import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { WatchwordOptions } from '../../src/facade/index.ts';
import { COOKIE_PAGE, CREDENTIALS, openInstallation, signedIn, type Installation } from './installation.ts';
import { memory } from '../../src/stores/memory/index.ts';

const SECRET = '6d1f0c4e6ab35792f1e80d6c5b4a3928170695e4d3c2b1a09f8e7d6c5b4a3927';

/** What a browser holds: it tells a cookie by name, domain, path and partition, and sends the longest paths first. */
class Jar {
  readonly #cookies = new Map<string, { pair: string; domain: string; path: string }>();

  /** As browsers keep it; `lax` is a user agent that knows no prefixes. */
  take(lines: readonly string[], lax = false): this {
    for (const line of lines) {
      const [pair = '', ...rest] = line.split('; ');
      const name = pair.slice(0, pair.indexOf('='));
      const attribute = (key: string): string =>
        rest.find((each) => each.startsWith(`${key}=`))?.slice(key.length + 1) ?? '';
      const [domain, path] = [attribute('Domain'), attribute('Path') || '/'];
      const isHost = name.startsWith('__Host-');
      if (!lax && isHost && (domain !== '' || path !== '/' || !rest.includes('Secure'))) continue;
      const key = JSON.stringify([name, domain, path, rest.includes('Partitioned')]);
      if (attribute('Max-Age') === '0') this.#cookies.delete(key);
      else this.#cookies.set(key, { pair, domain, path });
    }
    return this;
  }

  header(path: string): string {
    return [...this.#cookies.values()]
      .filter((cookie) => cookie.path === '/' || `${path}/`.startsWith(`${cookie.path}/`))
      .toSorted((a, b) => b.path.length - a.path.length)
      .map(({ pair }) => pair)
      .join('; ');
  }

  names(): readonly string[] {
    return [...this.#cookies.values()].map(({ pair }) => pair.slice(0, pair.indexOf('='))).toSorted();
  }
}

async function browse({ ask }: Installation, jar: Jar, method: string, path: string, body?: unknown) {
  const headers = { ...COOKIE_PAGE, cookie: jar.header(path) };
  const answer = await ask(method, path, { headers, ...(body !== undefined && { body }) });
  return answer;
}

/** Installations with different options over the same store, one after the other, as after a deployment. */
async function redeploy(
  t: TestContext,
  store: WatchwordOptions['store'],
  cookies: WatchwordOptions['cookies'],
) {
  return openInstallation(t, { store, secret: SECRET, raceWindowMs: 0, ...(cookies && { cookies }) });
}

function lastingStore(): WatchwordOptions['store'] {
  const factory = memory();
  let opened: ReturnType<typeof factory.open> | undefined;
  return {
    ...factory,
    open: async (context) => {
      opened ??= factory.open(context);
      const store = await opened;
      return Object.create(store, { close: { value: async () => undefined } }) as typeof store;
    },
  };
}

for (const [what, spoil] of [
  ['a Domain', (line: string) => line.replace('Path=/', 'Domain=www.app.example; Path=/')],
  ['the Domain of a parent', (line: string) => line.replace('Path=/', 'Domain=app.example; Path=/')],
  ['the path of the route', (line: string) => line.replace('Path=/', 'Path=/auth')],
  ['a Domain and a path', (line: string) => line.replace('Path=/', 'Domain=app.example; Path=/auth')],
] as const) {
  test(`a user agent without prefixes that has cookies twice, once with ${what}, is not locked out`, async (t) => {
    const issuer = 'https://www.app.example';
    const installation = await openInstallation(t, { issuer });
    const { cookies } = await signedIn(installation);
    const other = await signedIn(installation);
    const jar = new Jar().take(cookies, true).take(other.cookies.map(spoil), true);
    const seen: (readonly string[])[] = [];
    installation.auth.events.on('cookie_duplicate', ({ names }) => seen.push(names));
    const refused = await browse(installation, jar, 'POST', '/auth/refresh', {});
    assert.equal(refused.code, 'ERR_REFRESH_AMBIGUOUS');
    jar.take(refused.cookies, true);
    assert.deepEqual(jar.names(), [], 'all of them are gone');
    assert.deepEqual(seen, [['__Host-ww_at', '__Host-ww_rt', '__Host-ww_csrf']]);
    const signIn = await browse(installation, jar, 'POST', '/auth/sign-in', CREDENTIALS);
    jar.take(signIn.cookies, true);
    assert.equal((await browse(installation, jar, 'GET', '/auth/session')).status, 200);
  });
}

test('signing in clears what is there twice before it sets its own', async (t) => {
  const installation = await openInstallation(t);
  const { cookies } = await signedIn(installation);
  const tossed = cookies.map((line) => line.replace('Path=/', 'Path=/auth'));
  const jar = new Jar().take(cookies, true).take(tossed, true);
  jar.take((await browse(installation, jar, 'POST', '/auth/sign-in', CREDENTIALS)).cookies, true);
  assert.deepEqual(jar.names(), ['__Host-ww_at', '__Host-ww_csrf', '__Host-ww_rt']);
  assert.equal((await browse(installation, jar, 'GET', '/auth/session')).status, 200);
});

test('a guard answers a cookie that came twice with what clears it, below its own path too', async (t) => {
  const installation = await openInstallation(t);
  const { jar } = await signedIn(installation);
  const verdict = await installation.auth.http.guard('test')({
    method: 'GET',
    path: '/shop/orders',
    remoteAddress: undefined,
    header: (name) => (name === 'cookie' ? `${jar}; __Host-ww_at=other` : undefined),
    readBody: async () => ({ kind: 'aborted' }),
  });
  assert.ok(verdict.kind === 'refused' && verdict.response.status === 400);
  const cleared = verdict.response.headers
    .filter(([name]) => name === 'set-cookie')
    .map(([, value]) => value);
  assert.ok(cleared.includes('__Host-ww_at=; Path=/; Max-Age=0; Secure'));
  assert.ok(cleared.includes('__Host-ww_at=; Domain=app.example; Path=/shop; Max-Age=0; Secure'));
  assert.ok(cleared.every((line) => line.startsWith('__Host-ww_at=; ') && line.includes('Max-Age=0')));
});

test('a path cannot write into what clears cookies', async (t) => {
  const installation = await openInstallation(t);
  const { jar } = await signedIn(installation);
  for (const path of ['/a;b=c/d', '/a, b/d', `/${'a'.repeat(200)}/d`, '/\r\nx: y/d', '//evil.example/d']) {
    const verdict = await installation.auth.http.guard('test')({
      method: 'GET',
      path,
      remoteAddress: undefined,
      header: (name) => (name === 'cookie' ? `${jar}; __Host-ww_at=other` : undefined),
      readBody: async () => ({ kind: 'aborted' }),
    });
    assert.ok(verdict.kind === 'refused');
    for (const [name, value] of verdict.response.headers) {
      if (name === 'set-cookie')
        assert.match(
          value,
          /^__Host-ww_at=; (?:Domain=[\w.]+; )?Path=\/[\w./]{0,20}; Max-Age=0; Secure(?:; SameSite=None; Partitioned)?$/,
        );
    }
  }
});

test('a name behind a blank that only Unicode knows is no cookie of ours', async (t) => {
  const installation = await openInstallation(t);
  const { jar } = await signedIn(installation);
  const [access = ''] = jar.split('; ');
  for (const blank of ['\u00a0', '\u2000', '\ufeff', '\u3000', '\u0085', '\v', '\f']) {
    for (const cookie of [
      `${blank}${access}`,
      `theme=dark;${blank}${access}`,
      `theme=dark; ${blank}${access}`,
    ]) {
      const { code } = await installation.ask('GET', '/auth/session', { headers: { cookie } });
      assert.equal(code, 'ERR_TOKEN_MISSING', JSON.stringify(blank));
    }
    const both = await installation.ask('GET', '/auth/session', {
      headers: { cookie: `${jar}; ${blank}__Host-ww_at=tossed` },
    });
    assert.equal(both.status, 200, 'nor does it stand in the way of ours');
  }
});

test('of many names that come twice all are cleared, in answers that any proxy takes', async (t) => {
  const formerPrefixes = ['one', 'two', 'three', 'four'];
  const { ask } = await openInstallation(t, {
    issuer: 'https://accounts.customers.eu-central.example-company.com',
    cookies: { formerPrefixes },
  });
  const left = new Set(
    ['ww', ...formerPrefixes].flatMap((prefix) =>
      ['at', 'rt', 'sid', 'csrf'].map((kind) => `__Host-${prefix}_${kind}`),
    ),
  );
  for (let count = 0; count < formerPrefixes.length + 1; count += 1) {
    const cookie = [...left].flatMap((name) => [`${name}=1`, `${name}=2`]).join('; ');
    const answer = await ask('POST', '/auth/refresh', { headers: { ...COOKIE_PAGE, cookie } });
    assert.equal(answer.status, 400);
    const lengths = answer.cookies.map((line) => `set-cookie: ${line}\r\n`.length);
    assert.ok(lengths.reduce((sum, length) => sum + length) < 3500);
    for (const line of answer.cookies) left.delete(line.slice(0, line.indexOf('=')));
  }
  assert.deepEqual([...left], []);
});

test('moving to another prefix signs nobody out, and leaves nothing of the former one', async (t) => {
  const store = lastingStore();
  const before = await redeploy(t, store, undefined);
  const jar = new Jar().take((await signedIn(before)).cookies);
  const after = await redeploy(t, store, { prefix: 'shop', formerPrefixes: ['ww'] });
  const session = await browse(after, jar, 'GET', '/auth/session');
  assert.equal(session.status, 200);
  jar.take(session.cookies);
  assert.deepEqual(
    jar.names(),
    ['__Host-shop_csrf', '__Host-ww_at', '__Host-ww_rt'],
    'pages find the CSRF token under the name of today; the tokens move with the renewal',
  );
  jar.take((await browse(after, jar, 'POST', '/auth/refresh', {})).cookies);
  assert.deepEqual(jar.names(), ['__Host-shop_at', '__Host-shop_csrf', '__Host-shop_rt']);
  const { json } = await browse(after, jar, 'GET', '/auth/session');
  assert.equal(json.session_id, session.json.session_id);
});

test('without the former prefix, moving signs out', async (t) => {
  const store = lastingStore();
  const jar = new Jar().take((await signedIn(await redeploy(t, store, undefined))).cookies);
  const after = await redeploy(t, store, { prefix: 'shop' });
  assert.equal((await browse(after, jar, 'GET', '/auth/session')).code, 'ERR_TOKEN_MISSING');
});

test('signing out clears the cookies of a former prefix, too', async (t) => {
  const store = lastingStore();
  const jar = new Jar().take((await signedIn(await redeploy(t, store, undefined))).cookies);
  const after = await redeploy(t, store, { prefix: 'shop', formerPrefixes: ['ww'] });
  jar.take((await browse(after, jar, 'POST', '/auth/sign-out', {})).cookies);
  assert.deepEqual(jar.names(), []);
});

test('a cookie of a former prefix is none where there is one of today', async (t) => {
  const store = lastingStore();
  const before = await redeploy(t, store, undefined);
  const jar = new Jar().take((await signedIn(before)).cookies);
  const after = await redeploy(t, store, { prefix: 'shop', formerPrefixes: ['ww'] });
  const { cookies, json } = await signedIn(after);
  jar.take(cookies);
  assert.equal((await browse(after, jar, 'GET', '/auth/session')).json.session_id, json.session.id);
});

test('two installations on one host, by prefix: neither disturbs the other', async (t) => {
  const shop = await openInstallation(t, { cookies: { prefix: 'shop' } });
  const blog = await openInstallation(t, { cookies: { prefix: 'blog' } });
  const jar = new Jar();
  for (const each of [shop, blog]) {
    await signedIn(each);
    jar.take((await browse(each, jar, 'POST', '/auth/sign-in', CREDENTIALS)).cookies);
  }
  assert.equal(jar.names().length, 6);
  const sessionsOf = async () =>
    Promise.all(
      [shop, blog].map(async (each) => (await browse(each, jar, 'GET', '/auth/session')).json.session_id),
    );
  const before = await sessionsOf();
  assert.ok(before.every((id) => typeof id === 'string'));
  jar.take((await browse(shop, jar, 'POST', '/auth/refresh', {})).cookies);
  jar.take((await browse(blog, jar, 'POST', '/auth/refresh', {})).cookies);
  assert.deepEqual(await sessionsOf(), before);
  jar.take((await browse(shop, jar, 'POST', '/auth/sign-out', {})).cookies);
  assert.deepEqual(await sessionsOf(), [undefined, before[1]]);
  assert.equal(jar.names().length, 3);
});

test('partitioned cookies are SameSite=None, and take the place of those from before', async (t) => {
  const store = lastingStore();
  const jar = new Jar().take((await signedIn(await redeploy(t, store, undefined))).cookies);
  const after = await redeploy(t, store, { partitioned: true });
  const { status, cookies } = await browse(after, jar, 'POST', '/auth/refresh', {});
  assert.equal(status, 200);
  const set = cookies.filter((line) => !line.includes('Max-Age=0'));
  assert.equal(set.length, 3);
  for (const line of set) {
    assert.match(
      line,
      /^__Host-ww_\w+=[^;]+; Path=\/; Max-Age=\d+; Secure; (?:HttpOnly; )?SameSite=None; Partitioned$/,
    );
  }
  jar.take(cookies);
  assert.equal(jar.names().length, 3, 'no cookie is there twice');
  assert.equal((await browse(after, jar, 'GET', '/auth/session')).status, 200);
  jar.take((await browse(after, jar, 'POST', '/auth/sign-out', {})).cookies);
  assert.deepEqual(jar.names(), []);
});

test('going back from partitioned cookies asks for one sign-in, and no more', async (t) => {
  const store = lastingStore();
  const jar = new Jar().take((await signedIn(await redeploy(t, store, { partitioned: true }))).cookies);
  const after = await redeploy(t, store, undefined);
  jar.take((await browse(after, jar, 'POST', '/auth/refresh', {})).cookies);
  const twice = await browse(after, jar, 'GET', '/auth/session');
  assert.equal(twice.code, 'ERR_TOKEN_AMBIGUOUS');
  jar.take(twice.cookies);
  assert.deepEqual(jar.names(), []);
  jar.take((await browse(after, jar, 'POST', '/auth/sign-in', CREDENTIALS)).cookies);
  assert.equal((await browse(after, jar, 'GET', '/auth/session')).status, 200);
});

test('an access cookie that comes near 4096 bytes is told of, and again when it has grown', async (t) => {
  let filling = '';
  const installation = await openInstallation(t, { claims: () => ({ filling }) });
  await signedIn(installation);
  const told: number[] = [];
  installation.auth.events.on('cookie_near_limit', ({ name, length, limit }) => {
    assert.deepEqual([name, limit], ['__Host-ww_at', 4096]);
    told.push(length);
  });
  const signIn = () => installation.ask('POST', '/auth/sign-in', { headers: COOKIE_PAGE, body: CREDENTIALS });
  for (const length of [100, 2000, 2000, 2300, 2000]) {
    filling = 'x'.repeat(length);
    assert.equal((await signIn()).status, 200);
  }
  assert.equal(told.length, 2);
  const [first = 0, second = 0] = told;
  assert.ok(first > 3072 && second > first && second <= 4096);
});
