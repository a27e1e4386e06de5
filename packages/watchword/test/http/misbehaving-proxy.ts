import { once } from 'node:events';
import {
  createServer,
  request as send,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { handleRequest } from '../../src/adapters/node/index.ts';
import type { Watchword, WatchwordOptions } from '../../src/facade/index.ts';
import { openInstallation } from './installation.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a proxy does that it should not. */
export interface Mischief {
  request?(headers: IncomingHttpHeaders): void;
  answer?(headers: IncomingHttpHeaders, path: string): void;
  /** Answers without asking the application. */
  instead?(request: IncomingMessage): Answer | undefined;
  /** Keeps answers to GET for ever, whatever they say. */
  readonly caches?: boolean;
}

/** The headers that pages should have. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=()',
};

async function listen(t: TestContext, server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** An application with pages, behind a proxy of ours whose address is the issuer. Its mischief can be changed. */
export async function openBehindProxy(t: TestContext, options: Partial<WatchwordOptions> = {}) {
  const proxied = { mischief: {} as Mischief, passed: 0 };
  const opened = Promise.withResolvers<Watchword>();
  const application = createServer((request, response) => void serve(request, response));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (await handleRequest(await opened.promise, request, response)) return;
    if (request.url === '/old') response.writeHead(302, { location: '/' }).end();
    else if (request.url === '/away') response.writeHead(302, { location: 'https://evil.example/' }).end();
    else response.writeHead(200, { ...PAGE_HEADERS, 'content-type': 'text/html' }).end('<p>hello');
  }

  const applicationPort = await listen(t, application);
  const cache = new Map<string, Answer>();

  function pass(request: IncomingMessage): Promise<Answer> {
    const headers = { ...request.headers };
    proxied.mischief.request?.(headers);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const sent = send(
      { port: applicationPort, host: '127.0.0.1', method: request.method, path: request.url, headers },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (piece: string) => (body += piece));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
      },
    );
    sent.on('error', reject);
    request.pipe(sent);
    return promise;
  }

  async function relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    proxied.passed += 1;
    const path = request.url ?? '/';
    const { mischief } = proxied;
    const kept = mischief.caches && request.method === 'GET' ? cache.get(path) : undefined;
    const answer = mischief.instead?.(request) ?? kept ?? (await pass(request));
    cache.set(path, answer);
    const headers = { ...answer.headers };
    mischief.answer?.(headers, path);
    delete headers['transfer-encoding'];
    delete headers['content-length'];
    response.writeHead(answer.status, headers).end(answer.body);
  }

  const proxy = createServer((request, response) => void relay(request, response));
  const issuer = `http://localhost:${await listen(t, proxy)}`;
  const installation = await openInstallation(t, { issuer, ...options });
  opened.resolve(installation.auth);
  return { ...installation, issuer, proxied };
}
