import type { HttpContext } from './handler.ts';
import type { NeutralRequest, NeutralResponse } from './neutral.ts';
import { isSafeMethod, requestOrigin } from './origin.ts';
import { problem } from './problem.ts';

/** A request that acts by its cookies has to come from a page of ours. Gives the refusal, if it is one. */
export function refuseForeignCookie(
  request: NeutralRequest,
  context: HttpContext,
): NeutralResponse | undefined {
  return isSafeMethod(request.method) ? undefined : refuseForeignHandshake(request, context);
}

/**
 * The handshake of a WebSocket is a GET that acts, and no CORS protects what is read then: whatever its method, it has to come from
 * a page of ours. All browsers send `Origin` with it (RFC 6455 §4.1), and not all Fetch Metadata.
 */
export function refuseForeignHandshake(
  request: NeutralRequest,
  context: HttpContext,
): NeutralResponse | undefined {
  const origin = requestOrigin(request, context.settings);
  return origin === 'own' || origin === 'listed' ? undefined : refuse(request, context, origin);
}

/** Tokens in a body are for programs, and for pages of origins that are listed: no page of ours needs to see one. */
export function refuseBodyDelivery(
  request: NeutralRequest,
  context: HttpContext,
): NeutralResponse | undefined {
  const origin = requestOrigin(request, context.settings);
  switch (origin) {
    case 'unstated':
    case 'listed':
      return undefined;
    case 'own':
      return problem('ERR_DELIVERY_FORBIDDEN');
    case 'foreign':
      return refuse(request, context, origin);
  }
}

function refuse({ path }: NeutralRequest, { engine }: HttpContext, reason: string): NeutralResponse {
  engine.context.events.record('cross_site_refused', { path: path.slice(0, 100), reason });
  return problem('ERR_CROSS_SITE');
}
