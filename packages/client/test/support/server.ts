import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Watchword, WatchwordEvent, WatchwordOptions } from '../../../watchword/src/facade/index.ts';
import { createWatchwordOn } from '../../../watchword/src/facade/create-watchword.ts';
import { authorizeUpgrade, handleRequest } from '../../../watchword/src/adapters/node/index.ts';
import { epochMs } from '../../../watchword/src/domain/time.ts';
import { systemClock } from '../../../watchword/src/platform/system-clock.ts';
import { systemRandom } from '../../../watchword/src/platform/system-random.ts';
import { systemScheduler } from '../../../watchword/src/platform/system-scheduler.ts';
import type { PasswordHasher } from '../../../watchword/src/ports/password-hasher.ts';
import { memory } from '../../../watchword/src/stores/memory/index.ts';
import { bundleClient } from './bundle.ts';

/** What reached the server. */
export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** The `code` of a problem. */
  readonly code: string | undefined;
}

export interface Disturbance {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type TestServer = Awaited<ReturnType<typeof startServer>>;

/** argon2id is slow on purpose, and not what these tests are about. */
const quickHasher: PasswordHasher = {
  hash: async (password) => `hashed ${password}`,
  verify: async (hashed, password) => hashed === `hashed ${password}`,
  isCurrent: () => true,
};

/** The library behind Node's own server, with a page that has the client, and a clock that can be set forward. */
export async function startServer({
  host = 'localhost',
  ...options
}: Partial<WatchwordOptions> & { readonly host?: string } = {}) {
  const client = await bundleClient();
  const modules = new Map<string, string>();
  const passed: Passed[] = [];
  const events: WatchwordEvent[] = [];
  let aheadMs = 0;
  let disturb: (path: string) => Disturbance | Promise<Disturbance | undefined> | undefined = () => undefined;
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://${host}:${port}`;
  const auth = await createWatchwordOn(
    {
      clock: { ...systemClock, nowMs: () => epochMs(systemClock.nowMs() + aheadMs) },
      random: systemRandom,
      scheduler: systemScheduler,
      createHasher: async () => quickHasher,
      findTrackedFile: async () => undefined,
    },
    { issuer: url, accounts: true, store: memory(), environment: 'development', ...options },
  );
  auth.events.on('*', (event) => events.push(event));
  const guard = auth.require();
  server.on('upgrade', (request, socket) => void openSocket(auth, request, socket));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: target = '' } = request;
    const path = target.split('?')[0] ?? '';
    let code: string | undefined;
    response.on('finish', () => passed.push({ method, path, status: response.statusCode, code }));
    const { end } = response;
    response.end = ((body?: unknown) => {
      code = /"code":"(\w+)"/.exec(String(body))?.[1];
      return end.call(response, body, 'utf8');
    }) as typeof response.end;
    const disturbance = await disturb(path);
    if (disturbance !== undefined) {
      request.resume();
      response.writeHead(disturbance.status, disturbance.headers).end(disturbance.body);
      return;
    }
    if (await handleRequest(auth, request, response)) return;
    if (path.startsWith('/api/')) return guard(request, response, () => void echo(request, response));
    serve(path, response);
  }

  function serve(path: string, response: ServerResponse): void {
    const module = path === '/client.js' ? client : modules.get(path);
    if (module !== undefined) {
      response.setHeader('content-type', 'text/javascript').end(module);
    } else {
      const begin = path === '/idle' ? '' : 'await client.start();';
      const script = modules.has(`${path}.js`)
        ? `import '${path}.js';`
        : `import { createClient } from '/client.js'; window.client = createClient(); ${begin} window.begun = true;`;
      response
        .setHeader('content-type', 'text/html')
        .end(
          `<!doctype html><title>page</title><link rel="icon" href="data:,"><div id="root"></div><script type="module">${script}</script>`,
        );
    }
  }

  return {
    url,
    auth,
    passed,
    events,
    modules,
    /** How often a path was asked for with a method since so many requests had passed. */
    count: (method: string, path: string, since = 0) =>
      passed.slice(since).filter((each) => each.method === method && each.path === path).length,
    advance: (milliseconds: number) => void (aheadMs += milliseconds),
    /** Answers something else in the place of the server; gives the function that ends it. */
    disturb(next: typeof disturb) {
      disturb = next;
      return () => (disturb = () => undefined);
    },
    /** Nobody listens any more, as when the process has died. */
    async die() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
    async revive() {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await auth.close();
    },
  };
}

/** Tells what arrived. */
async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { 'content-type': type, 'x-ww-csrf': csrf } = request.headers;
  const body = Buffer.concat(chunks).toString('utf8');
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ type, csrf, body }));
}

/** A WebSocket that is opened for who is signed in, and says nothing. */
async function openSocket(auth: Watchword, request: IncomingMessage, socket: Duplex): Promise<void> {
  if ((await authorizeUpgrade(auth, request)) === undefined) return;
  const accepted = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  socket.on('error', () => socket.destroy());
  socket.on('data', () => socket.end());
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accepted}\r\n\r\n`,
  );
}
