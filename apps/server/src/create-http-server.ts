import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { WatchwordError, type ErrorCode, type Watchword } from 'watchword';
import { handleRequest } from 'watchword/node';
import { answerClientError } from './client-error.ts';

/** Header bytes that a request may have: a browser full of cookies fits. */
const MAX_HEADER_BYTES = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 72_000;

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Node's server with our limits: the library's routes are answered by the library, all others by `answerOthers`. */
export function createHttpServer(auth: Watchword, logger: Logger, answerOthers: Listener): Server {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 2,
    // Without a Host header Node itself would answer, and not with a problem.
    requireHostHeader: false,
  });
  server.on('request', (request, response) => {
    const giveUp = (error: unknown): void => {
      logger.error({ err: error }, 'a request failed');
      response.destroy();
    };
    // Who is about to stop keeps no connection.
    if (!server.listening) response.setHeader('connection', 'close');
    if (logger.isLevelEnabled('info')) logWhenAnswered(logger, request, response);
    if (request.headers.host === undefined && request.httpVersion === '1.1') {
      return answerProblem(response, auth, 'ERR_REQUEST_MALFORMED');
    }
    const [path = '/'] = (request.url ?? '/').split(/[?#]/, 1);
    if (auth.http.handles(path)) handleRequest(auth, request, response).catch(giveUp);
    else answerOthers(request, response);
  });
  answerWhatNodeWould(server, auth);
  return server;
}

/** One line for each request, once it is over. */
function logWhenAnswered(logger: Logger, request: IncomingMessage, response: ServerResponse): void {
  const begunMs = performance.now();
  response.once('close', () => {
    const responseTime = Math.round((performance.now() - begunMs) * 100) / 100;
    const what = response.writableFinished ? 'request answered' : 'request given up by its client';
    logger.info({ req: request, res: response, responseTime }, what);
  });
}

function answerProblem(response: ServerResponse, auth: Watchword, code: ErrorCode): void {
  const { status, headers, body } = auth.http.refuse(new WatchwordError(code));
  response.statusCode = status;
  for (const [name, value] of headers) response.setHeader(name, value);
  response.end(body);
}

/** What Node would answer itself, or not at all: no HTTP, an `Expect` that nobody knows, a tunnel. */
function answerWhatNodeWould(server: Server, auth: Watchword): void {
  server.on('clientError', (error, socket) => answerClientError(auth, error, socket));
  server.on('checkExpectation', (request) => answerClientError(auth, new Error('Expect'), request.socket));
  server.on('connect', (_request, socket) => answerClientError(auth, new Error('CONNECT'), socket));
}
