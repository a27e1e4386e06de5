import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { test } from 'node:test';
import express from 'express';
import { bearer, listen, openAuth } from '../adapters/listening.ts';
import { watchword } from '../../src/adapters/express/index.ts';
import { basic, FORM_TYPE, inBody, openOAuthServer, refreshOf } from './oauth-server.ts';

/* What comes in: bodies, types, methods, addresses. RFC 6749 §3.2 and Appendix B. */

const ENDPOINTS = ['/oauth/token', '/oauth/revoke', '/oauth/introspect'];

test('only application/x-www-form-urlencoded is taken, and its charset is UTF-8', async (t) => {
  const { auth, ask, register } = await openOAuthServer(t);
  const client = await register('api', ['introspect', 'service']);
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  const form = new URLSearchParams({ token: accessToken, ...refreshOf('x'), ...inBody(client) }).toString();
  const json = JSON.stringify({ token: accessToken, ...refreshOf('x'), ...inBody(client) });
  const wrong: readonly (readonly [Record<string, string>, string])[] = [
    [{}, form],
    [{ 'content-type': 'text/plain' }, form],
    [{ 'content-type': 'application/json' }, json],
    [{ 'content-type': 'multipart/form-data; boundary=x' }, form],
    [{ 'content-type': `${FORM_TYPE}x` }, form],
    [{ 'content-type': `${FORM_TYPE}; charset=utf-16` }, form],
    [{ 'content-type': `text/plain; ${FORM_TYPE}` }, form],
  ];
  for (const path of ENDPOINTS) {
    for (const [headers, body] of wrong) {
      const answer = await ask('POST', path, headers, body);
      const what = `${path} ${headers['content-type']}`;
      assert.deepEqual([answer.status, answer.json.error], [400, 'invalid_request'], what);
    }
  }
  for (const type of [
    FORM_TYPE,
    `${FORM_TYPE}; charset=UTF-8`,
    FORM_TYPE.toUpperCase(),
    `${FORM_TYPE};charset="utf-8"`,
  ]) {
    const answer = await ask('POST', '/oauth/introspect', { 'content-type': type }, form);
    assert.deepEqual([answer.status, answer.json.active], [200, true], type);
  }
  assert.equal(auth.verify(accessToken).subject, 'ada');
});

test('a body that is not UTF-8 is refused, be it behind percent signs', async (t) => {
  const { ask, register } = await openOAuthServer(t);
  const client = await register('api', ['introspect']);
  const headers = { ...basic(client), 'content-type': FORM_TYPE };
  const bodies = [
    Uint8Array.of(...Buffer.from('token='), 0xff),
    Uint8Array.of(...Buffer.from('token=x&'), 0xc3, 0x28, 0x3d),
    Uint8Array.of(...Buffer.from('token='), 0xed, 0xa0, 0x80),
    'token=%FF',
    'token=x&client_id=%ED%A0%80',
    'token=x&%C3=y',
    'token=\uFFFD',
  ];
  for (const body of bodies) {
    const { status, json } = await ask('POST', '/oauth/introspect', headers, body);
    assert.deepEqual([status, json.error], [400, 'invalid_request'], String(body));
  }
  for (const body of [
    'token=%C3%A9',
    'token=é',
    'token=100%',
    'token=%zz',
    'token=a+b%2Bc',
    'token==&&=x&',
  ]) {
    const { status, json } = await ask('POST', '/oauth/introspect', headers, body);
    assert.deepEqual([status, json], [200, { active: false }], body);
  }
});

test('a body that is too large is refused before it is taken in, with or without a length', async (t) => {
  const { ask, origin } = await openOAuthServer(t);
  for (const path of ENDPOINTS) {
    const headers = { 'content-type': FORM_TYPE };
    const large = await ask('POST', path, headers, `token=${'x'.repeat(20_000)}`);
    assert.deepEqual([large.status, large.json.error], [400, 'invalid_request'], path);
    const many = await ask('POST', path, headers, 'a&'.repeat(7000));
    assert.deepEqual([many.status, many.json.error], [400, 'invalid_request'], path);
    assert.equal(await sendChunked(origin + path, 'token=', 40), 400, path);
  }
});

/** Sends a body without saying how long it will be; gives the status. */
function sendChunked(url: string, begin: string, chunks: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method: 'POST', headers: { 'content-type': FORM_TYPE } }, (response) => {
      response.resume();
      resolve(response.statusCode);
      sent.destroy();
    });
    sent.on('error', reject);
    sent.write(begin);
    for (let chunk = 0; chunk < chunks; chunk += 1) sent.write('x'.repeat(1000));
    sent.end();
  });
}

test('the endpoints take POST and nothing else, and an empty body like one without parameters', async (t) => {
  const { ask } = await openOAuthServer(t);
  for (const path of ENDPOINTS) {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const { status, headers } = await ask(method, path, {});
      assert.deepEqual([status, headers.get('allow')], [405, 'POST'], `${method} ${path}`);
    }
    const { status, json } = await ask('POST', path, { 'content-type': FORM_TYPE }, '');
    const expected = path === '/oauth/token' ? [400, 'invalid_request'] : [401, 'invalid_client'];
    assert.deepEqual([status, json.error], expected, path);
  }
});

test('names of parameters that every object has are names like others', async (t) => {
  const { auth, post, register } = await openOAuthServer(t);
  const client = await register('api', ['introspect']);
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'get', 'size'];
  const form = [...names.map((name) => [name, 'polluted'] as const), ['__proto__[token]', 'x'] as const];
  const missing = await post('/oauth/introspect', form, basic(client));
  assert.deepEqual([missing.status, missing.json.error], [400, 'invalid_request']);
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  const answer = await post('/oauth/introspect', [...form, ['token', accessToken]], basic(client));
  assert.equal(answer.json.active, true);
  assert.equal(Reflect.get({}, 'polluted') ?? Reflect.get({}, 'token'), undefined);
});

test('nothing of a request comes back in an answer, be it in a header', async (t) => {
  const { post } = await openOAuthServer(t);
  const mark = 'ECHO\r\nx-injected: yes"<script>';
  for (const path of ENDPOINTS) {
    for (const parameters of [
      { grant_type: mark },
      { grant_type: 'refresh_token', refresh_token: mark, client_id: mark, scope: mark },
      { token: mark, client_id: mark, client_secret: mark },
    ]) {
      const { text, headers } = await post(path, parameters as Record<string, string>);
      assert.ok(!`${text}${JSON.stringify([...headers])}`.includes('ECHO'), path);
      assert.equal(headers.get('x-injected'), null);
    }
  }
});

test('behind Express and parsers of the application’s own the endpoints answer the same', async (t) => {
  const auth = await openAuth(t, { clients: true });
  const { client, secret } = await auth.clients.create({ id: 'api', roles: ['introspect'] });
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  for (const parser of [
    express.urlencoded({ extended: false }),
    express.urlencoded({ extended: true }),
    express.text({ type: '*/*' }),
    express.raw({ type: '*/*' }),
    express.json(),
  ]) {
    const app = express();
    app.use(parser, watchword(auth));
    const address = await listen(t, app);
    const ask = async (body: string) => {
      const headers = { ...basic({ id: client.id, secret }), 'content-type': FORM_TYPE };
      const response = await fetch(`${address}/oauth/introspect`, { method: 'POST', headers, body });
      return { status: response.status, json: (await response.json()) as Record<string, unknown> };
    };
    const good = await ask(`token=${accessToken}&x=`);
    assert.deepEqual([good.status, good.json['active']], [200, true]);
    const twice = await ask(`token=${accessToken}&token=${accessToken}`);
    assert.deepEqual([twice.status, twice.json['error']], [400, 'invalid_request']);
    const nested = await ask(`token[a]=${accessToken}`);
    assert.equal(nested.status, 400);
  }
});

test('without the option the addresses are the application’s, and clients change nothing', async (t) => {
  const { auth, ask } = await openOAuthServer(t, { clients: false });
  const paths = [...ENDPOINTS, '/oauth', '/oauth/callback', '/.well-known/oauth-authorization-server'];
  for (const path of paths) {
    assert.equal(auth.http.handles(path), false, path);
    assert.equal((await ask('POST', path, { 'content-type': FORM_TYPE }, 'x=y')).status, 418, path);
  }
  assert.equal(auth.http.handles('/auth/refresh'), true);
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  assert.equal((await ask('GET', '/auth/session', bearer(accessToken))).status, 200);
  const unasked = await auth.http.handle({
    method: 'POST',
    path: '/oauth/token',
    remoteAddress: undefined,
    header: () => FORM_TYPE,
    readBody: async () => ({ kind: 'bytes', bytes: Buffer.from('grant_type=refresh_token') }),
  });
  assert.equal(unasked.status, 404);
});

test('with the option nothing else under /oauth is taken: a callback of the application’s stays its own', async (t) => {
  const { auth, ask } = await openOAuthServer(t);
  for (const path of ENDPOINTS) assert.equal(auth.http.handles(path), true, path);
  for (const path of ['/oauth', '/oauth/', '/oauth/callback', '/oauth/token/']) {
    assert.equal(auth.http.handles(path), false, path);
  }
  assert.equal((await ask('POST', '/oauth/callback', { 'content-type': FORM_TYPE }, 'x=y')).status, 418);
});
