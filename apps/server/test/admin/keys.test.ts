import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertProblem } from '../app/assert-problem.ts';
import { startAdminHost } from './admin-host.ts';

test('keys are listed with their times, and never with their material', async (t) => {
  const host = await startAdminHost(t);
  const { status, body } = await host.admin('GET', '/admin/v1/keys');
  assert.equal(status, 200);
  const [key] = body.keys;
  assert.deepEqual(Object.keys(key), [
    'kid',
    'algorithm',
    'state',
    'announced_at',
    'signs_from',
    'retires_at',
    'verifies_until',
    'compromised_at',
  ]);
  assert.deepEqual([key.algorithm, key.state, key.retires_at], ['ES256', 'signing', null]);
});

test('a new key signs when it is answered, and the one before still verifies', async (t) => {
  const host = await startAdminHost(t);
  const before = await host.auth.sessions.start({ subject: 'ada' });
  const { status, body } = await host.admin('POST', '/admin/v1/keys', { algorithm: 'EdDSA' });
  assert.deepEqual([status, body.algorithm, body.state], [201, 'EdDSA', 'signing']);
  const after = await host.auth.sessions.start({ subject: 'ada' });
  const header = JSON.parse(Buffer.from(after.accessToken.split('.')[0] ?? '', 'base64url').toString());
  assert.deepEqual([header.alg, header.kid], ['EdDSA', body.kid]);
  host.auth.verify(before.accessToken);
  const states = (await host.admin('GET', '/admin/v1/keys')).body.keys.map(
    (key: { state: string; verifies_until: string | null }) => [key.state, key.verifies_until === null],
  );
  assert.deepEqual(states.toSorted(), [
    ['retiring', false],
    ['signing', true],
  ]);
  // Without a body it has the algorithm of the one before, unless the settings say another.
  assert.equal((await host.admin('POST', '/admin/v1/keys')).body.algorithm, 'EdDSA');
  const fixed = await startAdminHost(t, { WATCHWORD_ALGORITHM: 'RS256' });
  assert.equal((await fixed.admin('POST', '/admin/v1/keys')).body.algorithm, 'RS256');
});

test('a compromised key takes everything along that it signed', async (t) => {
  const host = await startAdminHost(t);
  const { accessToken } = await host.auth.sessions.start({ subject: 'ada' });
  const [key] = host.auth.keys.list();
  const { status, body } = await host.admin('POST', `/admin/v1/keys/${key?.id}/compromise`);
  assert.deepEqual([status, body], [200, { sequence: 1, receipts: null }]);
  assert.throws(() => host.auth.verify(accessToken));
  const [shown] = (await host.admin('GET', '/admin/v1/keys')).body.keys.filter(
    ({ kid }: { kid: string }) => kid === key?.id,
  );
  assert.equal(shown.state, 'compromised');
  assert.equal(typeof shown.compromised_at, 'string');
});

test('an algorithm or a key that there is not is refused', async (t) => {
  const host = await startAdminHost(t);
  for (const algorithm of ['none', 'HS1', '', null, 1]) {
    const answer = await host.admin('POST', '/admin/v1/keys', { algorithm });
    assertProblem(answer, String(algorithm), { code: 'ERR_BODY_INVALID' });
  }
  for (const kid of ['x', '..', '%', 'a'.repeat(1000)]) {
    const answer = await host.admin('POST', `/admin/v1/keys/${encodeURIComponent(kid)}/compromise`);
    assertProblem(answer, kid, { status: 404, code: 'ERR_KEY_UNKNOWN' });
  }
  assert.equal(host.auth.keys.list().length, 1);
});

test('nothing lies under a former secret where there is none', async (t) => {
  const host = await startAdminHost(t);
  const { status, body } = await host.admin('POST', '/admin/v1/keys/rewrap');
  assert.deepEqual([status, body], [200, { rows: 0 }]);
});
