import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { SECRET, startReady } from '../start/server-process.ts';
import { signUpAt } from './cookie-client.ts';

const TRICKS = ['/demo/lose-answer', '/demo/steal', '/demo/replay', '/demo/revoke-all'];
const RACE_WINDOW_MS = 1000;
const SETTLING_MS = 4 * RACE_WINDOW_MS;
const environment = { WATCHWORD_RACE_WINDOW_MS: String(RACE_WINDOW_MS) };

test('an answer that is lost leaves the browser one behind, and the retry brings the same generation', async (t) => {
  const { url } = await startReady(t, { environment });
  const victim = await signUpAt(url);
  const before = [...victim.cookies];
  const lost = await victim.send('POST', '/demo/lose-answer');
  assert.deepEqual(lost.body, { outcome: 'rotated', generation: 2, held_generation: 1 });
  assert.deepEqual([lost.status, lost.setCookies], [200, []]);
  assert.deepEqual([...victim.cookies], before);

  const again = await victim.send('POST', '/auth/refresh');
  assert.equal(again.status, 200);
  assert.equal((again.body['session'] as { generation: number }).generation, 2);
  assert.deepEqual((await victim.send('POST', '/demo/lose-answer')).body, {
    outcome: 'current',
    generation: 2,
    held_generation: 2,
  });
});

test('a thief who is early is served, one who waits is convicted, and the family dies for both', async (t) => {
  const { url } = await startReady(t, { environment });
  const victim = await signUpAt(url);
  assert.deepEqual((await victim.send('POST', '/demo/replay')).body, { outcome: 'nothing_stolen' });
  assert.deepEqual((await victim.send('POST', '/demo/steal')).body, { stolen_generation: 1 });
  assert.equal((await victim.send('POST', '/auth/refresh')).status, 200);
  const early = await victim.send('POST', '/demo/replay');
  assert.deepEqual(early.body, { stolen_generation: 1, outcome: 'resent', generation: 2 });
  assert.deepEqual(early.setCookies, [], 'what the thief is given reaches nobody');

  await pause(SETTLING_MS + 200);
  assert.equal((await victim.send('GET', '/me')).status, 200);
  await pause(200);
  assert.deepEqual((await victim.send('POST', '/demo/replay')).body, {
    stolen_generation: 1,
    outcome: 'reused',
    generation: 2,
    presented_generation: 1,
    code: 'ERR_REFRESH_INVALID',
  });
  assert.equal((await victim.send('GET', '/me')).body['code'], 'ERR_TOKEN_REVOKED');
  assert.equal((await victim.send('POST', '/auth/refresh')).body['code'], 'ERR_REFRESH_INVALID');
});

test('revoking everything reaches everybody, at once', async (t) => {
  const { url } = await startReady(t);
  const [one, other] = [await signUpAt(url), await signUpAt(url)];
  assert.deepEqual((await one.send('GET', '/demo/sessions')).body, { live_sessions: 2 });
  const revoked = await one.send('POST', '/demo/revoke-all');
  assert.deepEqual([revoked.status, typeof revoked.body['sequence']], [200, 'number']);
  for (const client of [one, other]) assert.equal((await client.send('GET', '/me')).status, 401);
});

test('the tricks answer to signed-in pages of this origin alone', async (t) => {
  const { url } = await startReady(t);
  const victim = await signUpAt(url);
  const bystander = await signUpAt(url);
  for (const path of TRICKS) {
    for (const [site, code] of [
      ['cross-site', 'ERR_CROSS_SITE'],
      ['same-site', 'ERR_CROSS_SITE'],
      ['none', 'ERR_CROSS_SITE'],
    ] as const) {
      const answer = await victim.send('POST', path, { 'sec-fetch-site': site });
      assert.deepEqual([answer.status, answer.body['code']], [403, code], `${path} ${site}`);
    }
    assert.equal((await victim.send('POST', path, {})).status, 403, `${path} from nowhere`);
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    assert.equal(response.status, 401, `${path} signed out`);
  }
  assert.equal((await bystander.send('GET', '/me')).status, 200, 'nobody was revoked');
  const refreshed = await victim.send('POST', '/auth/refresh');
  assert.equal((refreshed.body['session'] as { generation: number }).generation, 2, 'nothing has rotated');
});

for (const [where, given] of [
  ['in production', { NODE_ENV: 'production', WATCHWORD_SECRET: SECRET }],
  ['on a server that others reach', { WATCHWORD_ISSUER: 'https://auth.example.com' }],
] as const) {
  test(`there are no tricks ${where}`, async (t) => {
    const { url } = await startReady(t, { environment: given });
    assert.deepEqual(await (await fetch(`${url}/demo`)).json(), { tricks: false });
    assert.equal((await fetch(`${url}/demo/sessions`)).status, 404);
    for (const path of TRICKS) {
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { 'sec-fetch-site': 'same-origin' },
      });
      const { code } = (await response.json()) as { code: string };
      assert.deepEqual([response.status, code], [404, 'ERR_ROUTE_UNKNOWN'], path);
    }
  });
}
