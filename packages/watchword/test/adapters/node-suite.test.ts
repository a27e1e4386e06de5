import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import { json } from 'node:stream/consumers';
import { authOf, handleRequest, signIn } from '../../src/adapters/node/index.ts';
import { WatchwordError, type ConnectGuard, type Watchword } from '../../src/facade/index.ts';
import { adapterSuite, type AdapterAppOptions } from './adapter-suite.ts';
import { serving } from './serving.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

adapterSuite({
  name: 'watchword/node',
  async serve(auth, options) {
    const answer = application(auth, options);
    return serving(
      createServer((request, response) => void answer(request, response)),
      auth,
    );
  },
});

function say(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
}

/** An application without a framework. */
function application(auth: Watchword, { trustsProxy, parsesFirst }: AdapterAppOptions) {
  const routes = routesOf(auth);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader('set-cookie', 'theme=dark; Path=/');
    const forwarded = request.headers['x-forwarded-for'];
    if (trustsProxy && forwarded !== undefined) Object.assign(request, { ip: String(forwarded) });
    try {
      if (parsesFirst) await parseFirst(request);
      if (await handleRequest(auth, request, response)) return;
      const [path] = (request.url ?? '').split('?', 1);
      const method = request.method === 'HEAD' ? 'GET' : request.method;
      const route = routes[`${method} ${path}`] ?? routes[`ALL ${path}`];
      if (route !== undefined) return void (await route(request, response));
      response.statusCode = 404;
      response.end('nothing here');
    } catch (error) {
      const { status, code } = error instanceof WatchwordError ? error : { status: 500, code: 'own handler' };
      response.statusCode = status;
      if (status === 500) response.end('own handler');
      else say(response, { code });
    }
  };
}

function routesOf(auth: Watchword): Readonly<Record<string, Handler>> {
  const guarded =
    (guard: ConnectGuard): Handler =>
    (request, response) =>
      guard(request, response, () => say(response, { subject: authOf(request)?.subject ?? null }));
  return {
    'GET /open': (_request, response) => say(response, { open: true }),
    'POST /echo': async (request, response) => say(response, await bodyOf(request)),
    'ALL /me': guarded(auth.require()),
    'POST /orders': guarded(auth.require({ scope: 'orders' })),
    'GET /elsewhere': guarded(auth.require({ audience: 'https://other.example' })),
    'GET /recent': guarded(auth.require({ maxAgeSeconds: 60 })),
    'GET /fresh': guarded(auth.require({ maxStalenessMs: 1000 })),
    'ALL /maybe': guarded(auth.require({ optional: true })),
    'ALL /page': guarded(auth.require({ renew: true })),
    'ALL /maybe-page': guarded(auth.require({ optional: true, renew: true })),
    'GET /unguarded': (request, response) => say(response, { subject: authOf(request)?.subject ?? null }),
    'POST /log-in': async (request, response) => {
      response.appendHeader('set-cookie', 'seen=yes');
      const { name } = (await bodyOf(request)) as { name: string };
      say(response, { id: (await signIn(auth, request, response, { subject: name })).id });
    },
    'GET /broken': () => {
      throw new Error('a defect of the application');
    },
  };
}

async function bodyOf(request: IncomingMessage & { readonly body?: unknown }): Promise<unknown> {
  return request.body ?? json(request);
}

/** What `body-parser` does. */
async function parseFirst(request: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  if (text === '') return;
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  const body: unknown = isForm ? parse(text) : JSON.parse(text);
  Object.assign(request, { body });
}
