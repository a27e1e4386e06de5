import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WatchwordOptions } from '../../src/facade/index.ts';
import { createInstallation, type Installation } from './support/installation.ts';
import { readToken } from './support/tokens.ts';

async function algorithmOf(
  installation: Installation,
  algorithm?: WatchwordOptions['algorithm'],
): Promise<unknown> {
  const opened = await installation.through(installation.open(algorithm === undefined ? {} : { algorithm }));
  const { accessToken } = await opened.auth.sessions.start({ subject: 'ada' });
  return readToken(accessToken).header['alg'];
}

test('an algorithm that is named is what every key is for', async (t) => {
  const installation = createInstallation(t);
  assert.equal(await algorithmOf(installation), 'HS256');
  assert.equal(await algorithmOf(installation, 'ES256'), 'ES256');
  assert.equal(await algorithmOf(installation, 'EdDSA'), 'EdDSA');
});

test('where none is named, or that of the first key alone, what is there stays', async (t) => {
  const installation = createInstallation(t);
  assert.equal(await algorithmOf(installation, { first: 'ES256' }), 'ES256');
  assert.equal(await algorithmOf(installation), 'ES256');
  assert.equal(await algorithmOf(installation, { first: 'RS256' }), 'ES256');
  const { auth } = await installation.open();
  await installation.through(auth.keys.rotate({ algorithm: 'EdDSA' }));
  assert.equal(await algorithmOf(installation, { first: 'ES256' }), 'EdDSA');
  assert.equal((await installation.through(auth.keys.rotate())).algorithm, 'EdDSA');
});

test('what is no algorithm is refused', async (t) => {
  const installation = createInstallation(t);
  for (const algorithm of [{ first: 'none' }, { frist: 'ES256' }, 'es256', null, 1]) {
    await assert.rejects(installation.open({ algorithm } as never), { code: 'ERR_CONFIG' });
  }
});
