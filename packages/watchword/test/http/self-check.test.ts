import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, test } from 'node:test';
import { inProduction, openInstallation } from './installation.ts';
import { openBehindProxy, PAGE_HEADERS, type Mischief } from './misbehaving-proxy.ts';

const CHECKS = [
  'reachable',
  'host',
  'scheme',
  'origin_header',
  'fetch_metadata',
  'csrf_header',
  'cookie_header',
  'authorization_header',
  'set_cookie',
  'cache_control',
  'vary',
  'not_cached',
];
const PAGE_CHECKS = Object.keys(PAGE_HEADERS).map((header) => `page / ${header}`);

function eachCookie(change: (cookie: string) => string) {
  return (headers: IncomingHttpHeaders): void => {
    if (headers['set-cookie'] !== undefined) headers['set-cookie'] = headers['set-cookie'].map(change);
  };
}

test('a proxy that passes on what it gets: everything is ok', async (t) => {
  const { auth } = await openBehindProxy(t);
  const report = await auth.selfCheck();
  assert.deepEqual(
    report.checks.filter(({ ok }) => !ok),
    [],
  );
  assert.equal(report.ok, true);
  assert.deepEqual(
    report.checks.map(({ name }) => name),
    [...CHECKS, ...PAGE_CHECKS],
  );
});

describe('a proxy that changes something is found out, and the sentence says what to do', () => {
  const wrong: Readonly<Record<string, readonly [Mischief, readonly string[], RegExp]>> = {
    'drops Origin': [
      { request: (headers) => delete headers.origin },
      ['origin_header'],
      /drops the header origin\. Without it, browsers/,
    ],
    'changes Origin': [
      { request: (headers) => void (headers.origin = 'http://upstream') },
      ['origin_header'],
      /changes the header origin/,
    ],
    'drops Fetch Metadata': [
      {
        request(headers) {
          delete headers['sec-fetch-site'];
          delete headers['sec-fetch-mode'];
        },
      },
      ['fetch_metadata'],
      /drops the header sec-fetch-site/,
    ],
    'drops x-ww-csrf': [
      { request: (headers) => delete headers['x-ww-csrf'] },
      ['csrf_header'],
      /drops the header x-ww-csrf/,
    ],
    'drops cookies': [
      { request: (headers) => delete headers.cookie },
      ['cookie_header'],
      /drops the header cookie/,
    ],
    'drops Authorization': [
      { request: (headers) => delete headers.authorization },
      ['authorization_header'],
      /no bearer token arrives/,
    ],
    'puts its own Authorization in its place': [
      { request: (headers) => void (headers.authorization = 'Basic c2VjcmV0OnNlc2FtZQ==') },
      ['authorization_header'],
      /changes the header authorization/,
    ],
    'changes Host': [
      { request: (headers) => void (headers.host = 'upstream:3000') },
      ['host'],
      /The proxy changes Host, which should be localhost:\d+/,
    ],
    'says another scheme': [
      { request: (headers) => void (headers['x-forwarded-proto'] = 'https') },
      ['scheme'],
      /X-Forwarded-Proto should say http/,
    ],
    'adds Domain to cookies': [
      { answer: eachCookie((cookie) => `${cookie}; Domain=app.example`) },
      ['set_cookie'],
      /adds Domain, which `__Host-` forbids/,
    ],
    'removes Secure': [
      { answer: eachCookie((cookie) => cookie.replace('; Secure', '')) },
      ['set_cookie'],
      /removes Secure/,
    ],
    'removes HttpOnly': [
      { answer: eachCookie((cookie) => cookie.replace('; HttpOnly', '')) },
      ['set_cookie'],
      /removes HttpOnly/,
    ],
    'changes Path': [
      { answer: eachCookie((cookie) => cookie.replace('Path=/', 'Path=/app')) },
      ['set_cookie'],
      /changes Path/,
    ],
    'changes SameSite': [
      { answer: eachCookie((cookie) => cookie.replace('SameSite=Lax', 'SameSite=None')) },
      ['set_cookie'],
      /changes attributes/,
    ],
    'merges cookies into one header': [
      {
        answer(headers) {
          if (headers['set-cookie']) headers['set-cookie'] = [headers['set-cookie'].join(', ')];
        },
      },
      ['set_cookie'],
      /several into one header/,
    ],
    'drops the second cookie': [
      { answer: (headers) => void headers['set-cookie']?.splice(1) },
      ['set_cookie'],
      /drops some of them/,
    ],
    'drops cookies of answers': [
      { answer: (headers) => delete headers['set-cookie'] },
      ['set_cookie'],
      /nobody can sign in/,
    ],
    'lets browsers cache': [
      { answer: (headers) => void (headers['cache-control'] = 'public, max-age=60') },
      ['cache_control'],
      /should say no-store/,
    ],
    'drops Vary': [{ answer: (headers) => delete headers.vary }, ['vary'], /should name Origin/],
    'caches answers': [{ caches: true }, ['not_cached'], /gives one user the session of another/],
    'drops the policy of pages': [
      { answer: (headers) => delete headers['content-security-policy'] },
      ['page / content-security-policy'],
      /frame-ancestors/,
    ],
    'lets browsers sniff': [
      { answer: (headers) => delete headers['x-content-type-options'] },
      ['page / x-content-type-options'],
      /nosniff/,
    ],
  };
  for (const [what, [mischief, names, advice]] of Object.entries(wrong)) {
    test(what, async (t) => {
      const { auth, proxied } = await openBehindProxy(t);
      proxied.mischief = mischief;
      const { ok, checks } = await auth.selfCheck();
      assert.equal(ok, false);
      const failed = checks.filter((check) => !check.ok);
      assert.deepEqual(
        failed.map(({ name }) => name),
        names,
      );
      assert.match(failed[0]?.advice ?? '', advice);
      const text = JSON.stringify(checks);
      assert.ok(!text.includes('c2VjcmV0'), 'what the proxy put there stays there');
    });
  }
});

describe('an address that does not lead to this installation', () => {
  const wrong: Readonly<Record<string, readonly [Mischief['instead'], RegExp]>> = {
    'nothing behind the proxy': [() => ({ status: 502, headers: {}, body: 'bad gateway' }), /answered 502/],
    'a redirect': [
      (request) =>
        request.url === '/'
          ? undefined
          : { status: 301, headers: { location: 'http://localhost:1/' }, body: '' },
      /answered 301/,
    ],
    'a page for every path': [() => ({ status: 200, headers: {}, body: '<p>hello' }), /answered 200/],
    'more than it should be': [
      () => ({ status: 200, headers: {}, body: ' '.repeat(20_000) }),
      /longer than 16384 bytes/,
    ],
    'somebody who answers as we would, without the key': [
      () => ({
        status: 200,
        headers: {},
        body: JSON.stringify({ proof: 'A'.repeat(43), stamp: '', host: '', scheme: '', headers: {} }),
      }),
      /the proof is not ours/,
    ],
    'what breaks lines of a log': [
      () => ({ status: 200, headers: {}, body: '{"proof":"\\r\\n"}' }),
      /^[\x20-\x7e]+$/,
    ],
  };
  for (const [what, [instead, seen]] of Object.entries(wrong)) {
    test(what, async (t) => {
      const { auth, proxied } = await openBehindProxy(t, { selfCheck: { pages: [] } });
      proxied.mischief = { instead: instead ?? (() => undefined) };
      const { ok, checks } = await auth.selfCheck();
      assert.equal(ok, false);
      const [reachable, ...others] = checks;
      assert.deepEqual([reachable?.name, reachable?.ok, others], ['reachable', false, []]);
      assert.match(reachable?.seen ?? '', seen);
      assert.match(reachable?.advice ?? '', /has to lead to this installation/);
    });
  }

  test('another installation', async (t) => {
    const other = await openBehindProxy(t);
    const { auth } = await openInstallation(t, { issuer: other.issuer });
    const { checks } = await auth.selfCheck();
    assert.equal(checks[0]?.seen, 'somebody answered 404');
  });

  test('nobody listens', async (t) => {
    const { auth } = await openInstallation(t, { issuer: 'http://localhost:1' });
    const { ok, checks } = await auth.selfCheck();
    assert.equal(ok, false);
    assert.match(checks[0]?.seen ?? '', /^the connection failed/);
    assert.match(checks[1]?.seen ?? '', /^the connection failed/);
  });
});

test('pages are those of the option; redirects are followed on our own origin, and to nobody else', async (t) => {
  const { auth, proxied } = await openBehindProxy(t, { selfCheck: { pages: ['/old', '/away'] } });
  const asked: (string | undefined)[] = [];
  proxied.mischief = {
    instead(request) {
      asked.push(request.url);
      return undefined;
    },
  };
  const { checks } = await auth.selfCheck();
  const ofPage = (path: string) => checks.filter(({ name }) => name.startsWith(`page ${path} `));
  assert.ok(ofPage('/old').length === 6 && ofPage('/old').every(({ ok }) => ok));
  assert.ok(ofPage('/away').length === 6 && ofPage('/away').every(({ ok }) => !ok));
  assert.deepEqual(asked.filter((url) => !url?.startsWith('/auth/')).toSorted(), ['/', '/away', '/old']);
});

test('who asks at the same time, or soon again, is given the same report', async (t) => {
  const { auth, proxied } = await openBehindProxy(t);
  const reports = await Promise.all([auth.selfCheck(), auth.selfCheck(), auth.selfCheck()]);
  assert.equal(new Set(reports).size, 1);
  assert.equal(await auth.selfCheck(), reports[0]);
  assert.equal(proxied.passed, 4, 'three probes and a page');
});

test('GET /auth/self-check: for everybody in development, for nobody in production', async (t) => {
  const { issuer } = await openBehindProxy(t);
  const answer = await fetch(`${issuer}/auth/self-check`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const { ok, checked_at: checkedAt, checks } = (await answer.json()) as Record<string, unknown>;
  assert.equal(ok, true);
  assert.ok(Math.abs(Date.parse(String(checkedAt)) - Date.now()) < 10_000);
  assert.equal((checks as object[]).length, CHECKS.length + PAGE_CHECKS.length);

  const behind = await openBehindProxy(t, inProduction());
  const hidden = await fetch(`${behind.issuer}/auth/self-check`);
  assert.equal(hidden.status, 404);
  assert.equal(behind.proxied.passed, 1, 'and nothing is asked');
  assert.equal((await behind.auth.selfCheck()).ok, true);
});

test('only a fresh probe of this installation is answered, and it tells no header', async (t) => {
  const { ask } = await openInstallation(t);
  const other = await openBehindProxy(t);
  const probes: string[] = [];
  other.proxied.mischief = {
    instead(request) {
      probes.push(request.url ?? '');
      return undefined;
    },
  };
  await other.auth.selfCheck();
  const path = probes.find((url) => url.startsWith('/auth/self-check/')) ?? '';
  const probe = path.slice('/auth/self-check/'.length);
  const headers = {
    authorization: 'Bearer secret',
    cookie: 'theirs=secret',
    origin: 'https://secret.example',
  };
  const seen = await other.ask('GET', path, { headers });
  assert.equal(seen.status, 200);
  assert.ok(!JSON.stringify(seen.json).includes('secret'));
  for (const wrong of [
    path.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    `/auth/self-check/${probe.replace(/^\d/, (digit) => String((Number(digit) + 1) % 10))}`,
    '/auth/self-check/1.A.B',
    `/auth/self-check/${'9'.repeat(10_000)}`,
    '/auth/self-check/',
  ]) {
    assert.equal((await other.ask('GET', wrong)).status, 404, wrong.slice(0, 60));
  }
  assert.equal((await ask('GET', path)).status, 404, 'nor one of another installation');
});
