import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { WatchwordError } from 'watchword';
import { replyWithAnswer, replyWithError, replyWithProblem } from '../problem-reply.ts';
import type { AdminContext } from './admin-context.ts';
import type { AdminCredential } from './admin-credential.ts';
import type { Endpoint, EndpointAnswer } from './endpoint.ts';
import { ADMIN_ENDPOINTS } from './endpoints.ts';

/** Adds the admin API: for who has the credential, in JSON. */
export async function addAdminRoutes(
  app: FastifyInstance,
  credential: AdminCredential,
  context: AdminContext,
): Promise<void> {
  const { auth, events } = context;
  // A scope of its own, so that the hook and the parser are for these routes alone.
  await app.register(async (admin) => {
    admin.addHook('onRequest', async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      if (!credential.isIn(request.headers.authorization)) {
        request.log.warn({ req: request.raw }, 'a request to the admin API without its credential');
        return replyWithProblem(reply, auth, 'ERR_ADMIN_CREDENTIAL');
      }
    });
    // Bytes, for the library to read as it reads those of its own routes.
    admin.removeAllContentTypeParsers();
    admin.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
      (_request, body, done) => {
        done(null, body);
      },
    );
    for (const endpoint of ADMIN_ENDPOINTS) addEndpoint(admin, endpoint, context);
    for (const path of new Set(ADMIN_ENDPOINTS.map((endpoint) => endpoint.path)))
      refuseOthers(admin, path, context);
  });
  app.addHook('preClose', async () => events?.close());
}

const MAX_BODY_BYTES = 16_384;

function addEndpoint(admin: FastifyInstance, endpoint: Endpoint, context: AdminContext): void {
  admin.route({
    method: endpoint.method,
    url: fastifyPath(endpoint.path),
    // The headers of a stream that never begins are nothing that anybody needs.
    exposeHeadRoute: endpoint.method === 'GET' && !isStream(endpoint),
    handler: (request, reply) => answer(endpoint, request, reply, context),
  });
}

async function answer(
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  context: AdminContext,
): Promise<FastifyReply> {
  const { auth } = context;
  const answered = await attempt(endpoint, request, context);
  switch (answered.kind) {
    case 'answered':
      return reply.code(answered.status).send(answered.body);
    case 'endless':
      return stream(reply, answered.write);
    case 'refused':
      return replyWithAnswer(reply, auth.http.refuseMembers(answered.errors));
    case 'failed':
      return replyWithError(reply, auth, answered.error);
  }
}

/** What came of it, were it an error: the library has an answer to all of them. */
async function attempt(
  endpoint: Endpoint,
  request: FastifyRequest,
  context: AdminContext,
): Promise<EndpointAnswer | { readonly kind: 'failed'; readonly error: unknown }> {
  const header = (name: string): string | undefined => request.headers[name]?.toString();
  try {
    const json = await readJson(request, header, context);
    if (json.kind === 'refused') return { kind: 'failed', error: new WatchwordError(json.code) };
    const { params, query } = request;
    return await endpoint.answer({ params, query, body: json.value, header }, context);
  } catch (error) {
    return { kind: 'failed', error };
  }
}

async function readJson(
  request: FastifyRequest,
  header: (name: string) => string | undefined,
  { auth }: AdminContext,
) {
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return auth.http.readJson({
    method: request.method,
    path: request.url,
    remoteAddress: undefined,
    header,
    readBody: async () => ({ kind: 'bytes', bytes }),
  });
}

function stream(reply: FastifyReply, write: (response: FastifyReply['raw']) => void): FastifyReply {
  reply.hijack();
  const headers = { ...reply.getHeaders(), 'content-type': 'text/event-stream; charset=utf-8' };
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.writeHead(200);
  write(reply.raw);
  return reply;
}

function refuseOthers(admin: FastifyInstance, path: string, { auth }: AdminContext): void {
  const endpoints = ADMIN_ENDPOINTS.filter((endpoint) => endpoint.path === path);
  const taken: string[] = endpoints.flatMap((endpoint) =>
    endpoint.method === 'GET' && !isStream(endpoint) ? ['GET', 'HEAD'] : [endpoint.method],
  );
  admin.route({
    method: admin.supportedMethods.filter((method) => !taken.includes(method)),
    url: fastifyPath(path),
    handler: (_request, reply) => replyWithProblem(reply, auth, 'ERR_METHOD', { allow: taken.join(', ') }),
  });
}

function isStream({ responses }: Endpoint): boolean {
  return responses[200]?.type === 'text/event-stream';
}

/** `/clients/{id}` → `/clients/:id` */
function fastifyPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
