import type { CrossSiteRule } from '../domain/events.ts';
import type { SessionId } from '../domain/ids.ts';
import { WatchwordError } from '../errors/watchword-error.ts';
import { explainCrossSite } from './cross-site-explanation.ts';
import { bringsCsrfToken, CSRF_HEADER } from './cookies/csrf-cookie.ts';
import type { HttpContext } from './handler.ts';
import type { NeutralRequest, NeutralResponse } from './neutral.ts';
import { isSafeMethod, requestOrigin } from './origin.ts';
import { problem } from './problem.ts';

/** What becomes of a request that acts by its cookies. */
export type CookieUse =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly response: NeutralResponse }
  /** It does not say where it comes from: it has to bring the token of its session. */
  | { readonly kind: 'unstated' };

const ALLOWED: CookieUse = { kind: 'allowed' };
const UNSTATED: CookieUse = { kind: 'unstated' };

/** Where the request comes from, before anything is done for it. */
export function judgeCookieUse(request: NeutralRequest, context: HttpContext): CookieUse {
  return isSafeMethod(request.method) ? ALLOWED : judgeOrigin(request, context);
}

/**
 * The handshake of a WebSocket is a GET that acts, and no CORS protects what is read then: whatever its method, it has to come from
 * a page of ours. All browsers send `Origin` with it (RFC 6455 §4.1), and not all Fetch Metadata; none lets a page add a header.
 */
export function judgeHandshakeUse(request: NeutralRequest, context: HttpContext): CookieUse {
  const use = judgeOrigin(request, context);
  return use.kind === 'unstated' ? { kind: 'refused', response: refuse(request, context, 'unstated') } : use;
}

/** Refuses a request of unstated origin that does not bring the token of the session that its cookies name. */
export function refuseWithoutToken(
  request: NeutralRequest,
  context: HttpContext,
  /** `undefined` where there is none: then no token is good. */
  sessionId: SessionId | undefined,
): NeutralResponse | undefined {
  if (sessionId === undefined) return refuse(request, context, 'unstated');
  if (bringsCsrfToken(request, sessionId, context)) return undefined;
  const rule = request.header(CSRF_HEADER) === undefined ? 'token_missing' : 'token_wrong';
  return refuse(request, context, rule);
}

/** Both at once, for whoever knows already which session the request is about. Gives the refusal, if it is one. */
export function refuseForeignCookie(
  request: NeutralRequest,
  context: HttpContext,
  sessionId: SessionId | undefined,
): NeutralResponse | undefined {
  const use = judgeCookieUse(request, context);
  switch (use.kind) {
    case 'allowed':
      return undefined;
    case 'refused':
      return use.response;
    case 'unstated':
      return refuseWithoutToken(request, context, sessionId);
  }
}

/** For a route of the application's own that signs in, and answers by itself: throws the refusal. */
export function assertOwnPage(request: NeutralRequest, context: HttpContext): void {
  if (isSafeMethod(request.method)) return;
  const origin = requestOrigin(request, context.settings);
  if (origin === 'own' || origin === 'listed') return;
  const rule = origin === 'unstated' ? 'unstated' : foreignRule(request);
  throw new WatchwordError('ERR_CROSS_SITE', { detail: record(request, context, rule) });
}

/** Tokens in a body are for programs, and for pages of origins that are listed: no page of ours needs to see one. */
export function refuseBodyDelivery(
  request: NeutralRequest,
  context: HttpContext,
): NeutralResponse | undefined {
  switch (requestOrigin(request, context.settings)) {
    case 'unstated':
    case 'listed':
      return undefined;
    case 'own':
      return problem('ERR_DELIVERY_FORBIDDEN');
    case 'foreign':
      return refuseForeign(request, context);
  }
}

function judgeOrigin(request: NeutralRequest, context: HttpContext): CookieUse {
  switch (requestOrigin(request, context.settings)) {
    case 'own':
    case 'listed':
      return ALLOWED;
    case 'unstated':
      return UNSTATED;
    case 'foreign':
      return { kind: 'refused', response: refuseForeign(request, context) };
  }
}

function refuseForeign(request: NeutralRequest, context: HttpContext): NeutralResponse {
  return refuse(request, context, foreignRule(request));
}

function foreignRule(request: NeutralRequest): CrossSiteRule {
  return request.header('sec-fetch-site') === undefined ? 'origin' : 'fetch_site';
}

function refuse(request: NeutralRequest, context: HttpContext, rule: CrossSiteRule): NeutralResponse {
  const explanation = record(request, context, rule);
  return problem('ERR_CROSS_SITE', { explanation: context.settings.explains ? explanation : undefined });
}

function record(request: NeutralRequest, { engine, settings }: HttpContext, reason: CrossSiteRule): string {
  const detail = explainCrossSite(reason, request, settings);
  engine.context.events.record('cross_site_refused', { path: request.path.slice(0, 100), reason, detail });
  return detail;
}
