import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { test } from 'node:test';
import { handleRequest } from '../../src/adapters/node/index.ts';
import { bearer, JSON_TYPE, listen, openAuth, jsonOf } from './listening.ts';

test("Node's own server: addresses of ours are answered, all others are left untouched", async (t) => {
  const auth = await openAuth(t, { accounts: true });
  const url = await listen(t, (request, response) => void serve(request, response));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('x-mine', 'yes');
    if (await handleRequest(auth, request, response)) return;
    assert.deepEqual(
      [response.headersSent, response.statusCode, response.getHeaderNames()],
      [false, 200, ['x-mine']],
    );
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    response.end(Buffer.concat(chunks));
  }
  const mine = await fetch(`${url}/mine`, { method: 'POST', body: 'still here' });
  assert.deepEqual([mine.status, await mine.text()], [200, 'still here']);
  const body = JSON.stringify({
    email: 'ada@example.com',
    password: 'correct horse battery',
    delivery: 'body',
  });
  const signUp = await fetch(`${url}/auth/sign-up`, { method: 'POST', headers: JSON_TYPE, body });
  assert.deepEqual([signUp.status, signUp.headers.get('x-mine')], [201, 'yes']);
  const { access_token: token } = await jsonOf(signUp);
  const session = await fetch(`${url}/auth/session`, { headers: bearer(token) });
  assert.equal((await jsonOf(session)).user.email, 'ada@example.com');
});

test('a store that fails is 503 or 500, a problem, and never an unhandled rejection', async (t) => {
  const auth = await openAuth(t, { accounts: true });
  const url = await listen(t, (request, response) => void handleRequest(auth, request, response));
  const { refreshToken } = await auth.sessions.start({ subject: 'ada' });
  await auth.close();
  const refresh = {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify({ refresh_token: refreshToken }),
  };
  const response = await fetch(`${url}/auth/refresh`, refresh);
  assert.equal(response.status, 503);
  assert.match(response.headers.get('retry-after') ?? '', /^\d+$/);
  assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8');
  assert.deepEqual(response.headers.getSetCookie(), []);
});
