import createFastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { authOf, requireAuth, signIn, watchword } from '../../src/adapters/fastify/index.ts';
import { WatchwordError, type Watchword } from '../../src/facade/index.ts';
import { adapterSuite } from './adapter-suite.ts';

adapterSuite({
  name: 'watchword/fastify',
  async serve(auth, { trustsProxy }) {
    // Fastify reads bodies behind `onRequest`, where Watchword has answered already: no parser can be first.
    const app = createFastify({ trustProxy: trustsProxy, forceCloseConnections: 'idle' });
    addHooks(app);
    await app.register(watchword(auth));
    addRoutes(app, auth);
    return { url: await app.listen({ host: '127.0.0.1', port: 0 }), stop: () => app.close() };
  },
});

function addHooks(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => void reply.header('set-cookie', 'theme=dark; Path=/'));
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof WatchwordError) throw error;
    void reply.code(500).type('text/plain').send('own handler');
  });
}

function addRoutes(app: FastifyInstance, auth: Watchword): void {
  const subject = (request: FastifyRequest) => ({ subject: request.auth.subject });
  app.get('/open', () => ({ open: true }));
  app.post('/echo', (request) => request.body);
  app.route({ method: ['GET', 'HEAD', 'POST'], url: '/me', onRequest: requireAuth(auth), handler: subject });
  app.post('/orders', { preHandler: requireAuth(auth, { scope: 'orders' }) }, subject);
  app.get('/elsewhere', { preHandler: [requireAuth(auth, { audience: 'https://other.example' })] }, subject);
  app.get('/recent', { onRequest: [requireAuth(auth, { maxAgeSeconds: 60 })] }, subject);
  app.get('/fresh', { preValidation: requireAuth(auth, { maxStalenessMs: 1000 }) }, subject);
  app.route({
    method: ['GET', 'POST'],
    url: '/maybe',
    onRequest: requireAuth(auth, { optional: true }),
    handler: (request) => ({ subject: authOf(request)?.subject ?? null }),
  });
  app.addContentTypeParser('application/x-www-form-urlencoded', (_request, body, done) => {
    body.resume().on('end', () => done(null));
  });
  app.route({
    method: ['GET', 'HEAD', 'POST'],
    url: '/page',
    onRequest: requireAuth(auth, { renew: true }),
    handler: subject,
  });
  app.route({
    method: ['GET', 'POST'],
    url: '/maybe-page',
    preHandler: requireAuth(auth, { optional: true, renew: true }),
    handler: (request) => ({ subject: authOf(request)?.subject ?? null }),
  });
  app.get('/unguarded', subject);
  app.post<{ Body: { name: string } }>('/log-in', async (request, reply) => {
    void reply.header('set-cookie', 'seen=yes');
    const { id } = await signIn(auth, request, reply, { subject: request.body.name });
    return { id };
  });
  app.get('/broken', () => {
    throw new Error('a defect of the application');
  });
}
