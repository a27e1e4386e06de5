import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInstallation, ISSUER } from './support/installation.ts';

test('the settings that are in force are those that were given and the defaults', async (t) => {
  const { auth } = await createInstallation(t).open({
    algorithm: 'EdDSA',
    idleTtlSeconds: 3600,
    sessionLimit: { perSubject: 3 },
    claims: () => ({ tenant: 'acme' }),
  });
  assert.deepEqual(auth.settings, {
    issuer: ISSUER,
    audience: [ISSUER],
    algorithm: 'EdDSA',
    accessTtlMs: 900_000,
    idleTtlMs: 3_600_000,
    absoluteTtlMs: 30 * 86_400_000,
    unrememberedTtlMs: 86_400_000,
    browserSessions: 'jwt',
    sessionLimit: { perSubject: 3, whenReached: 'end_oldest' },
    chain: { rotation: 'resilient', raceWindowMs: 10_000 },
    maxStalenessMs: 10_000,
  });
  assert.throws(() => Object.assign(auth.settings, { issuer: 'https://elsewhere.example' }), TypeError);
});

test('how old the knowledge of revocations is can be asked', async (t) => {
  const installation = createInstallation(t);
  const { auth } = await installation.open();
  await installation.pass(25);
  assert.equal(auth.revoke.ageMs(), 0);
  installation.clock.advance(40);
  assert.equal(auth.revoke.ageMs(), 40);
});
