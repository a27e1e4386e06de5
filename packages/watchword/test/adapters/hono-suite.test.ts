import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { setCookie } from 'hono/cookie';
import { answerProblem, requireAuth, signIn, watchword } from '../../src/adapters/hono/index.ts';
import type { Watchword } from '../../src/facade/index.ts';
import { adapterSuite, type AdapterAppOptions } from './adapter-suite.ts';
import { serving } from './serving.ts';

adapterSuite({
  name: 'watchword/hono',
  async serve(auth, options) {
    const { fetch } = application(auth, options);
    return serving(createAdaptorServer({ fetch }) as Server, auth);
  },
});

function application(auth: Watchword, { trustsProxy, parsesFirst }: AdapterAppOptions) {
  const app = new Hono();
  const proxied = trustsProxy
    ? {
        address: (c: { req: { header(name: string): string | undefined } }) =>
          c.req.header('x-forwarded-for'),
      }
    : {};
  app.use(async (c, next) => {
    setCookie(c, 'theme', 'dark');
    await next();
  });
  if (parsesFirst) {
    app.use(async (c, next) => {
      const type = c.req.header('content-type') ?? '';
      if (type.startsWith('application/json')) await c.req.json();
      if (type.startsWith('application/x-www-form-urlencoded')) await c.req.parseBody();
      await next();
    });
  }
  app.use(watchword(auth, proxied));
  app.get('/open', (c) => c.json({ open: true }));
  app.post('/echo', async (c) => c.json(await c.req.json()));
  app.on(['GET', 'POST'], '/me', requireAuth(auth), (c) => c.json({ subject: c.var.auth.subject }));
  app.post('/orders', requireAuth(auth, { scope: 'orders' }), (c) => c.json({ subject: c.var.auth.subject }));
  app.get('/elsewhere', requireAuth(auth, { audience: 'https://other.example' }), (c) =>
    c.json({ subject: c.var.auth.subject }),
  );
  app.get('/recent', requireAuth(auth, { maxAgeSeconds: 60 }), (c) =>
    c.json({ subject: c.get('auth').subject }),
  );
  app.get('/fresh', requireAuth(auth, { maxStalenessMs: 1000 }), (c) =>
    c.json({ subject: c.var.auth.subject }),
  );
  app.on(['GET', 'POST'], '/maybe', requireAuth(auth, { optional: true }), (c) =>
    c.json({ subject: c.var.auth?.subject ?? null }),
  );
  app.on(['GET', 'POST'], '/page', requireAuth(auth, { renew: true }), (c) =>
    c.json({ subject: c.var.auth.subject }),
  );
  app.on(['GET', 'POST'], '/maybe-page', requireAuth(auth, { optional: true, renew: true }), (c) =>
    c.json({ subject: c.var.auth?.subject ?? null }),
  );
  app.get('/unguarded', (c) => c.json({ subject: c.get('auth' as never) ?? null }));
  app.post('/log-in', async (c) => {
    setCookie(c, 'seen', 'yes');
    const { name } = await c.req.json<{ name: string }>();
    const { id } = await signIn(auth, c, { subject: name }, proxied);
    return c.json({ id });
  });
  app.get('/broken', () => {
    throw new Error('a defect of the application');
  });
  app.onError((error, c) => answerProblem(auth, error, c) ?? c.text('own handler', 500));
  return app;
}
