import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import createFastify from 'fastify';
import { requireAuth, watchword } from '../../src/adapters/fastify/index.ts';
import { JSON_TYPE, openAuth, OWN_PAGE } from '../../src/testing/adapter-contract/world.ts';

async function openHttp2(t: TestContext) {
  const auth = await openAuth(t);
  const app = createFastify({ http2: true });
  await app.register(watchword(auth));
  app.get('/me', { onRequest: requireAuth(auth) }, (request) => ({ subject: request.auth.subject }));
  const session = connect(await app.listen({ host: '127.0.0.1', port: 0 }));
  t.after(() => session.destroy());
  t.after(() => app.close());

  async function ask(method: string, path: string, headers: Record<string, string>, body = '') {
    const stream = session.request({ ':method': method, ':path': path, ...headers });
    if (body !== '') stream.end(body);
    const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders & { ':status': number }];
    return { answer, stream };
  }
  return { auth, app, ask };
}

test('over HTTP/2: a session, a guard, and the feed until the app closes', async (t) => {
  const { auth, app, ask } = await openHttp2(t);
  const body = JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery' });
  const up = await ask('POST', '/auth/sign-up', { ...JSON_TYPE, ...OWN_PAGE }, body);
  assert.equal(up.answer[':status'], 201);
  const cookies = up.answer['set-cookie'] ?? [];
  assert.equal(cookies.length, 3);
  const cookie = cookies.map((each) => each.split(';', 1)[0]).join('; ');
  const me = await ask('GET', '/me', { cookie });
  assert.deepEqual([me.answer[':status'], 'subject' in JSON.parse(await text(me.stream))], [200, true]);
  assert.equal((await ask('GET', '/me', {})).answer[':status'], 401);

  const { client, secret } = await auth.clients.create({ roles: ['verifier'] });
  const { epoch } = (await auth.feed.status()).head;
  const feed = await ask('GET', '/feed', {
    authorization: `Basic ${Buffer.from(`${client.id}:${secret}`).toString('base64')}`,
    'last-event-id': `${epoch}.0.${'A'.repeat(43)}`,
  });
  assert.equal(feed.answer[':status'], 200);
  feed.stream.setEncoding('utf8');
  let received = '';
  feed.stream.on('data', (chunk: string) => (received += chunk));
  await auth.revoke.subject('mallory');
  while (!received.includes('mallory')) await once(feed.stream, 'data');
  const ended = once(feed.stream, 'end');
  const closing = app.close();
  await ended;
  // Fastify waits for connections of HTTP/2, and who is connected decides.
  feed.stream.session?.destroy();
  await closing;
});
