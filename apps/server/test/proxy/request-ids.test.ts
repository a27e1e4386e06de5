import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { WatchwordError } from 'watchword';
import { ask, startBehind, STRANGER, type Question, type ServerBehind } from './server-behind.ts';

const MADE = /^[0-9a-f]{16}$/;

const EVERY_KIND: readonly Question[] = [
  { path: '/' },
  { path: '/main.js' },
  { path: '/healthz' },
  { path: '/me' },
  { path: '/nowhere' },
  { path: '/%ff' },
  { method: 'POST', path: '/me', body: {} },
  { path: '/auth/session' },
  { path: '/auth/nowhere' },
  { path: '/.well-known/jwks.json' },
  { method: 'POST', path: '/auth/sign-in', body: { email: 1 } },
  { method: 'OPTIONS', path: '/auth/sign-in' },
  { method: 'HEAD', path: '/.well-known/jwks.json' },
  { path: '/', headers: { 'x-forwarded-proto': 'http' } },
  { method: 'POST', path: '/', headers: { 'x-forwarded-proto': 'http' } },
];

test('each answer carries an id, and the line of its request the same', async (t) => {
  const server = await startBehind(t);
  const seen = new Set<string>();
  for (const question of EVERY_KIND) {
    server.lines.length = 0;
    const { headers } = await ask(server, question);
    const id = String(headers['x-request-id']);
    assert.match(id, MADE, question.path);
    seen.add(id);
    const [line] = server.lines.filter(({ msg }) => msg === 'request answered');
    assert.equal(line?.reqId, id, question.path);
  }
  assert.equal(seen.size, EVERY_KIND.length);
});

test('an id is taken over from a trusted proxy alone, and only if it is one', async (t) => {
  const server = await startBehind(t);
  const idOf = async (given: string | string[], from?: string) => {
    const question = { path: '/auth/session', headers: { 'x-request-id': given } };
    const { headers } = await ask(server, from === undefined ? question : { ...question, from });
    return String(headers['x-request-id']);
  };
  for (const given of ['a', 'A-b_c.9', '0af7651916cd43dd8448eb211c80319c', 'x'.repeat(128)]) {
    assert.equal(await idOf(given), given);
    assert.match(await idOf(given, STRANGER), MADE);
  }
  for (const given of [
    '',
    ' ',
    'a b',
    'a,b',
    'a"b',
    '<a>',
    'a\tb',
    '{"a":1}',
    'é',
    'a/b',
    'x'.repeat(129),
    ['a', 'b'],
  ]) {
    assert.match(await idOf(given), MADE, String(given));
  }
});

test('events of a request carry its id, also those that come after waiting, and no other', async (t) => {
  const server = await startBehind(t);
  const body = { email: 'ada@example.com', password: 'correct horse battery', delivery: 'body' };
  await ask(server, { method: 'POST', path: '/auth/sign-up', body });
  const failed = { method: 'POST', path: '/auth/sign-in', body: { ...body, password: 'wrong wrong wrong' } };
  const ids = Array.from({ length: 8 }, (_, index) => `attempt-${index}`);
  await Promise.all(ids.map((id) => ask(server, { ...failed, headers: { 'x-request-id': id } })));
  const told = server.lines.filter(({ event }) => event === 'sign_in_failed').map(({ reqId }) => reqId);
  assert.deepEqual(told.toSorted(), ids);
  server.auth.http.refuse(new WatchwordError('ERR_INTERNAL'));
  const { event, reqId } = server.lines.at(-1) ?? {};
  assert.deepEqual([event, reqId], ['request_failed', undefined], 'outside of a request there is none');
});

test('a request that fails is found by its id', async (t) => {
  const server = await startBehind(t);
  const credentials = { email: 'ada@example.com', password: 'correct horse battery', delivery: 'body' };
  const { json } = await ask(server, { method: 'POST', path: '/auth/sign-up', body: credentials });
  await server.auth.close();
  const { status, headers } = await ask(server, {
    method: 'POST',
    path: '/auth/refresh',
    body: { refresh_token: json.refresh_token },
  });
  assert.equal(status, 503);
  const failure = server.lines.find(({ event }) => event === 'request_failed');
  assert.equal(failure?.reqId, headers['x-request-id']);
});

test('what is no HTTP is answered with an id, too', async (t) => {
  const server = await startBehind(t);
  assert.match(
    await sendRaw(server, 'nonsense\r\n\r\n'),
    /^HTTP\/1\.1 400 [^]*\r\nx-request-id: [0-9a-f]{16}\r\n/,
  );
});

function sendRaw({ port }: ServerBehind, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => (received += String(chunk)));
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}
