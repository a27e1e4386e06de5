import { createRequire } from 'node:module';
import createFastify, { type FastifyPluginAsync, type FastifyRequest } from 'fastify';
import { requireAuth, watchword } from 'watchword/fastify';
import { ISSUER, SOMEBODY, type Variant } from './application.ts';

export async function startFastify(variant: Variant, port: number): Promise<void> {
  const app = createFastify();
  switch (variant.kind) {
    case 'bare':
      app.get('/me', async () => ({ subject: SOMEBODY }));
      break;
    case 'idle':
      app.get('/me', { onRequest: (_request, _reply, done) => done() }, async () => ({ subject: SOMEBODY }));
      break;
    case 'watchword':
      await app.register(watchword(variant.auth));
      app.get('/me', { onRequest: requireAuth(variant.auth) }, async (request) => ({
        subject: request.auth.subject,
      }));
      break;
    case 'peer':
      await app.register(fastifyJwt(), {
        secret: variant.secret,
        verify: { algorithms: ['HS256'], allowedIss: ISSUER, allowedAud: ISSUER, cache: variant.cached },
      });
      app.get('/me', { onRequest: (request) => (request as JwtRequest).jwtVerify() }, async (request) => ({
        subject: (request as JwtRequest).user.sub,
      }));
      break;
  }
  await app.listen({ port, host: '127.0.0.1' });
}

/** What `@fastify/jwt` adds to a request. */
interface JwtRequest extends FastifyRequest {
  jwtVerify(): Promise<unknown>;
  readonly user: { readonly sub: string };
}

/** It stands among the peers, which this folder does not resolve. */
function fastifyJwt(): FastifyPluginAsync<Readonly<Record<string, unknown>>> {
  const peers = createRequire(new URL('../peers/package.json', import.meta.url));
  return peers('@fastify/jwt') as FastifyPluginAsync<Readonly<Record<string, unknown>>>;
}
