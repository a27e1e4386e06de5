import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { codeOf } from './support/errors.ts';
import { createInstallation, type Installation, type Opened } from './support/installation.ts';
import { claim } from './support/tokens.ts';

const MINUTE = 60_000;
/** How much longer than tokens live entries are kept, for a clock that is set wrong and right again. */
const KEPT_MS = 2 * 3_600_000;

/** Long enough for the entries that have expired to be dropped from memory and from the store. */
async function sweep(installation: Installation): Promise<void> {
  await installation.pass(MINUTE);
}

async function logLength(installation: Installation): Promise<number> {
  return (await (await installation.store()).revocations.readAfter(0, 1000)).length;
}

describe('an entry of the log', () => {
  test('is kept for the life of a token, skew and a clock set wrong, a cut-off for that of a session besides', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const { session } = await auth.sessions.start({ subject: 'ada' });
    await auth.revoke.session(session.id);
    await auth.revoke.all();
    const entries = await (await installation.store()).revocations.readAfter(0, 10);
    const [token, cutoff] = entries.map(({ atMs, expiresMs }) => expiresMs - atMs);
    assert.ok(token !== undefined && token >= KEPT_MS + 930_000 && token < KEPT_MS + 1_200_000, `${token}`);
    assert.ok(cutoff !== undefined && cutoff >= 30 * 86_400_000 + KEPT_MS + 930_000, `${cutoff}`);
  });

  test('outlives every token that it kills, and is dropped afterwards', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const { accessToken, session } = await auth.sessions.start({ subject: 'ada' });
    await auth.revoke.session(session.id);
    installation.later(899_999 - MINUTE);
    await sweep(installation);
    assert.equal(
      codeOf(() => auth.verify(accessToken)),
      'ERR_TOKEN_REVOKED',
      'until its last millisecond',
    );
    assert.equal(await logLength(installation), 1);
    installation.later(KEPT_MS + 30_001);
    await sweep(installation);
    assert.equal(
      codeOf(() => auth.verify(accessToken)),
      'ERR_TOKEN_EXPIRED',
    );
    assert.equal(await logLength(installation), 0);
  });

  test('of a cut-off outlives every session that it kills', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    await auth.sessions.start({ subject: 'ada' });
    await auth.revoke.subject('ada');
    installation.later(30 * 86_400_000);
    await sweep(installation);
    assert.equal(await logLength(installation), 1);
    installation.later(KEPT_MS + 900_000);
    await sweep(installation);
    assert.equal(await logLength(installation), 0);
  });

  test('of a custom token lives as long as that may', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const token = await auth.tokens.issue({ typ: 'invitation+jwt', subject: 'ada', ttlSeconds: 3600 });
    await auth.revoke.token(claim(token, 'jti'));
    installation.later(3_599_999 - MINUTE);
    await sweep(installation);
    assert.equal(
      codeOf(() => auth.tokens.verify(token, { typ: 'invitation+jwt' })),
      'ERR_TOKEN_REVOKED',
    );
  });
});

describe('an entry lives for the longest lifetime ever configured, in whichever process', () => {
  const ways: Readonly<Record<string, (other: Opened, own: Opened, token: string) => Promise<unknown>>> = {
    'the token': (other, _own, token) => other.auth.revoke.token(claim(token, 'jti')),
    'the key': (other, own) => other.auth.keys.compromise(own.auth.keys.list()[0]?.id ?? ''),
  };
  for (const [name, revoke] of Object.entries(ways)) {
    test(`one process issues a custom token of an hour, another that never did revokes ${name}`, async (t) => {
      const installation = createInstallation(t);
      const [own, other] = [await installation.open(), await installation.open()];
      const token = await own.auth.tokens.issue({ typ: 'invitation+jwt', subject: 'ada', ttlSeconds: 3600 });
      await revoke(other, own, token);
      installation.later(1_000_000);
      await sweep(installation);
      for (const { auth } of [own, other]) {
        assert.equal(
          codeOf(() => auth.tokens.verify(token, { typ: 'invitation+jwt' })),
          'ERR_TOKEN_REVOKED',
        );
      }
    });
  }

  test('a process with longer access tokens started later, and the one before it revokes a session', async (t) => {
    const installation = createInstallation(t);
    const before = await installation.open();
    const after = await installation.open({ accessTokenTtlSeconds: 3600 });
    const { accessToken, session } = await after.auth.sessions.start({ subject: 'ada' });
    await before.auth.revoke.session(session.id);
    installation.later(1_000_000);
    await sweep(installation);
    for (const { auth } of [before, after])
      assert.equal(
        codeOf(() => auth.verify(accessToken)),
        'ERR_TOKEN_REVOKED',
      );
  });

  test('a process with longer access tokens started later, and the one before it rotates the keys', async (t) => {
    const installation = createInstallation(t);
    const before = await installation.open();
    const after = await installation.open({ accessTokenTtlSeconds: 3600 });
    const { accessToken } = await after.auth.sessions.start({ subject: 'ada' });
    await installation.through(before.auth.keys.rotate());
    await installation.settle();
    installation.later(3_500_000);
    for (const { auth } of [before, after]) assert.equal(auth.verify(accessToken).subject, 'ada');
  });

  test('a shorter setting later does not shorten it', async (t) => {
    const installation = createInstallation(t);
    const long = await installation.open({ accessTokenTtlSeconds: 3600 });
    const { accessToken, session } = await long.auth.sessions.start({ subject: 'ada' });
    await long.auth.close();
    const short = await installation.open({ accessTokenTtlSeconds: 60 });
    await short.auth.revoke.session(session.id);
    installation.later(3_599_999 - MINUTE);
    await sweep(installation);
    assert.equal(
      codeOf(() => short.auth.verify(accessToken)),
      'ERR_TOKEN_REVOKED',
    );
  });
});

describe('a clock that was set back revives nothing', () => {
  for (const backMs of [60_000, 300_000, 3_600_000]) {
    test(`neither a session that is revoked after it was set back ${backMs} ms`, async (t) => {
      const installation = createInstallation(t);
      const { auth } = await installation.open();
      const { accessToken, session } = await auth.sessions.start({ subject: 'ada' });
      installation.later(-backMs);
      await auth.revoke.session(session.id);
      installation.later(backMs + 899_999 - MINUTE);
      await sweep(installation);
      assert.equal(
        codeOf(() => auth.verify(accessToken)),
        'ERR_TOKEN_REVOKED',
      );
    });

    test(`nor a token that is revoked after it was set back ${backMs} ms`, async (t) => {
      const installation = createInstallation(t);
      const { auth } = await installation.open();
      const { accessToken } = await auth.sessions.start({ subject: 'ada' });
      installation.later(-backMs);
      await auth.revoke.token(claim(accessToken, 'jti'));
      installation.later(backMs + 899_999 - MINUTE);
      await sweep(installation);
      assert.equal(
        codeOf(() => auth.verify(accessToken)),
        'ERR_TOKEN_REVOKED',
      );
    });
  }

  test('nor one that was revoked before and is revoked once more after it', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const { accessToken } = await auth.sessions.start({ subject: 'ada' });
    await auth.revoke.token(claim(accessToken, 'jti'));
    installation.later(-600_000);
    await auth.revoke.token(claim(accessToken, 'jti'));
    installation.later(600_000 + 899_999 - MINUTE);
    await sweep(installation);
    assert.equal(
      codeOf(() => auth.verify(accessToken)),
      'ERR_TOKEN_REVOKED',
    );
  });

  test('nor a session whose newest token came with a repeated answer', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open({ raceWindowMs: 60_000 });
    const first = await auth.sessions.start({ subject: 'ada' });
    const { refreshToken, session } = await auth.sessions.refresh(first.refreshToken);
    installation.later(240_000);
    const current = await auth.sessions.refresh(refreshToken);
    installation.later(-3_600_000);
    await auth.revoke.session(session.id);
    installation.later(3_600_000 + 899_999 - MINUTE);
    await sweep(installation);
    assert.equal(
      codeOf(() => auth.verify(current.accessToken)),
      'ERR_TOKEN_REVOKED',
    );
  });
});
