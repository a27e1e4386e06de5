// oidc-provider on its own in-memory adapter. Access tokens are JWTs with HS256, which takes a resource server; without the
// scope `openid` no ID token is signed besides. So each refresh signs one JWT, as those of the others do. The client is
// public: a secret would have to be compared as well.
import { createSecretKey, randomBytes } from 'node:crypto';
import { Provider } from 'oidc-provider';
import { serve } from '../refresh-http/serve.ts';

const RESOURCE = 'https://api.example';
const SCOPE = 'api';
const CLIENT_ID = 'app';

const key = createSecretKey(randomBytes(32));

const provider = new Provider('https://app.example', {
  clients: [
    {
      client_id: CLIENT_ID,
      token_endpoint_auth_method: 'none',
      redirect_uris: ['https://app.example/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
    },
  ],
  cookies: { keys: [randomBytes(32).toString('hex')] },
  rotateRefreshToken: true,
  ttl: { RefreshToken: 7 * 24 * 60 * 60, Grant: 30 * 24 * 60 * 60 },
  findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        scope: SCOPE,
        audience: RESOURCE,
        accessTokenTTL: 15 * 60,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'HS256', key } },
      }),
    },
  },
});
provider.on('server_error', (_context, error) => console.error(error));

async function startSession(accountId) {
  const grant = new provider.Grant({ accountId, clientId: CLIENT_ID });
  grant.addResourceScope(RESOURCE, SCOPE);
  const grantId = await grant.save();
  const client = await provider.Client.find(CLIENT_ID);
  const now = Math.floor(Date.now() / 1000);
  const refreshToken = new provider.RefreshToken({
    accountId,
    client,
    grantId,
    gty: 'authorization_code',
    authTime: now,
    iiat: now,
    resource: RESOURCE,
    scope: SCOPE,
  });
  return refreshToken.save();
}

provider.listen(Number(process.env.PORT), '127.0.0.1', () => {
  serve((count) => Promise.all(Array.from({ length: count }, (_, index) => startSession(`user-${index}`))));
});
