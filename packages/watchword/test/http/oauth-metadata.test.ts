import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen, openAuth } from '../adapters/listening.ts';
import { handleRequest } from '../../src/adapters/node/index.ts';
import { openOAuthServer } from './oauth-server.ts';

/* RFC 8414. */

const PATH = '/.well-known/oauth-authorization-server';

test('§3.2: the metadata says what is there, to everybody, as JSON', async (t) => {
  const { ask, origin } = await openOAuthServer(t, { algorithm: 'ES256' });
  const { status, headers, json } = await ask('GET', PATH, { origin: 'https://anywhere.example' });
  assert.equal(status, 200);
  assert.match(headers.get('content-type') ?? '', /^application\/json(;|$)/);
  assert.match(headers.get('cache-control') ?? '', /^public, max-age=\d+$/);
  assert.equal(headers.get('access-control-allow-origin'), '*');
  assert.deepEqual(json, {
    issuer: origin,
    token_endpoint: `${origin}/oauth/token`,
    jwks_uri: `${origin}/.well-known/jwks.json`,
    response_types_supported: [],
    grant_types_supported: ['refresh_token'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    revocation_endpoint: `${origin}/oauth/revoke`,
    revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    introspection_endpoint: `${origin}/oauth/introspect`,
    introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    watchword_feed_endpoint: `${origin}/feed`,
  });
  for (const path of ['/oauth/token', '/oauth/revoke', '/oauth/introspect']) {
    assert.equal((await ask('GET', path, {})).status, 405, `${path} is there`);
  }
  assert.equal((await ask('GET', '/.well-known/jwks.json', {})).status, 200);
});

test('§2: where all keys are secrets there is no jwks_uri', async (t) => {
  const { ask } = await openOAuthServer(t, { algorithm: 'HS256' });
  const { json } = await ask('GET', PATH, {});
  assert.equal('jwks_uri' in json, false);
  assert.equal((await ask('GET', '/.well-known/jwks.json', {})).status, 404);
});

test('§3.1: the metadata of an issuer with a path is where clients look for it', async (t) => {
  for (const [issuer, path] of [
    ['http://localhost:3000', PATH],
    ['http://localhost:3000/', PATH],
    ['http://localhost:3000/tenants/one', `${PATH}/tenants/one`],
    ['http://localhost:3000/tenants/one/', `${PATH}/tenants/one`],
  ] as const) {
    const auth = await openAuth(t, { issuer, clients: true });
    const address = await listen(t, (request, response) => {
      void handleRequest(auth, request, response).then((isOurs) => isOurs || response.writeHead(418).end());
    });
    const response = await fetch(address + path);
    assert.equal(response.status, 200, issuer);
    const metadata = (await response.json()) as Record<string, unknown>;
    assert.equal(metadata['issuer'], issuer, '§3.3: to the letter');
    assert.equal(metadata['token_endpoint'], 'http://localhost:3000/oauth/token');
    assert.equal((await fetch(`${address}${PATH}/elsewhere`)).status, 418, 'others’ metadata is not ours');
  }
});
