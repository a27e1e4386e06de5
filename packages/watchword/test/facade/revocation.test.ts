import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { SessionTokens, Watchword } from '../../src/facade/index.ts';
import { codeOf, rejection } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';
import { claim, readToken } from './support/tokens.ts';

/** Two users with two sessions each, the first of which has two access tokens. */
async function populated(t: TestContext) {
  const installation = createInstallation(t);
  const { auth, events } = await installation.open();
  const start = (subject: string): Promise<SessionTokens> => auth.sessions.start({ subject });
  const [ada1, ada2, bob1, bob2] = [
    await start('ada'),
    await start('ada'),
    await start('bob'),
    await start('bob'),
  ];
  const ada1again = await auth.sessions.refresh(ada1.refreshToken);
  const custom = await auth.tokens.issue({ typ: 'invitation+jwt', subject: 'ada', ttlSeconds: 600 });
  const everything = { ada1, ada1again, ada2, bob1, bob2 };
  /** The names of the sessions' tokens that are dead, the code being that of a revocation. */
  const dead = (): string[] =>
    Object.entries(everything)
      .filter(([, { accessToken }]) => isRevoked(auth, accessToken))
      .map(([name]) => name);
  return { installation, auth, events, ...everything, custom, dead };
}

function isRevoked(auth: Watchword, accessToken: string): boolean {
  try {
    auth.verify(accessToken);
    return false;
  } catch {
    assert.equal(
      codeOf(() => auth.verify(accessToken)),
      'ERR_TOKEN_REVOKED',
    );
    return true;
  }
}

describe('revoking', () => {
  test('a token kills that token and nothing else', async (t) => {
    const { auth, ada1, ada1again, dead } = await populated(t);
    await auth.revoke.token(claim(ada1.accessToken, 'jti'));
    assert.deepEqual(dead(), ['ada1']);
    assert.ok((await auth.sessions.refresh(ada1again.refreshToken)).accessToken);
  });

  test('a session kills its tokens and its chain, and no other session', async (t) => {
    const { auth, ada1, ada1again, ada2, dead } = await populated(t);
    await auth.revoke.session(ada1.session.id);
    assert.deepEqual(dead(), ['ada1', 'ada1again']);
    for (const { refreshToken } of [ada1, ada1again]) {
      assert.deepEqual(await refused(auth, refreshToken), ['ERR_REFRESH_INVALID', 'ended']);
    }
    assert.ok((await auth.sessions.refresh(ada2.refreshToken)).accessToken);
    assert.equal(await auth.sessions.get(ada1.session.id), undefined);
    assert.deepEqual(
      (await auth.sessions.list('ada')).map(({ id }) => id),
      [ada2.session.id],
    );
  });

  test('a subject kills all that is theirs, custom tokens included, and nobody else’s', async (t) => {
    const { auth, ada1again, ada2, bob1, custom, dead } = await populated(t);
    await auth.revoke.subject('ada');
    assert.deepEqual(dead(), ['ada1', 'ada1again', 'ada2']);
    assert.equal(
      codeOf(() => auth.tokens.verify(custom, { typ: 'invitation+jwt' })),
      'ERR_TOKEN_REVOKED',
    );
    for (const { refreshToken } of [ada1again, ada2])
      assert.equal((await refused(auth, refreshToken))[1], 'ended');
    assert.ok((await auth.sessions.refresh(bob1.refreshToken)).accessToken);
    assert.deepEqual(await auth.sessions.list('ada'), []);
  });

  test('a subject does not touch one whose name begins or ends alike', async (t) => {
    const { auth, dead } = await populated(t);
    for (const subject of ['ad', 'adaa', 'ADA', ' ada', 'ada ', 'a', '*', '%', 'a%'])
      await auth.revoke.subject(subject);
    assert.deepEqual(dead(), []);
  });

  test('all kills everything', async (t) => {
    const { auth, ada1again, bob1, custom, dead } = await populated(t);
    await auth.revoke.all();
    assert.deepEqual(dead(), ['ada1', 'ada1again', 'ada2', 'bob1', 'bob2']);
    assert.equal(
      codeOf(() => auth.tokens.verify(custom, { typ: 'invitation+jwt' })),
      'ERR_TOKEN_REVOKED',
    );
    for (const { refreshToken } of [ada1again, bob1])
      assert.equal((await refused(auth, refreshToken))[1], 'ended');
  });

  test('a key kills all that it signed, and the sessions go on under another', async (t) => {
    const { auth, ada1, ada1again, bob1, dead } = await populated(t);
    await auth.keys.compromise(String(readToken(ada1.accessToken).header['kid']));
    assert.deepEqual(dead(), ['ada1', 'ada1again', 'ada2', 'bob1', 'bob2']);
    for (const { refreshToken } of [ada1again, bob1]) {
      assert.ok(auth.verify((await auth.sessions.refresh(refreshToken)).accessToken));
    }
  });

  test('is in force at once, without waiting for any look at the store', async (t) => {
    const { auth, ada1, dead } = await populated(t);
    const revoking = auth.revoke.session(ada1.session.id);
    await revoking;
    assert.deepEqual(dead(), ['ada1', 'ada1again']);
  });
});

describe('a cut-off', () => {
  for (const kind of ['all', 'subject'] as const) {
    const cut = (auth: Watchword): Promise<unknown> =>
      kind === 'all' ? auth.revoke.all() : auth.revoke.subject('ada');

    test(`hits a session that started in the same millisecond (${kind})`, async (t) => {
      const { auth } = await createInstallation(t).open();
      const { accessToken, refreshToken } = await auth.sessions.start({ subject: 'ada' });
      await cut(auth);
      assert.equal(
        codeOf(() => auth.verify(accessToken)),
        'ERR_TOKEN_REVOKED',
      );
      assert.equal((await refused(auth, refreshToken))[1], 'ended');
    });

    test(`does not hit the login that follows in the same millisecond (${kind})`, async (t) => {
      const { auth } = await createInstallation(t).open();
      await auth.sessions.start({ subject: 'ada' });
      await cut(auth);
      const { accessToken, refreshToken } = await auth.sessions.start({ subject: 'ada' });
      assert.equal(auth.verify(accessToken).subject, 'ada');
      assert.ok((await auth.sessions.refresh(refreshToken)).accessToken);
    });

    test(`and again and again: each hits what was before it and nothing after (${kind})`, async (t) => {
      const { auth } = await createInstallation(t).open();
      for (let round = 0; round < 20; round += 1) {
        const { accessToken } = await auth.sessions.start({ subject: 'ada' });
        assert.equal(auth.verify(accessToken).subject, 'ada', `round ${round}`);
        await cut(auth);
        assert.equal(
          codeOf(() => auth.verify(accessToken)),
          'ERR_TOKEN_REVOKED',
          `round ${round}`,
        );
      }
    });

    test(`hits tokens that were minted after it from a session that started before (${kind})`, async (t) => {
      const installation = createInstallation(t);
      const { auth } = await installation.open();
      const old = await auth.sessions.start({ subject: 'ada' });
      installation.later(600_000);
      const fresh = await auth.sessions.refresh(old.refreshToken);
      await cut(auth);
      assert.equal(
        codeOf(() => auth.verify(fresh.accessToken)),
        'ERR_TOKEN_REVOKED',
      );
    });

    for (const backMs of [1, 1000, 3_600_000]) {
      test(`hits what was before, and not the next login, with the clock set back ${backMs} ms (${kind})`, async (t) => {
        const installation = createInstallation(t);
        const { auth } = await installation.open();
        installation.later(2 * 3_600_000);
        const before = await auth.sessions.start({ subject: 'ada' });
        installation.later(-backMs);
        await cut(auth);
        assert.equal((await refused(auth, before.refreshToken))[1], 'ended');
        const after = await auth.sessions.start({ subject: 'ada' });
        assert.ok((await auth.sessions.refresh(after.refreshToken)).refreshToken);
        installation.later(backMs);
        assert.equal(
          codeOf(() => auth.verify(before.accessToken)),
          'ERR_TOKEN_REVOKED',
        );
        // With an hour between the clocks its first access token may have expired; the session must not be dead.
        assert.ok(auth.verify((await auth.sessions.refresh(after.refreshToken)).accessToken));
      });
    }
  }

  test('hits a custom token of the last 250 ms, and not one that comes later', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const issue = () => auth.tokens.issue({ typ: 'invitation+jwt', subject: 'ada', ttlSeconds: 600 });
    const before = await issue();
    await auth.revoke.subject('ada');
    installation.later(250);
    const after = await issue();
    assert.equal(
      codeOf(() => auth.tokens.verify(before, { typ: 'invitation+jwt' })),
      'ERR_TOKEN_REVOKED',
    );
    assert.equal(auth.tokens.verify(after, { typ: 'invitation+jwt' }).subject, 'ada');
  });
});

describe('a revocation that was made', () => {
  test('has the next number of the log, whatever its kind', async (t) => {
    const { auth, ada1, ada2, events } = await populated(t);
    const sequences = [
      await auth.revoke.token(claim(ada1.accessToken, 'jti')),
      await auth.revoke.session(ada2.session.id),
      await auth.revoke.subject('bob'),
      await auth.revoke.all(),
      await auth.keys.compromise(String(readToken(ada1.accessToken).header['kid'])),
    ].map(({ sequence }) => sequence);
    assert.deepEqual(sequences, [1, 2, 3, 4, 5]);
    const told = events.flatMap((event) =>
      event.type === 'revocation_recorded' ? [[event.kind, event.sequence]] : [],
    );
    assert.deepEqual(told, [
      ['token', 1],
      ['session', 2],
      ['subject', 3],
      ['all', 4],
      ['key', 5],
    ]);
  });

  test('may be made again: a session that ended already makes no second entry and no second event', async (t) => {
    const { auth, ada1, events } = await populated(t);
    const first = await auth.revoke.session(ada1.session.id);
    const count = events.length;
    const second = await auth.revoke.session(ada1.session.id);
    assert.deepEqual([first, second], [{ sequence: 1 }, { sequence: 1 }]);
    assert.equal(events.length, count);
  });

  test('may be of a session that nobody knows', async (t) => {
    const { auth, dead } = await populated(t);
    assert.deepEqual(await auth.revoke.session('019b76da-a800-7d12-b16c-6d306a44d756'), { sequence: 0 });
    assert.deepEqual(dead(), []);
  });

  test('may be of a token before it is seen', async (t) => {
    const { auth, ada1, dead } = await populated(t);
    await auth.revoke.token(claim(ada1.accessToken, 'jti'));
    await auth.revoke.token(claim(ada1.accessToken, 'jti'));
    assert.deepEqual(dead(), ['ada1']);
  });

  for (const call of ['token', 'session', 'subject'] as const) {
    for (const id of [
      '',
      'x',
      undefined,
      null,
      42,
      {},
      ['ada'],
      '\0',
      'a'.repeat(256),
    ] as readonly string[]) {
      if (call === 'subject' && id === 'x') continue;
      test(`is not of a ${call} called ${JSON.stringify(id)?.slice(0, 20)}`, async (t) => {
        const { auth, dead } = await populated(t);
        assert.equal((await rejection(auth.revoke[call](id))).code, 'ERR_OPTION');
        assert.deepEqual(dead(), []);
      });
    }
  }
});

async function refused(auth: Watchword, refreshToken: string) {
  const { code, detail } = await rejection(auth.sessions.refresh(refreshToken));
  return [code, detail];
}
