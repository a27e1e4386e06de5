import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import express, { type ErrorRequestHandler } from 'express';
import { createWatchword, type Watchword, type WatchwordOptions } from 'watchword';
import { watchword } from 'watchword/express';
import { memory } from 'watchword/memory';
import { handleRequest } from 'watchword/node';
import { buildApp } from '../../src/build-app.ts';
import { createLogger } from '../../src/logging/create-logger.ts';

/** What the tokens say; where the test listens is another matter. */
export const ISSUER = 'http://localhost:8787';

export interface Host {
  readonly port: number;
  readonly auth: Watchword;
}

/** The self-hosted server. */
export async function startApp(t: TestContext, options: Partial<WatchwordOptions> = {}): Promise<Host> {
  const auth = await open(t, { algorithm: 'ES256', ...options });
  const app = await buildApp(auth, createLogger({ level: 'silent' }), ISSUER);
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => app.close());
  return { port: portOf(app.server), auth };
}

/** Node's own server without a framework. */
export async function startPlain(t: TestContext, options: Partial<WatchwordOptions> = {}): Promise<Host> {
  const auth = await open(t, options);
  const server = createServer((request, response) => {
    void handleRequest(auth, request, response).then((answered) => {
      if (!answered) response.writeHead(404).end();
    });
  });
  return { port: await listen(t, server), auth };
}

/** An Express application; `bodies` says whether a parser of JSON stands before Watchword. */
export async function startExpress(
  t: TestContext,
  bodies: 'unread' | 'parsed',
  options: Partial<WatchwordOptions> = {},
): Promise<Host> {
  const auth = await open(t, options);
  const app = express();
  if (bodies === 'parsed') app.use(express.json());
  app.use(watchword(auth));
  app.post('/orders', auth.require(), (request, response) => void response.json(request.auth.subject));
  app.use(answerParserErrors);
  return { port: await listen(t, createServer(app)), auth };
}

/** What Express's own parser refuses never reaches Watchword; the application answers it. */
const answerParserErrors: ErrorRequestHandler = (error, _request, response, _next) => {
  response
    .status(error.status ?? 500)
    .type('text')
    .send('refused by the parser of the application');
};

async function open(t: TestContext, options: Partial<WatchwordOptions> = {}): Promise<Watchword> {
  const auth = await createWatchword({ issuer: ISSUER, store: memory(), accounts: true, ...options });
  t.after(() => auth.close());
  return auth;
}

async function listen(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return portOf(server);
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
