import { epochMs, numericDate } from '../../../domain/time.ts';
import type { Introspection } from '../../../engine/tokens/introspect.ts';
import { requireRole } from '../../client-authentication.ts';
import type { Handler, HttpContext } from '../../handler.ts';
import { NO_CACHE, oauthError } from '../../oauth-error.ts';
import { parseForm } from '../../parse/form.ts';
import { respondJson } from '../../respond.ts';

/** `POST /oauth/introspect`, RFC 7662, for clients with the role `introspect`. */
export const introspect: Handler = async (request, context) => {
  const form = await parseForm(request);
  if (form.kind === 'refused') return oauthError('invalid_request', form.why);
  const caller = await requireRole('introspect', request, form.parameters, context);
  if (caller.kind === 'refused') return caller.response;
  const presented = form.parameters.get('token');
  if (presented === undefined) return oauthError('invalid_request', 'The parameter token is missing.');
  const found = await context.engine.introspect(presented);
  return respondJson(200, present(found, context), [NO_CACHE]);
};

/** §2.2: of what is not active nothing is said but that. */
function present(found: Introspection, { engine }: HttpContext): object {
  switch (found.kind) {
    case 'inactive':
      return { active: false };
    case 'access': {
      const { ww_gen: _, ...claims } = found.token.claims;
      return { ...claims, active: true, token_type: 'Bearer' };
    }
    case 'refresh': {
      const { session } = found.record;
      // No `aud`, `scope` and `token_type`: an API that is shown one in place of an access token must not find what it wants.
      return {
        active: true,
        iss: engine.context.settings.issuer,
        sub: session.subject,
        client_id: session.clientId,
        sid: session.id,
        iat: numericDate(session.lastRefreshedMs),
        exp: numericDate(epochMs(Math.min(session.idleExpiresMs, session.absoluteExpiresMs))),
        auth_time: numericDate(session.authenticatedMs),
      };
    }
  }
}
