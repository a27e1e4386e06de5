import type { Handler, HttpContext } from './handler.ts';
import { errorPage } from './handlers/error-page.ts';
import { jwks } from './handlers/jwks.ts';
import { followFeed } from './handlers/feed/follow.ts';
import { feedKeys } from './handlers/feed/keys.ts';
import { feedReceipts } from './handlers/feed/receipts.ts';
import { feedSnapshot } from './handlers/feed/snapshot.ts';
import { introspect } from './handlers/oauth/introspect.ts';
import { metadata } from './handlers/oauth/metadata.ts';
import { revoke } from './handlers/oauth/revoke.ts';
import { token } from './handlers/oauth/token.ts';
import { refresh } from './handlers/refresh.ts';
import { answerProbe, selfCheck } from './handlers/self-check.ts';
import { currentSession } from './handlers/session.ts';
import { endOtherSessions, endSession, listSessions } from './handlers/sessions.ts';
import { violationReports } from './handlers/violation-reports.ts';
import { signIn } from './handlers/sign-in.ts';
import { signOut } from './handlers/sign-out.ts';
import { signUp } from './handlers/sign-up.ts';
import type { NeutralRequest, NeutralResponse } from './neutral.ts';
import { problem } from './problem.ts';
import { PROBE_PATH } from './self-check/probe.ts';
import { METADATA_PATH, type HttpSettings } from './settings.ts';

type Methods = Readonly<Record<string, Handler>>;

/** Path → method → handler. */
const ROUTES: ReadonlyMap<string, Methods> = new Map<string, Methods>([
  ['/auth/sign-up', { POST: signUp }],
  ['/auth/sign-in', { POST: signIn }],
  ['/auth/sign-out', { POST: signOut }],
  ['/auth/refresh', { POST: refresh }],
  ['/auth/session', { GET: currentSession }],
  ['/auth/self-check', { GET: selfCheck }],
  ['/auth/sessions', { GET: listSessions, DELETE: endOtherSessions }],
  ['/auth/reports', { POST: violationReports }],
  ['/.well-known/jwks.json', { GET: jwks }],
]);

/** Where programs may register as clients. */
const OAUTH_ROUTES: ReadonlyMap<string, Methods> = new Map<string, Methods>([
  ['/oauth/token', { POST: token }],
  ['/oauth/revoke', { POST: revoke }],
  ['/oauth/introspect', { POST: introspect }],
  ['/feed', { GET: followFeed }],
  ['/feed/keys', { GET: feedKeys }],
  ['/feed/snapshot', { GET: feedSnapshot }],
  ['/feed/receipts', { POST: feedReceipts }],
  [METADATA_PATH, { GET: metadata }],
]);

/** The same for paths whose last segment is a parameter. */
const ROUTES_WITH_PARAMETER: ReadonlyMap<string, Methods> = new Map<string, Methods>([
  ['/auth/sessions/', { DELETE: endSession }],
  ['/auth/errors/', { GET: errorPage }],
  [PROBE_PATH, { GET: answerProbe, POST: answerProbe }],
]);

/** Whether the path is Watchword's to answer, be it with 404. */
export function isOwnPath(path: string, settings: HttpSettings): boolean {
  return (
    path === '/auth' ||
    path.startsWith('/auth/') ||
    path === '/.well-known/jwks.json' ||
    oauthMethods(path, settings) !== undefined
  );
}

/** The same as a list, for frameworks with a router of their own: one that ends in `/*` means all paths below it. */
export function ownPaths({ oauth, metadataPath }: HttpSettings): readonly string[] {
  const others = oauth
    ? [...OAUTH_ROUTES.keys()].map((path) => (path === METADATA_PATH ? metadataPath : path))
    : [];
  return ['/auth', '/auth/*', '/.well-known/jwks.json', ...others];
}

/** Whether the path is answered as RFC 6749 has it. */
export function isOAuthPath(path: string): boolean {
  return path.startsWith('/oauth/');
}

export async function route(request: NeutralRequest, context: HttpContext): Promise<NeutralResponse> {
  const { methods, parameter } = findRoute(request.path, context.settings);
  if (methods === undefined) return problem('ERR_ROUTE_UNKNOWN');
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (handler === undefined) return problem('ERR_METHOD', { headers: [['allow', allowed(methods)]] });
  const response = await handler(request, context, parameter);
  return request.method === 'HEAD' ? withoutStream(response) : response;
}

/** RFC 9110 §9.3.2: no content is sent, so that nothing needs to begin. */
function withoutStream({ status, headers, body }: NeutralResponse): NeutralResponse {
  return { status, headers, body };
}

function findRoute(
  path: string,
  settings: HttpSettings,
): { readonly methods: Methods | undefined; readonly parameter: string } {
  const methods = ROUTES.get(path) ?? oauthMethods(path, settings);
  if (methods !== undefined) return { methods, parameter: '' };
  const lastSlash = path.lastIndexOf('/') + 1;
  const parameter = path.slice(lastSlash);
  return {
    methods: parameter === '' ? undefined : ROUTES_WITH_PARAMETER.get(path.slice(0, lastSlash)),
    parameter,
  };
}

function oauthMethods(path: string, { oauth, metadataPath }: HttpSettings): Methods | undefined {
  if (!oauth) return undefined;
  return OAUTH_ROUTES.get(path === metadataPath ? METADATA_PATH : path);
}

/** RFC 9110 §10.2.1. */
function allowed(methods: Methods): string {
  const names = Object.keys(methods);
  return (names.includes('GET') ? [...names, 'HEAD'] : names).join(', ');
}
