import { fileURLToPath } from 'node:url';
import helmet from '@fastify/helmet';
import serveStatic from '@fastify/static';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { ErrorCode, Watchword } from 'watchword';
import { handleRequest } from 'watchword/node';
import { answerClientError } from './client-error.ts';
import { guard } from './guard.ts';
import { replyWithProblem } from './problem-reply.ts';

const PUBLIC_FILES = fileURLToPath(new URL('../public', import.meta.url));

/** Header bytes that a request may have: a browser full of cookies fits. */
const MAX_HEADER_BYTES = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 72_000;

/** The server's routes around an installation. It listens nowhere yet. */
export async function buildApp(
  auth: Watchword,
  logger: FastifyBaseLogger,
  issuer: string,
): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: logger,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    // Without a Host header Node itself would answer, and not with a problem.
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 2,
      requireHostHeader: false,
    },
    clientErrorHandler: (error, socket) => answerClientError(auth, error, socket),
    frameworkErrors: (error, _request, reply) => {
      void replyWithProblem(reply, auth, codeOf(error.statusCode));
    },
  });
  answerBeforeFastify(app, auth);
  handOverToWatchword(app, auth);
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: PAGE_POLICY },
    hsts: hsts(issuer),
  });
  await app.register(serveStatic, { root: PUBLIC_FILES, cacheControl: false });
  addOperationsRoutes(app, auth);
  addDemoRoutes(app, auth);
  addRefusals(app, auth);
  return app;
}

const PAGE_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

/** Browsers ignore HSTS over plain HTTP, and on localhost it would be in the way of the next project. */
function hsts(issuer: string) {
  return issuer.startsWith('https:') ? { maxAge: 63_072_000 } : false;
}

/** What Node would answer itself, or not at all: an `Expect` that nobody knows, a tunnel, HTTP/1.1 without a host. */
function answerBeforeFastify(app: FastifyInstance, auth: Watchword): void {
  app.server.on('checkExpectation', (request) =>
    answerClientError(auth, new Error('Expect'), request.socket),
  );
  app.server.on('connect', (_request, socket) => answerClientError(auth, new Error('CONNECT'), socket));
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.host !== undefined || request.raw.httpVersion !== '1.1') return;
    await replyWithProblem(reply, auth, 'ERR_REQUEST_MALFORMED');
  });
}

/** Before Fastify reads a body: limits and parsing of these routes are the library's own. */
function handOverToWatchword(app: FastifyInstance, auth: Watchword): void {
  app.addHook('onRequest', async (request, reply) => {
    const [path = '/'] = (request.raw.url ?? '/').split(/[?#]/, 1);
    if (!auth.http.handles(path)) return;
    reply.hijack();
    await handleRequest(auth, request.raw, reply.raw);
  });
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
