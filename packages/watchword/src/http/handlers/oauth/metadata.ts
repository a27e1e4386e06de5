import { JWKS_MAX_AGE_SECONDS } from '../../../engine/limits.ts';
import type { Handler } from '../../handler.ts';
import { publicDocument, respondJson } from '../../respond.ts';

const WITH_SECRET = ['client_secret_basic', 'client_secret_post'];

/**
 * `GET /.well-known/oauth-authorization-server`, RFC 8414. Nobody is sent here to sign in and sent back with a code, so that
 * there are no response types.
 */
export const metadata: Handler = async (_request, { engine }) => {
  const { issuer } = engine.context.settings;
  const at = (path: string): string => new URL(path, issuer).href;
  const hasPublicKeys = engine.keys.publicJwks().length > 0;
  const document = {
    issuer,
    token_endpoint: at('/oauth/token'),
    ...(hasPublicKeys && { jwks_uri: at('/.well-known/jwks.json') }),
    response_types_supported: [],
    grant_types_supported: ['refresh_token'],
    token_endpoint_auth_methods_supported: [...WITH_SECRET, 'none'],
    revocation_endpoint: at('/oauth/revoke'),
    revocation_endpoint_auth_methods_supported: WITH_SECRET,
    introspection_endpoint: at('/oauth/introspect'),
    introspection_endpoint_auth_methods_supported: WITH_SECRET,
    watchword_feed_endpoint: at('/feed'),
  };
  return respondJson(200, document, publicDocument(JWKS_MAX_AGE_SECONDS));
};
