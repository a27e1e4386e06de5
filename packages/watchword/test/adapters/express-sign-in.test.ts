import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import express, { type ErrorRequestHandler } from 'express';
import { answerProblems, signIn, watchword } from '../../src/adapters/express/index.ts';
import { WatchwordError, type StartSession } from '../../src/facade/index.ts';
import { jarOf, JSON_TYPE, listen, openAuth, OWN, SAME_ORIGIN, jsonOf } from './listening.ts';

const answerCode: ErrorRequestHandler = (error, _request, response, _next) => {
  if (!(error instanceof WatchwordError)) throw error;
  response.status(error.status).json(error.code);
};

/** An application that knows its users itself, and checks their passwords in its own way. */
async function startLibrary(t: TestContext, input: Partial<StartSession> = {}) {
  const auth = await openAuth(t);
  const app = express();
  app.use(watchword(auth));
  app.post('/log-in', express.json(), async (request, response) => {
    const session = await signIn(auth, request, response, { subject: request.body.name, ...input });
    response.json({ id: session.id, delivery: session.delivery });
  });
  app.get('/me', auth.require(), (request, response) => void response.json(request.auth.subject));
  app.use(answerCode);
  const url = await listen(t, app);
  const logIn = (headers: Record<string, string>) =>
    fetch(`${url}/log-in`, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: '{"name":"ada"}' });
  return { auth, url, logIn };
}

test('signIn starts a session with cookies for a user of the application', async (t) => {
  const { auth, url, logIn } = await startLibrary(t);
  const response = await logIn(SAME_ORIGIN);
  const { id, delivery } = await jsonOf(response);
  assert.equal(delivery, 'cookie');
  assert.deepEqual(
    (await auth.sessions.list('ada')).map((session) => session.id),
    [id],
  );
  assert.match(jarOf(response), /^__Host-ww_at=.*; __Host-ww_rt=wwr_/);
  const cookie = jarOf(response);
  assert.equal(await (await fetch(`${url}/me`, { headers: { cookie } })).json(), 'ada');

  const refresh = await fetch(`${url}/auth/refresh`, { method: 'POST', headers: { ...SAME_ORIGIN, cookie } });
  assert.equal(refresh.status, 200);
  const session = await fetch(`${url}/auth/session`, { headers: { cookie: jarOf(refresh) } });
  assert.deepEqual([session.status, (await jsonOf(session)).user], [200, undefined]);
  const out = await fetch(`${url}/auth/sign-out`, {
    method: 'POST',
    headers: { ...SAME_ORIGIN, cookie: jarOf(refresh) },
  });
  assert.equal(out.status, 204);
  assert.equal((await fetch(`${url}/me`, { headers: { cookie } })).status, 401);
});

test('what signIn refuses becomes a problem document behind answerProblems, and other errors go on', async (t) => {
  const auth = await openAuth(t);
  const app = express();
  app.use(watchword(auth));
  app.post('/log-in', async (request, response) => {
    await signIn(auth, request, response, { subject: 'ada' });
  });
  app.get('/broken', () => {
    throw new TypeError('a defect of the application');
  });
  app.use(answerProblems(auth));
  const goesOn: ErrorRequestHandler = (error, _request, response, _next) =>
    void response.status(500).json(String(error));
  app.use(goesOn);
  const url = await listen(t, app);
  const refused = await fetch(`${url}/log-in`, {
    method: 'POST',
    headers: { origin: 'https://evil.example' },
  });
  assert.equal(refused.status, 403);
  assert.equal(refused.headers.get('content-type'), 'application/problem+json; charset=utf-8');
  assert.equal((await jsonOf(refused)).code, 'ERR_CROSS_SITE');
  assert.deepEqual(await (await fetch(`${url}/broken`)).json(), 'TypeError: a defect of the application');
});

test('a middleware without an installation is refused when it is made, and not at the first request', () => {
  for (const wrong of [undefined, {}, express()]) {
    assert.throws(() => watchword(wrong as never), /app\.use\(watchword\(auth\)\)/);
    assert.throws(() => answerProblems(wrong as never), /app\.use\(answerProblems\(auth\)\)/);
  }
});

test('signIn rejects for a page of another site, sets nothing and starts nothing', async (t) => {
  const { auth, logIn } = await startLibrary(t);
  const foreign = [
    { origin: 'https://evil.example' },
    { 'sec-fetch-site': 'cross-site', origin: OWN },
    { 'sec-fetch-site': 'same-site' },
    {},
  ];
  for (const headers of foreign as Record<string, string>[]) {
    const response = await logIn(headers);
    assert.deepEqual([response.status, await jsonOf(response)], [403, 'ERR_CROSS_SITE']);
    assert.deepEqual(response.headers.getSetCookie(), []);
  }
  assert.deepEqual(await auth.sessions.list('ada'), []);
});

test('signIn rejects what cannot be a session, and sets nothing', async (t) => {
  const wrong: Partial<StartSession>[] = [
    { subject: '' },
    { subject: 7 as never },
    { scope: ['two words'] },
    { audience: [] },
    { claims: { sub: 'eve' } },
    { claims: { text: 'x'.repeat(2049) } },
  ];
  for (const input of wrong) {
    const { auth, logIn } = await startLibrary(t, input);
    const response = await logIn(SAME_ORIGIN);
    assert.match(await jsonOf(response), /^ERR_(OPTION|CLAIM_RESERVED)$/, JSON.stringify(input));
    assert.deepEqual(response.headers.getSetCookie(), []);
    assert.deepEqual(await auth.sessions.list('ada'), []);
  }
});

test('signIn takes what sessions.start takes: scope, claims, how the user proved themselves', async (t) => {
  const { auth, logIn } = await startLibrary(t, { scope: 'read', claims: { tenant: 'acme' }, amr: ['hwk'] });
  const response = await logIn(SAME_ORIGIN);
  const [, accessToken = ''] = /__Host-ww_at=([^;]*)/.exec(jarOf(response)) ?? [];
  const { scope, claims } = auth.verify(accessToken);
  assert.deepEqual([scope, claims['tenant'], claims['amr']], [['read'], 'acme', ['hwk']]);
});

test('signIn refuses a member that it does not know, as every other call does', async (t) => {
  const { logIn } = await startLibrary(t, { scopes: 'read' } as Partial<StartSession>);
  const response = await logIn(SAME_ORIGIN);
  assert.equal(response.status, 500);
  assert.deepEqual(response.headers.getSetCookie(), []);
});

test('without accounts of its own, Watchword has no routes to sign up or in', async (t) => {
  const { url } = await startLibrary(t);
  for (const path of ['/auth/sign-up', '/auth/sign-in']) {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { ...JSON_TYPE, ...SAME_ORIGIN },
      body: '{}',
    });
    assert.deepEqual([response.status, (await jsonOf(response)).code], [404, 'ERR_ROUTE_UNKNOWN']);
  }
});
