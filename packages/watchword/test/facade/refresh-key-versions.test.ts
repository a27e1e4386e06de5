import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Buffer } from 'node:buffer';
import { createInstallation } from './support/installation.ts';

/** The version of the server's key that a refresh token was issued under: its second byte. */
function versionOf(refreshToken: string): number | undefined {
  return Buffer.from(refreshToken.slice(4, 76), 'base64url')[1];
}

describe('a new version of the refresh key', () => {
  test('signs nobody out: tokens of the old one are exchanged for tokens of the new one', async (t) => {
    const installation = createInstallation(t);
    const { auth, newTypes } = await installation.open();
    const first = await auth.sessions.start({ subject: 'ada' });
    assert.equal(versionOf(first.refreshToken), 1);
    newTypes();
    assert.deepEqual(await installation.through(auth.keys.rotateRefreshKey()), { version: 2 });
    assert.deepEqual(newTypes(), ['refresh_key_announced']);
    const second = await auth.sessions.refresh(first.refreshToken);
    assert.equal(versionOf(second.refreshToken), 2);
    installation.later(40_001);
    assert.equal(versionOf((await auth.sessions.refresh(second.refreshToken)).refreshToken), 2);
  });

  test('leaves an answer that has to be repeated as it was, to the byte', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const first = await auth.sessions.start({ subject: 'ada' });
    const second = await auth.sessions.refresh(first.refreshToken);
    await installation.through(auth.keys.rotateRefreshKey());
    const again = await auth.sessions.refresh(first.refreshToken);
    assert.equal(again.refreshToken, second.refreshToken);
    assert.equal((await auth.sessions.refresh(second.refreshToken)).refreshToken, second.refreshToken);
  });

  test('is issued under only when every process on the store knows it', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const other = await installation.open();
    const rotating = auth.keys.rotateRefreshKey();
    await installation.pass(100);
    const early = await auth.sessions.start({ subject: 'ada' });
    assert.equal(versionOf(early.refreshToken), 1);
    await installation.through(rotating);
    const late = await auth.sessions.start({ subject: 'ada' });
    assert.equal(versionOf(late.refreshToken), 2);
    assert.equal((await other.auth.sessions.refresh(late.refreshToken)).session.id, late.session.id);
  });

  test('may be made by two processes at once: each makes one', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const other = await installation.open();
    const made = await installation.through(
      Promise.all([auth.keys.rotateRefreshKey(), other.auth.keys.rotateRefreshKey()]),
    );
    assert.deepEqual(
      made.map(({ version }) => version).toSorted((a, b) => a - b),
      [2, 3],
    );
  });
});
