import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CREDENTIALS, LISTED, openInstallation, OWN, type Answer } from './installation.ts';

const OTHER = 'https://other.example:8443';
const ORIGINS = [LISTED, OTHER];

/** What looks like a listed origin, and is none. */
const UNLISTED = [
  'null',
  '*',
  '',
  OWN,
  `${LISTED}/`,
  `${LISTED}:443`,
  `${LISTED}:8443`,
  `${LISTED}.evil.example`,
  `${LISTED}evil`,
  `${LISTED}%00.evil.example`,
  `${LISTED}, ${LISTED}`,
  `${LISTED} `,
  ` ${LISTED}`,
  LISTED.toUpperCase(),
  LISTED.replace('admin', 'Admin'),
  LISTED.replace('https:', 'http:'),
  LISTED.replace('https:', 'HTTPS:'),
  LISTED.replace('https://', ''),
  LISTED.replace('admin.', 'evil-admin.'),
  LISTED.replace('admin.', 'x.admin.'),
  LISTED.replace('.', ''),
  LISTED.replace('admin', '\u0430dmin'),
  'https://other.example',
  'https://example',
  'https://evil.example',
];

/** Answers of every kind that the library gives itself. */
const QUESTIONS = [
  ['POST', '/auth/sign-in', { body: { ...CREDENTIALS, delivery: 'body' } }],
  ['POST', '/auth/sign-in', { body: 1 }],
  ['POST', '/auth/refresh', {}],
  ['GET', '/auth/session', {}],
  ['GET', '/auth/errors/NOWHERE', {}],
  ['GET', '/auth/nowhere', {}],
  ['PUT', '/auth/session', {}],
  ['POST', '/oauth/token', {}],
  ['POST', '/oauth/introspect', {}],
] as const;

const CORS = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-max-age',
] as const;

function corsOf(answer: Answer): Readonly<Record<string, string>> {
  const present = CORS.map((name) => [name, answer.header(name)] as const);
  return Object.fromEntries(
    present.filter((entry): entry is [(typeof CORS)[number], string] => entry[1] !== undefined),
  );
}

test('each answer to a page of a listed origin is for that page alone to read', async (t) => {
  const { ask } = await openInstallation(t, { origins: ORIGINS, clients: true });
  for (const [method, path, question] of QUESTIONS) {
    for (const origin of ORIGINS) {
      const answer = await ask(method, path, {
        ...question,
        headers: { origin, 'sec-fetch-site': 'cross-site' },
      });
      assert.deepEqual(
        corsOf(answer),
        {
          'access-control-allow-origin': origin,
          'access-control-allow-credentials': 'true',
          'access-control-expose-headers': 'x-request-id, retry-after, www-authenticate',
        },
        `${method} ${path}`,
      );
      assert.equal(answer.header('vary'), 'Origin');
    }
  }
});

test('look-alikes, null and everybody else get no header of CORS, be it to a preflight or to the request', async (t) => {
  const { ask } = await openInstallation(t, { origins: ORIGINS, clients: true });
  const preflight = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type',
  };
  for (const origin of [undefined, ...UNLISTED]) {
    for (const [method, path, question] of QUESTIONS) {
      const asked = await ask(method, path, { ...question, headers: { origin } });
      const before = await ask('OPTIONS', path, { headers: { origin, ...preflight } });
      for (const answer of [asked, before]) {
        assert.deepEqual(corsOf(answer), {}, `${method} ${path} from ${origin}`);
        assert.equal(answer.header('vary'), 'Origin', 'a cache must not hand it to a listed page');
      }
      assert.ok([404, 405].includes(before.status), `${before.status}`);
    }
  }
});

test('a preflight of a listed page is answered for every path, and does nothing', async (t) => {
  const { ask } = await openInstallation(t, { origins: ORIGINS, clients: true });
  for (const [, path] of QUESTIONS) {
    const headers = { origin: OTHER, 'access-control-request-method': 'DELETE' };
    const answer = await ask('OPTIONS', path, { headers });
    assert.equal(answer.status, 204);
    assert.deepEqual(corsOf(answer), {
      'access-control-allow-origin': OTHER,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'x-request-id, retry-after, www-authenticate',
      'access-control-allow-methods': 'GET, HEAD, POST, DELETE',
      'access-control-allow-headers': 'content-type, authorization, x-ww-csrf',
      'access-control-max-age': '600',
    });
    assert.deepEqual([answer.header('vary'), answer.cookies], ['Origin', []]);
  }
});

test('OPTIONS that is no preflight is answered by the route', async (t) => {
  const { ask } = await openInstallation(t, { origins: ORIGINS });
  const answer = await ask('OPTIONS', '/auth/session', { headers: { origin: LISTED } });
  assert.deepEqual([answer.status, answer.code, answer.header('allow')], [405, 'ERR_METHOD', 'GET, HEAD']);
  assert.equal(answer.header('access-control-allow-origin'), LISTED);
});

test('where no origin is listed, there is nothing of it', async (t) => {
  const { ask } = await openInstallation(t, { origins: [], clients: true });
  for (const origin of [LISTED, OWN, 'null']) {
    for (const [method, path, question] of QUESTIONS) {
      const answer = await ask(method, path, { ...question, headers: { origin } });
      assert.deepEqual([corsOf(answer), answer.header('vary')], [{}, undefined]);
    }
  }
});

test('public documents are for everybody, without credentials', async (t) => {
  const { ask } = await openInstallation(t, { origins: ORIGINS, clients: true, algorithm: 'ES256' });
  for (const path of ['/.well-known/jwks.json', '/.well-known/oauth-authorization-server']) {
    for (const origin of [undefined, LISTED, 'https://evil.example', 'null']) {
      const answer = await ask('GET', path, { headers: { origin } });
      assert.equal(answer.status, 200, path);
      assert.deepEqual(corsOf(answer), { 'access-control-allow-origin': '*' }, path);
      assert.equal(answer.header('cross-origin-resource-policy'), 'cross-origin');
    }
  }
});

test('a failure is readable for a listed page, too', async (t) => {
  const { ask, auth } = await openInstallation(t, { origins: ORIGINS });
  const signUp = { ...CREDENTIALS, delivery: 'body' };
  const { json } = await ask('POST', '/auth/sign-up', { body: signUp });
  await auth.close();
  const answer = await ask('POST', '/auth/refresh', {
    headers: { origin: LISTED },
    body: { refresh_token: json.refresh_token },
  });
  assert.equal(answer.status, 503);
  assert.equal(answer.header('access-control-allow-origin'), LISTED);
});

test('pages on this machine may be listed without https', async (t) => {
  const origins = [
    'http://localhost:3000',
    'http://admin.localhost',
    'http://127.0.0.1:5173',
    'http://[::1]:3000',
  ];
  const { ask } = await openInstallation(t, { origins });
  for (const origin of origins) {
    const answer = await ask('GET', '/auth/session', { headers: { origin } });
    assert.equal(answer.header('access-control-allow-origin'), origin);
  }
});
