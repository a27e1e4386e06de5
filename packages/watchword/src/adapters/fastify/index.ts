import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { Session } from '../../domain/session.ts';
import { ConfigurationError } from '../../errors/watchword-error.ts';
import {
  cookieHeaders,
  fromConnect,
  headOfConnect,
  HSTS,
  noBody,
  renewedCookie,
  sendConnectStream,
  type BodyReading,
  type ConnectRequest,
  type GuardOptions,
  type GuardVerdict,
  type Installation,
  type NeutralRequest,
  type NeutralResponse,
  type StartSession,
  type VerifiedToken,
} from '../../http/index.ts';
import { assertInstallation } from '../assert-installation.ts';
import { readBody } from '../node/read-body.ts';

export { authOf } from '../node/auth-of.ts';
export type { GuardOptions, Installation, StartSession, VerifiedToken } from '../../http/index.ts';

declare module 'fastify' {
  // Fastify has its users extend this interface; there is no other way to type `request.auth`.
  interface FastifyRequest {
    /**
     * Who the request speaks for, on routes behind `requireAuth`; elsewhere reading it throws. Behind an optional guard it may be
     * `undefined`: `authOf(request)` says so.
     */
    auth: VerifiedToken;
  }
}

/** What Fastify looks at: the plugin is part of the instance that registers it, and not a context of its own. */
const MARKS = {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'watchword',
  [Symbol.for('plugin-meta')]: { name: 'watchword', fastify: '5.x' },
};

/** A plugin as `register` takes it. */
export type WatchwordPlugin = (
  fastify: FastifyInstance,
  options: unknown,
  done: (error?: Error) => void,
) => void;

/** A hook as routes take it: `onRequest`, so that nothing is read of a request that is refused, or `preHandler`. */
export type AuthHook = (request: HookRequest, reply: HookReply, done: HookHandlerDoneFunction) => void;

/** What is needed of a `FastifyRequest` and a `FastifyReply`, whatever their server and schemas. */
export interface HookRequest extends Pick<FastifyRequest, 'auth' | 'headers' | 'ip'> {
  readonly raw: { readonly method?: string | undefined; readonly url?: string | undefined };
}

export interface HookReply {
  readonly sent: boolean;
  code(status: number): unknown;
  hasHeader(name: string): boolean;
  header(name: string, value: string): unknown;
  send(body?: string): unknown;
}

/**
 * Fastify plugin that answers `/auth/*` and the JWKS:
 *
 *     await app.register(watchword(auth));
 *     app.get('/me', { onRequest: requireAuth(auth) }, (request) => ({ subject: request.auth.subject }));
 */
export function watchword(auth: Installation): WatchwordPlugin {
  assertInstallation(auth, 'app.register(watchword(auth))');
  const plugin: WatchwordPlugin = (fastify, _options, done) => {
    if (fastify.prefix !== '') return done(misplaced(fastify.prefix));
    decorate(fastify);
    mount(fastify, auth);
    // Fastify waits for answers that are not at their end.
    fastify.addHook('preClose', (closed) => {
      auth.http.endStreams();
      closed();
    });
    done();
  };
  return Object.assign(plugin, MARKS);
}

function misplaced(prefix: string): Error {
  return new ConfigurationError(
    `Register \`watchword(auth)\` with the app itself: below \`${prefix}\` nobody would look for its addresses.`,
  );
}

/** A guard: `request.auth` is the verified token behind it. It answers 401, 403 or 503 to whoever it refuses. */
export function requireAuth(auth: Installation, options?: GuardOptions): AuthHook {
  assertInstallation(auth, 'requireAuth(auth)');
  const guard = auth.http.guard('requireAuth', options);
  return (request, reply, done) => {
    const proceed = (verdict: GuardVerdict): void => {
      if (verdict.kind === 'refused') return send(verdict.response, reply);
      if (verdict.cookies !== undefined) setCookies(cookieHeaders(verdict), request, reply);
      setAuth(request, verdict.kind === 'anonymous' ? undefined : verdict.token);
      done();
    };
    const verdict = guard(headOfConnect(asConnect(request)));
    if (!(verdict instanceof Promise)) return proceed(verdict);
    // Who was answered meanwhile, by a time limit say, is not answered again.
    void verdict.then((judged) => (reply.sent ? undefined : proceed(judged)));
  };
}

/** The next guard has to see them. */
function setCookies(headers: readonly [string, string][], request: HookRequest, reply: HookReply): void {
  for (const [name, value] of headers) reply.header(name, value);
  request.headers = { ...request.headers, cookie: renewedCookie(request.headers.cookie, headers) };
}

/**
 * Signs in a user whom the application has authenticated itself: starts a session and sets its cookies on `reply`.
 * Rejects with `ERR_CROSS_SITE` if the request came from another site, which Fastify answers with 403.
 */
export async function signIn(
  { http }: Installation,
  request: HookRequest,
  reply: HookReply,
  input: StartSession,
): Promise<Session> {
  const { session, cookies } = await http.startCookieSession(fromFastify(request, noBody), input);
  for (const [name, value] of cookies) reply.header(name, value);
  return session;
}

function fromFastify(
  request: HookRequest,
  readIt: (limitBytes: number) => Promise<BodyReading>,
): NeutralRequest {
  return fromConnect(asConnect(request), readIt);
}

function asConnect(request: HookRequest): ConnectRequest {
  return new FastifyAsConnect(request);
}

/** Of which the address is found out when it is asked for. */
class FastifyAsConnect implements ConnectRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: ConnectRequest['headers'];
  readonly #request: HookRequest;

  constructor(request: HookRequest) {
    const { raw, headers } = request;
    this.method = raw.method;
    this.url = raw.url;
    this.headers = headers;
    this.#request = request;
  }

  get ip(): string | undefined {
    return this.#request.ip;
  }
}

/**
 * Routes and no hook: hooks are for the routes that are registered after them. They are answered in `onRequest`, before Fastify reads a body, so
 * that neither its limits nor anybody's parsers apply to it.
 */
function mount(fastify: FastifyInstance, { http }: Installation): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const neutral = fromFastify(request, (limitBytes) => readBody(request.raw, limitBytes));
    const response = await http.handle(neutral);
    if (response.stream === undefined) send(response, reply);
    else sendStream(response, reply);
    return reply;
  };
  for (const path of http.paths) {
    fastify.route({
      method: [...fastify.supportedMethods],
      // A colon would begin a parameter.
      url: path.replaceAll(':', '::'),
      onRequest: answer,
      handler: answer,
    });
  }
}

function send({ status, headers, body }: NeutralResponse, reply: HookReply): void {
  reply.code(status);
  for (const [name, value] of headers) {
    if (name !== HSTS || !reply.hasHeader(HSTS)) reply.header(name, value);
  }
  reply.send(body === '' ? undefined : body);
}

/** Past Fastify, which knows no back-pressure for what is written while it is sent. */
function sendStream(answer: NeutralResponse, reply: FastifyReply): void {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  sendConnectStream(answer, reply.raw);
}

/** What a guard leaves on a request: `null` for nobody in particular, and nothing where there was no guard. */
const judged = Symbol('watchword.judged');

interface Judged {
  [judged]?: VerifiedToken | null;
}

function decorate(fastify: FastifyInstance): void {
  fastify.decorateRequest('auth', {
    getter() {
      const { [judged]: token } = this as Judged;
      if (token === undefined) {
        throw new Error(
          '`request.auth` was read on a route without `requireAuth(auth)`. Add it to the `onRequest` of the route.',
        );
      }
      return (token ?? undefined) as VerifiedToken;
    },
    setter(token: VerifiedToken | undefined) {
      (this as Judged)[judged] = token ?? null;
    },
  });
}

function setAuth(request: HookRequest, token: VerifiedToken | undefined): void {
  request.auth = token as VerifiedToken;
}
