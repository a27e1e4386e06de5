import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import express, { type ErrorRequestHandler } from 'express';
import { watchword } from '../../src/adapters/express/index.ts';
import { bearer, jarOf, JSON_TYPE, listen, openAuth, SAME_ORIGIN, jsonOf } from './listening.ts';

const sayMessage: ErrorRequestHandler = (error, _request, response, _next) => {
  response.status(500).send(error.message);
};

async function startShop(t: TestContext) {
  const auth = await openAuth(t, { accounts: true });
  const app = express();
  app.use(watchword(auth));
  app.get('/open', (_request, response) => void response.json('open'));
  app.get('/me', auth.require(), (request, response) => void response.json(request.auth.subject));
  app.post(
    '/orders',
    auth.require({ scope: 'orders' }),
    (request, response) => void response.json(request.auth.scope),
  );
  app.get('/forgotten', (request, response) => void response.json(request.auth.subject));
  const router = express.Router();
  router.get('/me', auth.require(), (request, response) => void response.json(request.auth.sessionId));
  app.use('/api/v1', router);
  app.use(sayMessage);
  return { auth, url: await listen(t, app) };
}

test('a guarded route answers who holds a token, as bearer or as cookie, and nobody else', async (t) => {
  const { auth, url } = await startShop(t);
  const { accessToken, session } = await auth.sessions.start({ subject: 'ada' });
  assert.equal(await (await fetch(`${url}/me`, { headers: bearer(accessToken) })).json(), 'ada');
  const cookie = `theme=dark; __Host-ww_at=${accessToken}`;
  assert.equal(await (await fetch(`${url}/me`, { headers: { cookie } })).json(), 'ada');
  assert.equal(await (await fetch(`${url}/api/v1/me?x=1`, { headers: { cookie } })).json(), session.id);
  for (const headers of [{}, bearer('x'), { cookie: '__Host-ww_at=x' }]) {
    const response = await fetch(`${url}/me`, { headers });
    assert.equal(response.status, 401);
    assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer\b/);
  }
  assert.equal((await fetch(`${url}/open`)).status, 200);
});

test('a guard that wants a scope refuses with 403 who lacks it', async (t) => {
  const { auth, url } = await startShop(t);
  const post = async (scope: string) => {
    const { accessToken } = await auth.sessions.start({ subject: 'ada', scope });
    return fetch(`${url}/orders`, { method: 'POST', headers: bearer(accessToken) });
  };
  assert.deepEqual(await (await post('orders profile')).json(), ['orders', 'profile']);
  const refused = await post('profile');
  assert.deepEqual([refused.status, (await jsonOf(refused)).code], [403, 'ERR_TOKEN_SCOPE']);
});

test('a revoked session is refused at once', async (t) => {
  const { auth, url } = await startShop(t);
  const { accessToken, session } = await auth.sessions.start({ subject: 'ada' });
  await auth.revoke.session(session.id);
  const response = await fetch(`${url}/me`, { headers: bearer(accessToken) });
  assert.equal((await jsonOf(response)).code, 'ERR_TOKEN_REVOKED');
});

test('a route whose guard was forgotten says so instead of answering', async (t) => {
  const { auth, url } = await startShop(t);
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  const response = await fetch(`${url}/forgotten`, { headers: bearer(accessToken) });
  assert.equal(response.status, 500);
  assert.match(await response.text(), /`req\.auth` was read on a route without `auth\.require\(\)`/);
});

test('what stands before the middleware sees no `req.auth` of ours, and what it sets itself does not pass for a guard’s', async (t) => {
  const auth = await openAuth(t);
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  const app = express();
  const seen: unknown[] = [];
  app.use((request, _response, next) => {
    seen.push(request.auth);
    if (request.query['claim'] !== undefined) Object.assign(request, { auth: { subject: 'mallory' } });
    next();
  });
  app.use(watchword(auth));
  app.get('/me', auth.require(), (request, response) => void response.json(request.auth.subject));
  const below = express();
  below.get('/me', auth.require(), (request, response) => void response.json(request.auth.subject));
  below.get('/forgotten', (request, response) => void response.json(request.auth.subject));
  app.use('/below', below);
  app.get('/forgotten', (request, response) => void response.json(request.auth.subject));
  app.use(sayMessage);
  const url = await listen(t, app);
  for (const path of ['/forgotten?claim', '/forgotten', '/forgotten?claim', '/below/forgotten?claim']) {
    const response = await fetch(`${url}${path}`, { headers: bearer(accessToken) });
    assert.match(await response.text(), /was read on a route without/, path);
  }
  for (const path of ['/me?claim', '/below/me?claim', '/me']) {
    const response = await fetch(`${url}${path}`, { headers: bearer(accessToken) });
    assert.equal(await response.json(), 'ada', path);
  }
  assert.deepEqual(new Set(seen), new Set([undefined]));
});

test('a guard stands alone, without the middleware', async (t) => {
  const auth = await openAuth(t);
  const app = express();
  app.get('/me', auth.require(), (request, response) => void response.json(request.auth.subject));
  const url = await listen(t, app);
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  assert.equal(await (await fetch(`${url}/me`, { headers: bearer(accessToken) })).json(), 'ada');
  assert.equal((await fetch(`${url}/me`)).status, 401);
});

test('every parser of bodies may stand before the middleware', async (t) => {
  const auth = await openAuth(t, { accounts: true });
  const credentials = { email: 'ada@example.com', password: 'correct horse battery', delivery: 'body' };
  const parsers = {
    json: express.json(),
    urlencoded: express.urlencoded({ extended: true }),
    text: express.text({ type: '*/*' }),
    raw: express.raw({ type: '*/*' }),
  };
  let count = 0;
  for (const [name, parser] of Object.entries(parsers)) {
    const url = await listen(t, express().use(parser).use(watchword(auth)));
    const body = JSON.stringify({ ...credentials, email: `ada${(count += 1)}@example.com` });
    const signUp = await fetch(`${url}/auth/sign-up`, { method: 'POST', headers: JSON_TYPE, body });
    assert.equal(signUp.status, 201, name);
    const { refresh_token } = await jsonOf(signUp);
    const refresh = await fetch(`${url}/auth/refresh`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify({ refresh_token }),
    });
    assert.equal(refresh.status, 200, name);
  }
});

test('a form that a parser has read is refused: only JSON cannot be sent across sites', async (t) => {
  const auth = await openAuth(t, { accounts: true });
  const url = await listen(t, express().use(express.urlencoded()).use(watchword(auth)));
  const body = new URLSearchParams({
    email: 'ada@example.com',
    password: 'correct horse battery',
    delivery: 'body',
  });
  const response = await fetch(`${url}/auth/sign-up`, { method: 'POST', body });
  assert.deepEqual([response.status, (await jsonOf(response)).code], [415, 'ERR_CONTENT_TYPE']);
});

test('cookies that the application sets and those of Watchword go out together', async (t) => {
  const auth = await openAuth(t, { accounts: true });
  const app = express();
  app.use((_request, response, next) => {
    response.cookie('theme', 'dark');
    next();
  });
  app.use(watchword(auth));
  const url = await listen(t, app);
  const body = JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery' });
  const response = await fetch(`${url}/auth/sign-up`, {
    method: 'POST',
    headers: { ...JSON_TYPE, ...SAME_ORIGIN },
    body,
  });
  assert.match(jarOf(response), /^theme=dark; __Host-ww_at=.*; __Host-ww_rt=/);
});

test('a guard that was not made says how it is', async (t) => {
  const auth = await openAuth(t);
  const app = express();
  app.get('/me', auth.require as unknown as express.RequestHandler, (_request, response) => {
    response.end();
  });
  app.use(sayMessage);
  const response = await fetch(`${await listen(t, app)}/me`);
  assert.equal(await response.text(), '`auth.require` makes a guard and is none: write `auth.require()`.');
});

test('addresses that are not ours go on to the application', async (t) => {
  const auth = await openAuth(t);
  const app = express();
  app.use(watchword(auth));
  app.use((request, response) => void response.status(200).json(request.url));
  const url = await listen(t, app);
  for (const path of [
    '/',
    '/authors',
    '/auth.html',
    '/x/auth/session',
    '/.well-known/openid-configuration',
  ]) {
    assert.equal(await (await fetch(`${url}${path}`)).json(), path);
  }
});
