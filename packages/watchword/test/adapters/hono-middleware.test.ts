import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { requireAuth, signIn, watchword, type AuthVariables } from '../../src/adapters/hono/index.ts';
import type { Watchword } from '../../src/facade/index.ts';
import {
  bearer,
  cookieNames,
  jarOf,
  openAuth,
  OWN_PAGE,
  post,
} from '../../src/testing/adapter-contract/world.ts';

const ADA = { email: 'ada@example.com', password: 'correct horse battery', delivery: 'body' };

test('Hono runs anywhere: without a server of Node, addresses are unknown and everything else works', async (t) => {
  const auth = await openAuth(t);
  const app = new Hono().use(watchword(auth));
  const up = await app.request('/auth/sign-up', post(ADA));
  assert.equal(up.status, 201);
  const { session } = (await up.json()) as { session: { id: string } };
  assert.equal((await auth.sessions.get(session.id))?.addressPrefix, undefined);
});

test('an app whose routes are all guarded says so once', async (t) => {
  const auth = await openAuth(t);
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  const api = new Hono<{ Variables: AuthVariables }>();
  api.use(requireAuth(auth));
  api.get('/me', (c) => c.text(c.var.auth.subject));
  const app = new Hono().use(watchword(auth)).route('/api', api);
  assert.equal(await (await app.request('/api/me', { headers: bearer(accessToken) })).text(), 'ada');
  assert.equal((await app.request('/api/me')).status, 401);
});

/** Behind `/log-in` everything renews; `leftCookie` is what a browser has when its access token is gone. */
function renewingApp(auth: Watchword) {
  const app = new Hono();
  app.post('/log-in', async (c) => {
    await signIn(auth, c, { subject: 'ada' });
    return c.text('in');
  });
  app.use(requireAuth(auth, { renew: true }));
  const leftCookie = async (): Promise<string> => {
    const whole = jarOf(await app.request('/log-in', { method: 'POST', headers: OWN_PAGE }));
    return String(/__Host-ww_rt=[^;]+/.exec(whole));
  };
  return { app, leftCookie };
}

test('what a guard has renewed goes out with whatever the application answers', async (t) => {
  const auth = await openAuth(t);
  const { app, leftCookie } = renewingApp(auth);
  app.get('/helper', (c) => c.text('page'));
  app.get('/response', () => new Response('page', { headers: { 'cache-control': 'max-age=60' } }));
  app.get('/redirect', () => Response.redirect('http://localhost:3000/helper'));
  app.get('/own-cookie', () => new Response('page', { headers: { 'set-cookie': 'theme=dark' } }));
  app.get('/broken', () => {
    throw new HTTPException(500);
  });
  const cookie = await leftCookie();
  for (const path of ['/helper', '/response', '/redirect', '/own-cookie', '/broken']) {
    const answer = await app.request(path, { headers: { cookie, 'sec-fetch-dest': 'document' } });
    const others = cookieNames(answer).filter((name) => !name.startsWith('__Host-ww_'));
    assert.equal(cookieNames(answer).length - others.length, 3, path);
    assert.deepEqual(others, path === '/own-cookie' ? ['theme'] : []);
    assert.equal(answer.headers.get('cache-control'), 'no-store', path);
  }
});

test('a guard behind one that has renewed sees what it is about to answer, also where requests cannot be changed', async (t) => {
  const auth = await openAuth(t);
  const { app, leftCookie } = renewingApp(auth);
  app.post('/form', requireAuth(auth), requireAuth(auth, { renew: true }), async (c) =>
    c.json({ ...(await c.req.parseBody()), subject: c.var.auth.subject }),
  );
  const cookie = await leftCookie();
  for (const isFixed of [false, true]) {
    const request = new Request('http://localhost:3000/form', {
      method: 'POST',
      headers: { ...OWN_PAGE, cookie, 'sec-fetch-dest': 'document', 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ order: '7' }),
    });
    const refuse = (): never => {
      throw new TypeError('immutable');
    };
    if (isFixed) Object.defineProperty(request.headers, 'set', { value: refuse });
    const answer = await app.request(request);
    assert.equal(answer.status, 200);
    assert.equal(cookieNames(answer).length, 3);
    assert.deepEqual(await answer.json(), { order: '7', subject: 'ada' });
  }
});

test('headers of middleware around it go out with its answers', async (t) => {
  const auth = await openAuth(t);
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.header('x-late', 'yes');
    c.header('set-cookie', 'late=1', { append: true });
  });
  app.use(watchword(auth));
  const up = await app.request(
    '/auth/sign-up',
    post({ ...ADA, delivery: 'cookie' }, { origin: 'http://localhost:3000' }),
  );
  assert.equal(up.headers.get('x-late'), 'yes');
  assert.equal(up.headers.getSetCookie().length, 4);
});

test('a body that was read behind the back of Hono is an error of the application, and told as one', async (t) => {
  const auth = await openAuth(t);
  const causes: unknown[] = [];
  auth.events.on('request_failed', ({ cause }) => void causes.push(cause));
  const app = new Hono();
  app.use(async (c, next) => {
    await c.req.raw.text();
    await next();
  });
  app.use(watchword(auth));
  assert.equal((await app.request('/auth/sign-up', post(ADA))).status, 500);
  assert.match(String(causes[0]), /TypeError/);
});

test('what is wrong is found when it is written, and not at the first request', async (t) => {
  const auth = await openAuth(t);
  assert.throws(() => watchword(new Hono() as never), /app\.use\(watchword\(auth\)\)/);
  assert.throws(() => requireAuth(undefined as never), /requireAuth\(auth\)/);
  assert.throws(() => requireAuth(auth, { scopes: 'x' } as never), /has no option `scopes`/);
});
