import type { Client } from '../../../domain/client.ts';
import type { RevocationRequest } from '../../../ports/store/revocation-log.ts';
import type { Introspection } from '../../../engine/tokens/introspect.ts';
import { requireClient } from '../../client-authentication.ts';
import type { Handler, HttpContext } from '../../handler.ts';
import type { NeutralResponse } from '../../neutral.ts';
import { NO_CACHE, oauthError } from '../../oauth-error.ts';
import { parseForm } from '../../parse/form.ts';

/**
 * `POST /oauth/revoke`, RFC 7009. A refresh token takes its session and all of its tokens along; an access token goes alone.
 * What is no token of ours, or no longer one, is answered like what was revoked (§2.2).
 */
export const revoke: Handler = async (request, context) => {
  const form = await parseForm(request);
  if (form.kind === 'refused') return oauthError('invalid_request', form.why);
  const caller = await requireClient(request, form.parameters, context);
  if (caller.kind === 'refused') return caller.response;
  const presented = form.parameters.get('token');
  if (presented === undefined) return oauthError('invalid_request', 'The parameter token is missing.');
  // The hint is not needed: the two kinds of token cannot be mistaken for each other (§2.1).
  const found = await whatToRevoke(presented, context);
  if (found === undefined) return done();
  if (!mayRevoke(caller.client, found.clientId)) {
    context.engine.context.events.record('client_refused', {
      reason: 'missing_role',
      clientId: caller.client.id,
    });
    return oauthError('unauthorized_client', 'The token was issued to another client.');
  }
  await context.engine.revoker.revoke([found.request]);
  return done();
};

interface Found {
  readonly clientId: string | undefined;
  readonly request: RevocationRequest;
}

async function whatToRevoke(presented: string, { engine }: HttpContext): Promise<Found | undefined> {
  const sessionId = await engine.sessions.ofPresented({ form: 'token', text: presented });
  const session = sessionId && (await engine.sessions.find(sessionId));
  if (session) {
    const { id, clientId } = session.session;
    return { clientId, request: { kind: 'session', sessionId: id, reason: 'revoked' } };
  }
  const what: Introspection = await engine.introspect(presented);
  if (what.kind !== 'access') return undefined;
  return { clientId: what.token.clientId, request: { kind: 'token', tokenId: what.token.tokenId } };
}

function mayRevoke(client: Client, issuedTo: string | undefined): boolean {
  return client.id === issuedTo || client.roles.includes('service');
}

/** §2.2: the body is empty. */
function done(): NeutralResponse {
  return { status: 200, headers: [NO_CACHE], body: '' };
}
