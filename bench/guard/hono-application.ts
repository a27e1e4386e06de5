import { once } from 'node:events';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { jwt, type JwtVariables } from 'hono/jwt';
import { requireAuth, watchword } from 'watchword/hono';
import { ISSUER, SOMEBODY, type Variant } from './application.ts';

export async function startHono(variant: Variant, port: number): Promise<void> {
  const server = createAdaptorServer({ fetch: applicationOf(variant).fetch });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

function applicationOf(variant: Variant): Pick<Hono, 'fetch'> {
  switch (variant.kind) {
    case 'bare':
      return new Hono().get('/me', (c) => c.json({ subject: SOMEBODY }));
    case 'idle': {
      const app = new Hono();
      app.use((_c, next) => next());
      return app.get(
        '/me',
        (_c, next) => next(),
        (c) => c.json({ subject: SOMEBODY }),
      );
    }
    case 'watchword': {
      const app = new Hono();
      app.use(watchword(variant.auth));
      app.get('/me', requireAuth(variant.auth), (c) => c.json({ subject: c.get('auth').subject }));
      return app;
    }
    case 'peer': {
      const { secret } = variant;
      const app = new Hono<{ Variables: JwtVariables<{ readonly sub: string }> }>();
      app.use('/me', jwt({ secret, alg: 'HS256', verification: { iss: ISSUER, aud: ISSUER } }));
      app.get('/me', (c) => c.json({ subject: c.get('jwtPayload').sub }));
      return app;
    }
  }
}
