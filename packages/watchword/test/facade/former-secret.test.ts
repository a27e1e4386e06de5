import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInstallation, SECRET } from './support/installation.ts';

const NEW_SECRET = 'c4b2911f60da7e3588f6e20b94c71d5a3e0f8872a6d94b15e7c0632fd81ab949';

test('another secret is refused, unless the one before is named too', async (t) => {
  const installation = createInstallation(t);
  await installation.open();
  await assert.rejects(installation.open({ secret: NEW_SECRET }), /WATCHWORD_FORMER_SECRET/);
  await installation.open({ secret: NEW_SECRET, formerSecret: SECRET });
});

test('within a minute everything lies under the new secret; nobody is signed out', async (t) => {
  const installation = createInstallation(t);
  const { auth: before } = await installation.open();
  const { refreshToken, accessToken } = await before.sessions.start({ subject: 'ada' });
  await before.close();
  const { auth, newTypes } = await installation.open({ secret: NEW_SECRET, formerSecret: SECRET });
  assert.equal(auth.verify(accessToken).subject, 'ada');
  await installation.pass(61_000);
  assert.ok(newTypes().includes('keys_rewrapped'));
  assert.deepEqual(await auth.keys.rewrap(), { rows: 0 }, 'nothing is left');
  await assert.rejects(installation.open(), /sealed under another secret/);
  const { auth: after } = await installation.open({ secret: NEW_SECRET });
  assert.equal(after.verify(accessToken).subject, 'ada');
  assert.equal((await after.sessions.refresh(refreshToken)).session.subject, 'ada');
});

test('at once, by hand, and once of several processes that do', async (t) => {
  const installation = createInstallation(t);
  await installation.open();
  const options = { secret: NEW_SECRET, formerSecret: SECRET };
  const [a, b] = [await installation.open(options), await installation.open(options)];
  const rows = await Promise.all([a.auth.keys.rewrap(), b.auth.keys.rewrap()]);
  assert.deepEqual(
    rows.map((result) => result.rows).toSorted((x, y) => x - y),
    [0, 4],
  );
});

test('while it is changed, a process that knows both reads what one under the old secret writes', async (t) => {
  const installation = createInstallation(t);
  const old = await installation.open({ formerSecret: NEW_SECRET });
  const fresh = await installation.open({ secret: NEW_SECRET, formerSecret: SECRET });
  await fresh.auth.keys.rewrap();
  await installation.settle();
  const { id } = await installation.through(old.auth.keys.rotate());
  await installation.settle();
  assert.ok(fresh.auth.keys.list().some((key) => key.id === id));
  const { accessToken } = await fresh.auth.sessions.start({ subject: 'ada' });
  assert.equal(old.auth.verify(accessToken).subject, 'ada');
});
