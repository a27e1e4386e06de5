import assert from 'node:assert/strict';
import { test } from 'node:test';
import createFastify, { type FastifyRequest } from 'fastify';
import { requireAuth, watchword } from '../../src/adapters/fastify/index.ts';
import { bearer, openAuth } from '../../src/testing/adapter-contract/world.ts';

test('the plugin belongs to the app that registers it, and to all contexts in it', async (t) => {
  const auth = await openAuth(t);
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  const headers = bearer(accessToken);
  const app = createFastify();
  t.after(() => app.close());
  // Not awaited, as many write it: Fastify registers in its own time.
  void app.register(watchword(auth));
  const subject = (request: FastifyRequest) => ({ subject: request.auth.subject });
  app.get('/me', { onRequest: requireAuth(auth) }, subject);
  void app.register(
    async (scope) => {
      scope.addHook('onRequest', requireAuth(auth, { scope: 'admin' }));
      scope.get('/me', subject);
    },
    { prefix: '/admin' },
  );
  assert.equal((await app.inject({ url: '/me', headers })).json().subject, 'ada');
  assert.equal((await app.inject({ url: '/admin/me', headers })).statusCode, 403);
  assert.equal((await app.inject({ url: '/auth/session', headers })).statusCode, 200);
  assert.equal((await app.inject({ url: '/auth/session' })).statusCode, 401);
});

test('hooks of the app see the answers of Watchword, those too that were added later', async (t) => {
  const auth = await openAuth(t);
  const app = createFastify();
  t.after(() => app.close());
  await app.register(watchword(auth));
  app.addHook('onRequest', async (_request, reply) => void reply.header('x-request', 'seen'));
  app.addHook('onSend', async (_request, reply) => void reply.header('x-send', 'seen'));
  const { headers } = await app.inject({ url: '/auth/session' });
  assert.deepEqual([headers['x-request'], headers['x-send']], ['seen', 'seen']);
});

test("the app's parsers, limits and unknown kinds of bodies have no say", async (t) => {
  const auth = await openAuth(t);
  const app = createFastify({ bodyLimit: 10 });
  t.after(() => app.close());
  app.removeAllContentTypeParsers();
  await app.register(watchword(auth));
  const body = { email: 'ada@example.com', password: 'correct horse battery', delivery: 'body' };
  const up = await app.inject({ method: 'POST', url: '/auth/sign-up', payload: body });
  assert.equal(up.statusCode, 201);
});

test('it is refused below a prefix, where its addresses would be others', async (t) => {
  const auth = await openAuth(t);
  const app = createFastify();
  t.after(() => app.close());
  void app.register(
    async (scope) => {
      await scope.register(watchword(auth));
    },
    { prefix: '/api' },
  );
  await assert.rejects(
    async () => app.ready(),
    /Register `watchword\(auth\)` with the app itself: below `\/api`/,
  );
});

test('a route whose guard was forgotten says so instead of answering', async (t) => {
  const auth = await openAuth(t);
  const app = createFastify();
  t.after(() => app.close());
  await app.register(watchword(auth));
  app.get('/forgotten', (request) => ({ subject: request.auth.subject }));
  const answer = await app.inject({ url: '/forgotten' });
  assert.equal(answer.statusCode, 500);
  assert.match(answer.json().message, /`request\.auth` was read on a route without `requireAuth\(auth\)`/);
});

test('a guard stands alone, without the plugin', async (t) => {
  const auth = await openAuth(t);
  const app = createFastify();
  t.after(() => app.close());
  app.get('/me', { onRequest: requireAuth(auth) }, (request) => ({ subject: request.auth.subject }));
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  assert.equal((await app.inject({ url: '/me', headers: bearer(accessToken) })).json().subject, 'ada');
  assert.equal((await app.inject({ url: '/me' })).statusCode, 401);
});

test('what is wrong is found when it is written, and not at the first request', async (t) => {
  const auth = await openAuth(t);
  for (const wrong of [undefined, {}, createFastify()]) {
    assert.throws(() => watchword(wrong as never), /app\.register\(watchword\(auth\)\)/);
    assert.throws(() => requireAuth(wrong as never), /requireAuth\(auth\)/);
  }
  assert.throws(
    () => requireAuth(auth, { scopes: 'x' } as never),
    /`requireAuth` has no option `scopes`: did you mean `scope`/,
  );
  assert.throws(() => requireAuth(auth, { optional: 'yes' } as never), /`optional` has to be/);
});
