import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  basic,
  basicText,
  inBody,
  NOT_IN_DESCRIPTIONS,
  openOAuthServer,
  refreshOf,
  type OAuthAnswer,
  type OAuthServer,
} from './oauth-server.ts';

/* RFC 6749 §2.3 and RFC 7617: how clients prove themselves, the same at each endpoint. */

/** A server with a client, and a question that only this client gets an answer to. */
async function withClient(server: OAuthServer) {
  const client = await server.register('billing', ['introspect']);
  const asked = (headers: Record<string, string>, parameters: Record<string, string> = {}) =>
    server.post('/oauth/introspect', { token: 'x', ...parameters }, headers);
  return { client, asked };
}

function assertInvalidClient({ status, json, headers }: OAuthAnswer, what: string): void {
  assert.deepEqual([status, json?.error], [401, 'invalid_client'], what);
  assert.equal(headers.get('www-authenticate'), 'Basic realm="watchword", charset="UTF-8"', what);
  assert.equal(headers.get('cache-control'), 'no-store', what);
  assert.equal(headers.get('pragma'), 'no-cache', what);
  assert.doesNotMatch(json.error_description, NOT_IN_DESCRIPTIONS);
}

test('§2.3.1: a client proves itself by HTTP Basic, or in the body', async (t) => {
  const { client, asked } = await withClient(await openOAuthServer(t));
  for (const headers of [
    basic(client),
    { authorization: basic(client).authorization.replace('Basic', 'bAsIc') },
  ]) {
    const answer = await asked(headers);
    assert.deepEqual([answer.status, answer.json], [200, { active: false }]);
    assert.equal(
      (await asked(headers, { client_id: client.id })).status,
      200,
      'its id may stand in the body too',
    );
  }
  assert.deepEqual((await asked({}, inBody(client))).json, { active: false });
});

test('§2.3.1: both parts of Basic credentials are form-encoded', async (t) => {
  const { client, asked } = await withClient(await openOAuthServer(t));
  const everyCharacter = (text: string) =>
    [...text].map((one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
  const encoded = `${everyCharacter(client.id)}:${everyCharacter(client.secret)}`;
  assert.equal((await asked(basicText(encoded))).status, 200);
  assert.equal((await asked(basicText(encoded.toUpperCase()))).status, 200);
});

test('§2.3: more than one way at once is refused, were both right', async (t) => {
  const { client, asked } = await withClient(await openOAuthServer(t));
  for (const parameters of [inBody(client), { client_secret: client.secret }, { client_id: 'another' }]) {
    const { status, json } = await asked(basic(client), parameters as Record<string, string>);
    assert.deepEqual([status, json.error], [400, 'invalid_request'], Object.keys(parameters).join());
  }
});

test('§5.2: who cannot prove itself gets 401 and a challenge, and cannot tell why', async (t) => {
  const { client, asked } = await withClient(await openOAuthServer(t));
  const { id, secret } = client;
  const wrong = [
    { id, secret: `${secret}x` },
    { id, secret: secret.slice(0, -1) },
    { id, secret: secret.toUpperCase() },
    { id, secret: '' },
    { id, secret: ` ${secret}` },
    { id, secret: 'x'.repeat(9000) },
    { id: 'nobody', secret },
    { id: 'Billing', secret },
    { id: 'app', secret },
    { id: '__proto__', secret },
    { id: `${id}\0`, secret },
    { id: 'x'.repeat(5000), secret },
  ];
  const sentences = new Set<string>();
  for (const one of wrong) {
    const answers = [await asked(basic(one))];
    if (one.secret !== '') answers.push(await asked({}, inBody(one)));
    for (const answer of answers) {
      assertInvalidClient(answer, JSON.stringify(one).slice(0, 80));
      sentences.add(answer.json.error_description);
    }
  }
  assert.equal(sentences.size, 1, 'unknown or wrong is the same');
  assertInvalidClient(await asked({}), 'nothing at all');
  assertInvalidClient(await asked({}, { client_id: id }), 'the id alone');
  assertInvalidClient(await asked({}, { client_id: id, client_secret: '' }), 'an empty secret');
});

test('RFC 7617: what is no Basic credential is refused, however a decoder might forgive it', async (t) => {
  const { client, asked } = await withClient(await openOAuthServer(t));
  const { authorization } = basic(client);
  const [, encoded = ''] = authorization.split(' ');
  const odd = [
    '',
    'Basic',
    'Basic ',
    `Basic${encoded}`,
    `Basic ${encoded} x`,
    `Basic ${encoded},${encoded}`,
    `Basic ${encoded.slice(0, 8)} ${encoded.slice(8)}`,
    `Basic ${encoded.slice(0, 8)}\t${encoded.slice(8)}`,
    `Basic ${encoded.slice(0, 8)}=${encoded.slice(8)}`,
    `Basic ${encoded}===`,
    `Basic ${encoded.replaceAll(/=+$/g, '')}A`,
    `Bearer ${encoded}`,
    `Bearer ${client.secret}`,
    `Digest username="${client.id}"`,
    basicText(client.id).authorization,
    basicText(`:${client.secret}`).authorization,
    basicText(`${client.id}:${client.secret}:`).authorization,
    basicText(`${client.id}:${client.secret}\0`).authorization,
    basicText(`${client.id}:${client.secret}\n`).authorization,
    basicText(`${client.id}:%`).authorization,
    basicText(`${client.id}:%ff`).authorization,
    basicText(`%zz:${client.secret}`).authorization,
    basicText(Uint8Array.of(0xff, 0xfe, 0x3a, 0x80)).authorization,
    basicText(`bïlling:${client.secret}`).authorization,
    // A decoder that takes the lower half of a character would find the client's id.
    basicText(`${encodeURIComponent('ţ')}illing:${client.secret}`).authorization,
  ];
  for (const authorizationHeader of odd) {
    const answer = await asked({ authorization: authorizationHeader });
    assertInvalidClient(answer, authorizationHeader);
  }
});

test('a secret in the address is not looked at (RFC 6749 §2.3.1 forbids it there)', async (t) => {
  const server = await openOAuthServer(t);
  const { client } = await withClient(server);
  const query = new URLSearchParams(inBody(client)).toString();
  assertInvalidClient(await server.post(`/oauth/introspect?${query}&token=x`, { token: 'x' }), 'query');
});

test('a refused client is an event, without what it sent', async (t) => {
  const server = await openOAuthServer(t);
  const { client, asked } = await withClient(server);
  const secret = `${client.secret.slice(0, -1)}!`;
  await asked(basic({ id: client.id, secret }));
  await asked(basic({ id: 'who\nis this', secret }));
  const told = server.events.filter(({ type }) => type === 'client_refused');
  assert.deepEqual(
    told.map(({ atMs: _, ...event }) => event),
    [
      { type: 'client_refused', reason: 'wrong_secret', clientId: 'billing' },
      { type: 'client_refused', reason: 'unknown_client' },
    ],
  );
  assert.ok(!JSON.stringify(server.events).includes(secret.slice(5, -1)), 'nothing of a secret is told');
});

test('§2.3.1: the former secret is taken while it overlaps, and no longer', async (t) => {
  const server = await openOAuthServer(t);
  const { client, asked } = await withClient(server);
  const { secret } = await server.auth.clients.rotate(client.id, { keepFormerForSeconds: 60 });
  const renewed = { id: client.id, secret };
  assert.equal((await asked(basic(client))).status, 200);
  assert.equal((await asked(basic(renewed))).status, 200);
  server.later(61_000);
  assertInvalidClient(await asked(basic(client)), 'the former secret');
  assert.equal((await asked(basic(renewed))).status, 200);
  const at = await server.auth.clients.rotate(client.id);
  assertInvalidClient(await asked(basic(renewed)), 'without an overlap it is dead at once');
  assert.equal((await asked({}, inBody({ id: client.id, secret: at.secret }))).status, 200);
});

test('what another process registers, renews and deletes holds here at once', async (t) => {
  const server = await openOAuthServer(t);
  const other = await server.openProcess();
  const { secret } = await other.clients.create({ id: 'elsewhere', roles: ['introspect'] });
  const ask = (one: string) =>
    server.post('/oauth/introspect', { token: 'x' }, basic({ id: 'elsewhere', secret: one }));
  assert.equal((await ask(secret)).status, 200);
  const renewed = await other.clients.rotate('elsewhere');
  assert.deepEqual([(await ask(secret)).status, (await ask(renewed.secret)).status], [401, 200]);
  await other.clients.delete('elsewhere');
  assertInvalidClient(await ask(renewed.secret), 'deleted');
  const grant = { ...refreshOf('x'), client_id: 'elsewhere' };
  assertInvalidClient(await server.post('/oauth/token', grant), 'a deleted id does not become public');
});
