import { authenticateClient } from '../../client-authentication.ts';
import { tokensOf } from '../../../engine/refresh/outcome.ts';
import { refuseBodyDelivery } from '../../cross-site.ts';
import type { Handler } from '../../handler.ts';
import { callerOf } from '../../neutral.ts';
import { NO_CACHE, oauthError, oauthFailure } from '../../oauth-error.ts';
import { parseForm } from '../../parse/form.ts';
import { respondJson } from '../../respond.ts';
import { WatchwordError } from '../../../errors/watchword-error.ts';

const REFRESH_INVALID = 'The refresh token is not, or no longer, good for anything at this client.';

/** `POST /oauth/token`, RFC 6749 §6. It takes no cookie and sets none. */
export const token: Handler = async (request, context) => {
  const form = await parseForm(request);
  if (form.kind === 'refused') return oauthError('invalid_request', form.why);
  const { parameters } = form;
  const caller = await authenticateClient(request, parameters, context);
  if (caller.kind === 'refused') return caller.response;
  const grantType = parameters.get('grant_type');
  if (grantType === undefined) return oauthError('invalid_request', 'The parameter grant_type is missing.');
  if (grantType !== 'refresh_token') {
    return oauthError('unsupported_grant_type', 'This endpoint takes the grant type refresh_token.');
  }
  const refreshToken = parameters.get('refresh_token');
  if (refreshToken === undefined) {
    return oauthError('invalid_request', 'The parameter refresh_token is missing.');
  }
  if (refuseBodyDelivery(request, context) !== undefined) {
    return oauthError('unauthorized_client', 'Tokens are not given to a page of this origin.', 403);
  }
  const scope = scopeOf(parameters);
  if (scope?.size === 0) return oauthError('invalid_scope', 'The scope names nothing.');
  const outcome = await context.engine.refresher.refresh(
    { form: 'token', text: refreshToken },
    {
      clientId: caller.kind === 'proven' ? caller.client.id : caller.id,
      delivery: 'body',
      ...(scope !== undefined && { scope: [...scope] }),
      ...callerOf(request),
    },
  );
  switch (outcome.kind) {
    case 'rotated':
    case 'current':
    case 'resent':
    case 'resent_late':
    case 'moved_forward': {
      const granted = [...(scope ?? outcome.session.scope)];
      const { accessToken, refreshToken: successor } = tokensOf(outcome);
      const body = {
        access_token: accessToken.text,
        token_type: 'Bearer',
        expires_in: accessToken.expiresInSeconds,
        refresh_token: successor,
        ...(granted.length > 0 && { scope: granted.join(' ') }),
      };
      return respondJson(200, body, [NO_CACHE]);
    }
    case 'refused':
      return outcome.reason === 'wrong_scope'
        ? oauthError('invalid_scope', 'The scope is wider than that of the session.')
        : oauthError('invalid_grant', REFRESH_INVALID);
    case 'reused':
      return oauthError('invalid_grant', REFRESH_INVALID);
    case 'ahead':
      return oauthFailure(new WatchwordError('ERR_STORE_ROLLED_BACK'));
  }
};

/** RFC 6749 §3.3: the order of the values means nothing, and neither does naming one twice. */
function scopeOf(parameters: ReadonlyMap<string, string>): ReadonlySet<string> | undefined {
  const scope = parameters.get('scope');
  return scope === undefined ? undefined : new Set(scope.split(' ').filter((value) => value !== ''));
}
