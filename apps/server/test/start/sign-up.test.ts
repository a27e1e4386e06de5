import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SECRET, startReady } from './server-process.ts';

const production = { NODE_ENV: 'production', WATCHWORD_SECRET: SECRET };
const OPEN = 'WATCHWORD_UNSAFE_SIGN_UP_REVEALS_ADDRESSES';

async function signUp(url: string) {
  const body = '{"email":"ada@example.com","password":"correct horse battery","delivery":"body"}';
  const response = await fetch(`${url}/auth/sign-up`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return [response.status, (await response.json()).code];
}

test('sign-up is closed in production unless a variable that says what it risks opens it', async (t) => {
  const { url: closed } = await startReady(t, { environment: production });
  assert.deepEqual(await signUp(closed), [403, 'ERR_SIGN_UP_CLOSED']);
  const { url: opened } = await startReady(t, { environment: { ...production, [OPEN]: 'true' } });
  assert.deepEqual(await signUp(opened), [201, undefined]);
});

test('sign-up can be closed in development', async (t) => {
  const { url: closed } = await startReady(t, { environment: { [OPEN]: 'false' } });
  assert.deepEqual(await signUp(closed), [403, 'ERR_SIGN_UP_CLOSED']);
});
