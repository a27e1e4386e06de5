import { fileURLToPath } from 'node:url';
import helmet from '@fastify/helmet';
import serveStatic from '@fastify/static';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { WatchwordError, type ErrorCode, type Watchword } from 'watchword';
import { fastifyHelmetOptions, headersBesidesHelmet, type PageHeaderOptions } from 'watchword/headers';
import { createHttpServer } from './create-http-server.ts';
import { guard } from './guard.ts';
import { replyWithError, replyWithProblem } from './problem-reply.ts';
import { readNetworks, type Networks } from './proxy/read-networks.ts';
import { currentRequestId, makeRequestId } from './request-id.ts';

const PUBLIC_FILES = fileURLToPath(new URL('../public', import.meta.url));

/** A subject of 255 characters, each of which takes up to nine in a path. */
const MAX_PARAMETER_LENGTH = 255 * 9;

/** The server's routes around an installation. It listens nowhere yet. */
export async function buildApp(
  auth: Watchword,
  logger: Logger,
  issuer: string,
  proxies: Networks = readNetworks(''),
): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = logger;
  const app = Fastify({
    loggerInstance,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    // One line for each request is written where the server is made.
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    // What was asked before the server stops listening is answered like everything else.
    return503OnClosing: false,
    serverFactory: (answerOthers) => createHttpServer({ auth, logger, issuer, proxies, answerOthers }),
    genReqId: () => currentRequestId() ?? makeRequestId(),
    // The server that is made there has answered.
    clientErrorHandler: () => undefined,
    frameworkErrors: (error, _request, reply) => {
      void replyWithProblem(reply, auth, codeOf(error.statusCode));
    },
  });
  // Verifiers that follow the feed would be waited for otherwise.
  app.addHook('preClose', async () => auth.http.endStreams());
  const pages = pageHeaderOptions(issuer);
  await app.register(helmet, fastifyHelmetOptions(pages));
  const besides = headersBesidesHelmet(pages);
  app.addHook('onRequest', async (_request, reply) => void reply.headers(besides));
  await app.register(serveStatic, { root: PUBLIC_FILES, cacheControl: false });
  addOperationsRoutes(app, auth);
  addDemoRoutes(app, auth);
  addRefusals(app, auth);
  return app;
}

/** The page is made of files. What other hosts below the issuer's there are, and whether they speak HTTPS, nobody has told the server. */
function pageHeaderOptions(issuer: string): PageHeaderOptions {
  return { https: issuer.startsWith('https:'), scripts: 'own', hsts: 'host' };
}

function addOperationsRoutes(app: FastifyInstance, auth: Watchword): void {
  app.get('/healthz', async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  );
  app.get('/readyz', async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    if (await auth.isReady()) return { status: 'ready' };
    return replyWithProblem(reply, auth, 'ERR_STORE_UNAVAILABLE');
  });
}

/** The protected route that the page calls. */
function addDemoRoutes(app: FastifyInstance, auth: Watchword): void {
  app.get('/me', { preHandler: guard(auth) }, async (request, reply) => {
    void reply.header('cache-control', 'no-store');
    const { subject, sessionId, scope } = request.verifiedToken ?? {};
    return { subject, session_id: sessionId, scope };
  });
}

function addRefusals(app: FastifyInstance, auth: Watchword): void {
  app.setNotFoundHandler((request, reply) => {
    const url = request.url.split('?', 1)[0] ?? '/';
    if (request.method !== 'GET' && app.hasRoute({ method: 'GET', url })) {
      return replyWithProblem(reply, auth, 'ERR_METHOD', { allow: 'GET, HEAD' });
    }
    return replyWithProblem(reply, auth, 'ERR_ROUTE_UNKNOWN');
  });
  app.setErrorHandler((error: { readonly statusCode?: number }, request, reply) => {
    if (error instanceof WatchwordError) return replyWithError(reply, auth, error);
    const code = codeOf(error.statusCode);
    if (code === 'ERR_INTERNAL') request.log.error({ err: error }, 'a request failed');
    return replyWithProblem(reply, auth, code);
  });
}

function codeOf(status = 500): ErrorCode {
  if (status === 403 || status === 404) return 'ERR_ROUTE_UNKNOWN';
  if (status === 413) return 'ERR_BODY_TOO_LARGE';
  if (status === 415) return 'ERR_CONTENT_TYPE';
  return status < 500 ? 'ERR_REQUEST_MALFORMED' : 'ERR_INTERNAL';
}
