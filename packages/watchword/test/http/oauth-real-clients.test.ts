import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { basic, LISTED, openOAuthServer, type OAuthServer, type Registered } from './oauth-server.ts';

/*
 * Clients that we did not write: oauth4webapi is strict about what it is answered, and openid-client is what people use. They
 * want HTTPS unless they are told that it is for a test.
 */

// oxlint-disable-next-line typescript/no-deprecated -- its author marks it so that nobody uses it but tests
const INSECURE = { [oauth.allowInsecureRequests]: true } as const;
const AUDIENCE = 'https://api.example';

async function discovered(server: OAuthServer): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(server.origin);
  const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...INSECURE });
  return oauth.processDiscoveryResponse(issuer, response);
}

/** How each kind of client proves itself, as each of the two has it. */
const WAYS = [
  ['client_secret_basic', oauth.ClientSecretBasic, openid.ClientSecretBasic],
  ['client_secret_post', oauth.ClientSecretPost, openid.ClientSecretPost],
  ['none', () => oauth.None(), () => openid.None()],
] as const;

async function clientOf(server: OAuthServer, way: string): Promise<Registered> {
  return way === 'none' ? { id: 'app', secret: '' } : server.register(way, ['introspect']);
}

for (const [way, prove, proveSelf] of WAYS) {
  test(`oauth4webapi: discovery and refresh with ${way}`, async (t) => {
    const server = await openOAuthServer(t, { algorithm: 'ES256', raceWindowMs: 0 });
    const { id, secret } = await clientOf(server, way);
    const issuer = await discovered(server);
    const client: oauth.Client = { client_id: id };
    const { refreshToken } = await server.auth.sessions.start({
      subject: 'ada',
      client: id,
      scope: 'read write',
      audience: AUDIENCE,
    });
    const refresh = async (token: string, extra: Record<string, string> = {}) => {
      const options = { additionalParameters: extra, ...INSECURE };
      const response = await oauth.refreshTokenGrantRequest(issuer, client, prove(secret), token, options);
      return oauth.processRefreshTokenResponse(issuer, client, response);
    };
    const first = await refresh(refreshToken);
    assert.deepEqual([first.token_type, first.scope, first.expires_in], ['bearer', 'read write', 900]);
    const second = await refresh(first.refresh_token ?? '', { scope: 'read' });
    assert.equal(second.scope, 'read');
    const third = await refresh(second.refresh_token ?? '');
    assert.equal(third.scope, 'read write');
    await assert.rejects(refresh(refreshToken), (error) => {
      assert.ok(error instanceof oauth.ResponseBodyError);
      assert.deepEqual([error.error, error.status], ['invalid_grant', 400]);
      return true;
    });
  });

  test(`openid-client: discovery and refresh with ${way}`, async (t) => {
    const server = await openOAuthServer(t, { algorithm: 'EdDSA', raceWindowMs: 0 });
    const { id, secret } = await clientOf(server, way);
    const config = await configured(server, id, proveSelf(secret));
    const { refreshToken } = await server.auth.sessions.start({
      subject: 'ada',
      client: id,
      scope: 'read write',
    });
    const first = await openid.refreshTokenGrant(config, refreshToken);
    const second = await openid.refreshTokenGrant(config, first.refresh_token ?? '', { scope: 'write' });
    assert.equal(second.scope, 'write');
    assert.ok((second.expiresIn() ?? 0) > 890);
    assert.equal(server.auth.verify(second.access_token).clientId, id);
    await assert.rejects(openid.refreshTokenGrant(config, refreshToken), {
      error: 'invalid_grant',
      status: 400,
    });
  });
}

async function configured(
  server: OAuthServer,
  id: string,
  prove: openid.ClientAuth,
): Promise<openid.Configuration> {
  return openid.discovery(new URL(server.origin), id, undefined, prove, {
    algorithm: 'oauth2',
    // oxlint-disable-next-line typescript/no-deprecated -- its author marks it so that nobody uses it but tests
    execute: [openid.allowInsecureRequests],
  });
}

for (const [way, prove, proveSelf] of WAYS.slice(0, 2)) {
  test(`oauth4webapi: introspection and revocation with ${way}`, async (t) => {
    const server = await openOAuthServer(t);
    const { id, secret } = await clientOf(server, way);
    const issuer = await discovered(server);
    const client: oauth.Client = { client_id: id };
    const introspect = async (token: string) => {
      const response = await oauth.introspectionRequest(issuer, client, prove(secret), token, INSECURE);
      return oauth.processIntrospectionResponse(issuer, client, response);
    };
    const revoke = async (token: string) => {
      const response = await oauth.revocationRequest(issuer, client, prove(secret), token, INSECURE);
      return oauth.processRevocationResponse(response);
    };
    const mine = await server.auth.sessions.start({ subject: 'ada', client: id });
    for (const token of [mine.accessToken, mine.refreshToken]) {
      const { active, sub, client_id: clientId } = await introspect(token);
      assert.deepEqual([active, sub, clientId], [true, 'ada', id]);
      assert.equal(await revoke(token), undefined);
      assert.deepEqual(await introspect(token), { active: false });
    }
    assert.equal(await revoke('unknown'), undefined);
    const theirs = await server.auth.sessions.start({ subject: 'ada' });
    await assert.rejects(revoke(theirs.refreshToken), { error: 'unauthorized_client', status: 400 });
    const wrong = await oauth.introspectionRequest(issuer, client, prove('wrong'), 'x', INSECURE);
    await assert.rejects(oauth.processIntrospectionResponse(issuer, client, wrong), (error) => {
      assert.ok(error instanceof oauth.WWWAuthenticateChallengeError, 'the challenge can be read');
      const [challenge] = error.cause;
      assert.deepEqual([challenge?.scheme, challenge?.parameters.realm], ['basic', 'watchword']);
      return true;
    });
  });

  test(`openid-client: introspection and revocation with ${way}`, async (t) => {
    const server = await openOAuthServer(t);
    const { id, secret } = await clientOf(server, way);
    const config = await configured(server, id, proveSelf(secret));
    const { accessToken, refreshToken } = await server.auth.sessions.start({ subject: 'ada', client: id });
    for (const token of [accessToken, refreshToken]) {
      assert.equal((await openid.tokenIntrospection(config, token)).active, true);
      await openid.tokenRevocation(config, token);
      assert.deepEqual(await openid.tokenIntrospection(config, token), { active: false });
    }
  });
}

test('oauth4webapi: an access token is what RFC 9068 says, by the published keys', async (t) => {
  const server = await openOAuthServer(t, { algorithm: 'ES256' });
  const client = await server.register('billing');
  const issuer = await discovered(server);
  const { accessToken } = await server.auth.sessions.start({
    subject: 'ada',
    client: client.id,
    audience: AUDIENCE,
    scope: 'read',
  });
  const validate = (token: string, audience = AUDIENCE) => {
    const request = new Request('https://api.example/things', {
      headers: { authorization: `Bearer ${token}` },
    });
    return oauth.validateJwtAccessToken(issuer, request, audience, INSECURE);
  };
  const claims = await validate(accessToken);
  assert.deepEqual([claims.sub, claims.client_id, claims.scope], ['ada', 'billing', 'read']);
  await assert.rejects(validate(accessToken, 'https://other.example'));
  await assert.rejects(validate(`${accessToken.slice(0, -4)}AAAA`));
});

test('a page of a listed origin can read what it is answered, and a refusal too', async (t) => {
  const server = await openOAuthServer(t);
  const client = await server.register('api', ['introspect']);
  const page = { origin: LISTED, 'sec-fetch-site': 'cross-site' };
  const answers = [
    await server.post('/oauth/introspect', { token: 'x' }, { ...page, ...basic(client) }),
    await server.post('/oauth/introspect', { token: 'x' }, page),
    await server.post('/oauth/token', {}, page),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 401, 400],
  );
  for (const { headers } of answers) assert.equal(headers.get('access-control-allow-origin'), LISTED);
});
