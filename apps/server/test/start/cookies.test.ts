import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '../../src/read-settings.ts';
import { startReady } from './server-process.ts';

test('the environment says how cookies are called, and that they are for frames of other sites', async (t) => {
  const environment = { WATCHWORD_COOKIE_PREFIX: 'billing', WATCHWORD_COOKIE_SAME_SITE: 'partitioned' };
  const { url } = await startReady(t, { environment });
  const { status, headers } = await fetch(`${url}/auth/sign-up`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: '{"email":"ada@example.com","password":"correct horse battery"}',
  });
  assert.equal(status, 201);
  const names = headers.getSetCookie().map((cookie) => cookie.split('=', 1)[0]);
  assert.deepEqual(names.sort(), ['__Host-billing_at', '__Host-billing_csrf', '__Host-billing_rt']);
  for (const cookie of headers.getSetCookie()) assert.match(cookie, /; SameSite=None; Partitioned/);
});

test('prefixes of before stand between commas; what is not set is left to the library', () => {
  const read = (environment: Record<string, string>) => readSettings(environment, {}).watchword.cookies;
  assert.deepEqual(read({}), { formerPrefixes: [], sameSite: 'lax' });
  assert.deepEqual(read({ WATCHWORD_FORMER_COOKIE_PREFIXES: 'ww, old', WATCHWORD_COOKIE_PREFIX: 'new' }), {
    prefix: 'new',
    formerPrefixes: ['ww', 'old'],
    sameSite: 'lax',
  });
});
