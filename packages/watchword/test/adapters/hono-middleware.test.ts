import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import { requireAuth, watchword, type AuthVariables } from '../../src/adapters/hono/index.ts';
import { bearer, openAuth, post } from '../../src/testing/adapter-contract/world.ts';

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
