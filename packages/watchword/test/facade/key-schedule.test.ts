import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInstallation, type Opened } from './support/installation.ts';
import { readToken } from './support/tokens.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The announcement comes a JWKS's life and a minute before the key signs. */
const LEAD_MS = 6 * MINUTE_MS;

function announced({ auth }: Opened): number {
  return auth.keys.list().filter(({ state }) => state === 'announced').length;
}

async function signingKid({ auth }: Opened): Promise<string> {
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  return String(readToken(accessToken).header['kid']);
}

test('a key that has signed for 30 days has a successor, which everybody knew before it signs', async (t) => {
  const installation = createInstallation(t);
  const opened = await installation.open({ algorithm: 'ES256' });
  const first = await signingKid(opened);
  installation.later(30 * DAY_MS - LEAD_MS - 2 * MINUTE_MS);
  await installation.pass(MINUTE_MS);
  assert.equal(announced(opened), 0, 'too early');
  await installation.pass(2 * MINUTE_MS);
  assert.equal(announced(opened), 1);
  assert.equal(opened.auth.keys.jwks().keys.length, 2, 'it is published');
  assert.equal(await signingKid(opened), first, 'and does not sign yet');
  await installation.pass(LEAD_MS);
  const second = await signingKid(opened);
  assert.notEqual(second, first);
  await installation.pass(20 * MINUTE_MS);
  assert.deepEqual(
    opened.auth.keys.list().map(({ id, state }) => [id, state]),
    [
      [first, 'retired'],
      [second, 'signing'],
    ],
  );
});

test('of several processes one announces the successor', async (t) => {
  const installation = createInstallation(t);
  const processes = [await installation.open(), await installation.open(), await installation.open()];
  installation.later(30 * DAY_MS);
  await installation.pass(3 * MINUTE_MS);
  for (const opened of processes) assert.equal(opened.auth.keys.list().length, 2);
  const events = processes.flatMap((opened) => opened.events.filter(({ type }) => type === 'key_announced'));
  assert.equal(events.length, 1, 'the first key was made before anybody listened');
});

test('the life of a key can be set; a rotation by hand begins it anew', async (t) => {
  const installation = createInstallation(t);
  const opened = await installation.open({ signingKeyLifetimeDays: 1 });
  installation.later(DAY_MS / 2);
  await installation.through(opened.auth.keys.rotate());
  installation.later(DAY_MS / 2);
  await installation.pass(2 * MINUTE_MS);
  assert.equal(announced(opened), 0);
  installation.later(DAY_MS / 2);
  await installation.pass(2 * MINUTE_MS);
  assert.equal(announced(opened), 1);
  await assert.rejects(installation.open({ signingKeyLifetimeDays: 0 }), /whole number from 1 to 365/);
});
