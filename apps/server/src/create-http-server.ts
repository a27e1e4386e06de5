import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Watchword } from 'watchword';
import { handleRequest } from 'watchword/node';
import { answerProblem } from './answer-problem.ts';
import { answerClientError } from './client-error.ts';
import { limitPipelining } from './limit-pipelining.ts';
import type { Networks } from './proxy/read-networks.ts';
import { receiveRequest, type ReceivedRequest } from './receive-request.ts';
import { withRequestId } from './request-id.ts';
import { createHttpsRule } from './require-https.ts';

/** Header bytes that a request may have: a browser full of cookies fits. */
const MAX_HEADER_BYTES = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 72_000;

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

export interface HttpServerParts {
  readonly auth: Watchword;
  readonly logger: Logger;
  readonly issuer: string;
  /** Proxies that are believed when they say where a request came from. */
  readonly proxies: Networks;
  /** Answers what is not the library's. */
  readonly answerOthers: Listener;
}

/** Node's server with our limits: the library's routes are answered by the library, all others by `answerOthers`. */
export function createHttpServer({ auth, logger, issuer, proxies, answerOthers }: HttpServerParts): Server {
  const answeredForHttps = createHttpsRule(auth, issuer);
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 2,
    // Without a Host header Node itself would answer, and not with a problem.
    requireHostHeader: false,
  });
  function answer(request: ReceivedRequest, response: ServerResponse): void {
    const giveUp = (error: unknown): void => {
      logger.error({ reqId: request.requestId, err: error }, 'a request failed');
      response.destroy();
    };
    // Who is about to stop keeps no connection.
    if (!server.listening) response.setHeader('connection', 'close');
    if (logger.isLevelEnabled('info')) logWhenAnswered(logger, request, response);
    if (request.headers.host === undefined && request.httpVersion === '1.1') {
      return answerProblem(response, auth, 'ERR_REQUEST_MALFORMED');
    }
    const [path = '/'] = (request.url ?? '/').split(/[?#]/, 1);
    if (answeredForHttps(request, response, path)) return;
    if (auth.http.handles(path)) handleRequest(auth, request, response).catch(giveUp);
    else answerOthers(request, response);
  }

  const isToBeAnswered = limitPipelining();
  server.on('request', (request, response) => {
    if (!isToBeAnswered(request, response)) return;
    const received = receiveRequest(request, response, proxies);
    withRequestId(received.requestId, () => answer(received, response));
  });
  answerWhatNodeWould(server, auth);
  return server;
}

/** One line for each request, once it is over. */
function logWhenAnswered(logger: Logger, request: ReceivedRequest, response: ServerResponse): void {
  const begunMs = performance.now();
  response.once('close', () => {
    const responseTime = Math.round((performance.now() - begunMs) * 100) / 100;
    const what = response.writableFinished ? 'request answered' : 'request given up by its client';
    logger.info({ reqId: request.requestId, req: request, res: response, responseTime }, what);
  });
}

/** What Node would answer itself, or not at all: no HTTP, an `Expect` that nobody knows, a tunnel. */
function answerWhatNodeWould(server: Server, auth: Watchword): void {
  server.on('clientError', (error, socket) => answerClientError(auth, error, socket));
  server.on('checkExpectation', (request) => answerClientError(auth, new Error('Expect'), request.socket));
  server.on('connect', (_request, socket) => answerClientError(auth, new Error('CONNECT'), socket));
}
