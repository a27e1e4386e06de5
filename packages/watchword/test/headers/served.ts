import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import fastifyHelmet from '@fastify/helmet';
import { serve } from '@hono/node-server';
import express from 'express';
import createFastify from 'fastify';
import helmet from 'helmet';
import { Hono } from 'hono';
import { NONCE, secureHeaders } from 'hono/secure-headers';
import { watchword as expressAdapter } from '../../src/adapters/express/index.ts';
import { watchword as fastifyAdapter } from '../../src/adapters/fastify/index.ts';
import { watchword as honoAdapter } from '../../src/adapters/hono/index.ts';
import { handleRequest } from '../../src/adapters/node/index.ts';
import { handle } from '../../src/adapters/web/index.ts';
import {
  createPageHeaders,
  fastifyHelmetOptions,
  headersBesidesHelmet,
  helmetOptions,
  nonceOf,
  secureHeadersOptions,
  type PageHeaderOptions,
} from '../../src/facade/headers.ts';
import type { Watchword } from '../../src/facade/index.ts';

/** An application whose page at `/` has the preset's headers and says its nonces, for script and for style. */
export type ServePage = (t: TestContext, auth: Watchword, options: PageHeaderOptions) => Promise<string>;

const withExpress: ServePage = (t, auth, options) => {
  const app = express();
  app.use((_request, response, next) => {
    response.set(headersBesidesHelmet(options));
    next();
  });
  app.use(helmet(helmetOptions(options)), expressAdapter(auth));
  app.get('/', (_request, response) => void response.json([nonceOf(response), nonceOf(response)]));
  return listening(t, createServer(app));
};

const withNode: ServePage = (t, auth, options) => {
  const besides = Object.entries(headersBesidesHelmet(options));
  const protect = helmet(helmetOptions(options));
  const server = createServer((request, response) => {
    for (const [name, value] of besides) response.setHeader(name, value);
    protect(request, response, () => undefined);
    void handleRequest(auth, request, response).then((isAnswered) => {
      if (isAnswered) return;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify([nonceOf(response), nonceOf(response)]));
    });
  });
  return listening(t, server);
};

const withFastify: ServePage = async (t, auth, options) => {
  const app = createFastify();
  const besides = headersBesidesHelmet(options);
  await app.register(fastifyHelmet, fastifyHelmetOptions(options));
  app.addHook('onRequest', async (_request, reply) => void reply.headers(besides));
  await app.register(fastifyAdapter(auth));
  app.get('/', async (_request, reply) => [reply.cspNonce?.script, reply.cspNonce?.style]);
  t.after(() => app.close());
  return app.listen({ host: '127.0.0.1', port: 0 });
};

const withHono: ServePage = async (t, auth, options) => {
  const app = new Hono();
  app.use(secureHeaders(secureHeadersOptions(options, NONCE)), honoAdapter(auth));
  app.get('/', (c) => c.json([c.get('secureHeadersNonce'), c.get('secureHeadersNonce')]));
  return listening(
    t,
    serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as ReturnType<typeof createServer>,
  );
};

const withWeb: ServePage = async (t, auth, options) => {
  const pageHeaders = createPageHeaders(options);
  const answer = async (request: Request): Promise<Response> => {
    const own = await handle(auth, request);
    if (own !== undefined) return own;
    const { nonce, headers } = pageHeaders();
    return Response.json([nonce, nonce], { headers });
  };
  return listening(
    t,
    serve({ fetch: answer, port: 0, hostname: '127.0.0.1' }) as ReturnType<typeof createServer>,
  );
};

async function listening(t: TestContext, server: ReturnType<typeof createServer>): Promise<string> {
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export const FRAMEWORKS: ReadonlyMap<string, ServePage> = new Map([
  ['Express', withExpress],
  ['node:http', withNode],
  ['Fastify', withFastify],
  ['Hono', withHono],
  ['Request and Response', withWeb],
]);
