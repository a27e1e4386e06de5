import type { Server } from 'node:http';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import {
  answerProblem,
  authenticate,
  handle,
  signIn,
  type GuardOptions,
} from '../../src/adapters/web/index.ts';
import type { Watchword } from '../../src/facade/index.ts';
import { adapterSuite, type AdapterAppOptions } from './adapter-suite.ts';
import { serving } from './serving.ts';

type Handler = (request: Request, address: string | undefined) => Promise<Response>;

/** Behind a server that speaks `Request` and `Response`, as SvelteKit and Nitro do. */
adapterSuite({
  name: 'watchword/web',
  async serve(auth, options) {
    const answer = application(auth, options);
    const fetch = async (request: Request, env: unknown): Promise<Response> => {
      const response = await answer(request, env as HttpBindings);
      const headers = new Headers([['set-cookie', 'theme=dark; Path=/'], ...response.headers]);
      return new Response(response.body, { status: response.status, headers });
    };
    return serving(createAdaptorServer({ fetch }) as Server, auth);
  },
});

function application(auth: Watchword, { trustsProxy, parsesFirst }: AdapterAppOptions) {
  const routes = routesOf(auth);
  return async (original: Request, { incoming }: HttpBindings): Promise<Response> => {
    const request = parsesFirst ? await readBefore(original) : original;
    const forwarded = trustsProxy ? request.headers.get('x-forwarded-for') : null;
    const address = forwarded ?? incoming.socket.remoteAddress;
    try {
      const answered = await handle(auth, request, { address });
      if (answered !== undefined) return answered;
      const { pathname } = new URL(request.url);
      const method = request.method === 'HEAD' ? 'GET' : request.method;
      const route = routes[`${method} ${pathname}`] ?? routes[`ALL ${pathname}`];
      return (await route?.(request, address)) ?? new Response('nothing here', { status: 404 });
    } catch (error) {
      return answerProblem(auth, error, request) ?? new Response('own handler', { status: 500 });
    }
  };
}

/** Whoever reads a body before hands in another request with it. */
async function readBefore(request: Request): Promise<Request> {
  if (request.body === null) return request;
  await request.clone().text();
  return request;
}

function routesOf(auth: Watchword): Readonly<Record<string, Handler>> {
  const guarded =
    (options?: GuardOptions): Handler =>
    async (request) => {
      const who = await authenticate(auth, request, options);
      if (who.kind === 'refused') return who.response;
      const { headers } = who;
      return Response.json({ subject: who.kind === 'anonymous' ? null : who.token.subject }, { headers });
    };
  return {
    'GET /open': async () => Response.json({ open: true }),
    'POST /echo': async (request) => Response.json(await request.json()),
    'ALL /me': guarded(),
    'POST /orders': guarded({ scope: 'orders' }),
    'GET /elsewhere': guarded({ audience: 'https://other.example' }),
    'GET /recent': guarded({ maxAgeSeconds: 60 }),
    'GET /fresh': guarded({ maxStalenessMs: 1000 }),
    'ALL /maybe': guarded({ optional: true }),
    'ALL /page': guarded({ renew: true }),
    'ALL /maybe-page': guarded({ optional: true, renew: true }),
    'POST /log-in': async (request, address) => {
      const { name } = (await request.json()) as { name: string };
      const { session, headers } = await signIn(auth, request, { subject: name }, { address });
      headers.append('set-cookie', 'seen=yes');
      return Response.json({ id: session.id }, { headers });
    },
    'GET /broken': async () => {
      throw new Error('a defect of the application');
    },
  };
}
