import type { Context, MiddlewareHandler, Next } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';
import type { Session } from '../../domain/session.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import {
  cookieHeaders,
  noBody,
  type GuardOptions,
  type GuardVerdict,
  type Installation,
  type NeutralResponse,
  type StartSession,
  type VerifiedToken,
} from '../../http/index.ts';
import { assertInstallation } from '../assert-installation.ts';
import { contentOf, fromWeb, pathOfWeb } from '../web/neutral.ts';
import { renewedHeaders } from '../web/renewed-headers.ts';
import { readContextBody } from './read-context-body.ts';

export type { GuardOptions, Installation, StartSession, VerifiedToken } from '../../http/index.ts';

/** Finds a client's address; behind proxies it has to know which ones to believe. */
export type FindAddress = (c: Context) => string | undefined;

export interface MiddlewareOptions {
  /** Default: whoever is connected, where Hono runs on Node; elsewhere unknown. */
  readonly address?: FindAddress;
}

/** For a `Hono<{ Variables: AuthVariables }>` whose guard stands before all of its routes. */
export interface AuthVariables {
  auth: VerifiedToken;
}

/**
 * Hono middleware that answers `/auth/*` and the JWKS. Put it before the routes:
 *
 *     app.use(watchword(auth));
 *     app.get('/me', requireAuth(auth), (c) => c.json({ subject: c.var.auth.subject }));
 */
export function watchword(
  auth: Installation,
  { address = connectedAddress }: MiddlewareOptions = {},
): MiddlewareHandler {
  assertInstallation(auth, 'app.use(watchword(auth))');
  return (c, next) => {
    // Hono has the path at hand, but decoded: of what that lets through, the one that was sent decides.
    if (!auth.http.handles(c.req.path) || !auth.http.handles(pathOfWeb(c.req.raw))) return next();
    const neutral = fromWeb(c.req.raw, { address: address(c) }, (limitBytes) =>
      readContextBody(c.req, limitBytes),
    );
    return auth.http.handle(neutral).then((response) => answer(c, response));
  };
}

/** A guard: `c.var.auth` is the verified token behind it. It answers 401, 403 or 503 to whoever it refuses. */
export function requireAuth(
  auth: Installation,
  options?: GuardOptions & { readonly optional?: false },
): MiddlewareHandler<{ Variables: AuthVariables }>;
/** With `optional`, `c.var.auth` is `undefined` for whoever brings no credential. */
export function requireAuth(
  auth: Installation,
  options: GuardOptions,
): MiddlewareHandler<{ Variables: { auth: VerifiedToken | undefined } }>;
export function requireAuth(auth: Installation, options?: GuardOptions): MiddlewareHandler {
  assertInstallation(auth, 'requireAuth(auth)');
  const guard = auth.http.guard('requireAuth', options);
  return (c, next) => {
    const proceed = (verdict: GuardVerdict): ReturnType<MiddlewareHandler> => {
      if (verdict.kind === 'refused') return Promise.resolve(answer(c, verdict.response));
      c.set('auth', verdict.kind === 'anonymous' ? undefined : verdict.token);
      const headers = cookieHeaders(verdict);
      return headers.length === 0 ? next() : goOnWith(headers, c, next);
    };
    const verdict = guard(fromWeb(c.req.raw, {}, noBody));
    return verdict instanceof Promise ? verdict.then(proceed) : proceed(verdict);
  };
}

/**
 * Signs in a user whom the application has authenticated itself: starts a session and sets its cookies on the answer, which has to be made
 * through `c`: a `new Response` would go out without them. Rejects with `ERR_CROSS_SITE` if the request came from another site.
 */
export async function signIn(
  { http }: Installation,
  c: Context,
  input: StartSession,
  { address = connectedAddress }: MiddlewareOptions = {},
): Promise<Session> {
  const neutral = fromWeb(c.req.raw, { address: address(c) }, noBody);
  const { session, cookies } = await http.startCookieSession(neutral, input);
  for (const [name, value] of cookies) setHeader(c, name, value);
  return session;
}

/**
 * The problem document for what the library refused by throwing, such as a `signIn` from another site; `undefined` for other errors:
 *
 *     app.onError((error, c) => answerProblem(auth, error, c) ?? c.text('Something broke', 500));
 */
export function answerProblem({ http }: Installation, error: unknown, c: Context): Response | undefined {
  return error instanceof WatchwordError ? answer(c, http.refuse(error)) : undefined;
}

/** Through the context and not as a `Response` of its own: that would take the place of cookies which the application has set. */
function answer(c: Context, { status, headers, body, stream }: NeutralResponse): Response {
  for (const [name, value] of headers) setHeader(c, name, value);
  return c.newResponse(contentOf(body, stream, c.req.raw), status as StatusCode);
}

function setHeader(c: Context, name: string, value: string): void {
  c.header(name, value, { append: name === 'set-cookie' });
}

/** Headers that have to be on the answer, also where that is a `Response` of the application's own, of which Hono keeps others away. */
async function goOnWith(headers: [string, string][], c: Context, next: Next): Promise<void> {
  for (const [name, value] of headers) setHeader(c, name, value);
  renewRequest(headers, c);
  await next();
  const sent = c.res.headers.getSetCookie();
  const areSent = headers.every(([name, value]) => name !== 'set-cookie' || sent.includes(value));
  if (areSent) return;
  for (const [name, value] of headers) setHeader(c, name, value);
}

/** The next guard has to see what this one has renewed. */
function renewRequest(headers: readonly [string, string][], { req }: Context): void {
  const renewed = renewedHeaders(req.raw, headers);
  try {
    req.raw.headers.set('cookie', renewed.get('cookie') ?? '');
  } catch {
    // Some runtimes let nobody change what has arrived.
    req.raw = new Request(req.raw, { headers: renewed });
  }
}

/** As `@hono/node-server` tells it. */
function connectedAddress({ env }: Context): string | undefined {
  const bindings = env as { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } } };
  return bindings?.incoming?.socket?.remoteAddress;
}
