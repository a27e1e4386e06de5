import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { Watchword } from '../../src/facade/index.ts';
import { codeOf } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';
import { claim, readToken } from './support/tokens.ts';

async function two(t: TestContext) {
  const installation = createInstallation(t);
  return { installation, here: (await installation.open()).auth, there: (await installation.open()).auth };
}

describe('two processes on one store', () => {
  test('take each other’s tokens and refresh each other’s sessions', async (t) => {
    const { here, there } = await two(t);
    const { accessToken, refreshToken } = await here.sessions.start({ subject: 'ada' });
    assert.equal(there.verify(accessToken).subject, 'ada');
    const second = await there.sessions.refresh(refreshToken);
    assert.equal(here.verify(second.accessToken).generation, 2);
  });

  for (const kind of ['token', 'session', 'subject', 'all', 'key'] as const) {
    test(`hear of each other’s revocations within 100 ms: ${kind}`, async (t) => {
      const { installation, here, there } = await two(t);
      const { accessToken, session } = await here.sessions.start({ subject: 'ada' });
      const other = await here.sessions.start({ subject: 'bob' });
      if (kind === 'token') await here.revoke.token(claim(accessToken, 'jti'));
      if (kind === 'session') await here.revoke.session(session.id);
      if (kind === 'subject') await here.revoke.subject('ada');
      if (kind === 'all') await here.revoke.all();
      if (kind === 'key') await here.keys.compromise(String(readToken(accessToken).header['kid']));
      assert.equal(
        codeOf(() => here.verify(accessToken)),
        'ERR_TOKEN_REVOKED',
      );
      await installation.pass(100);
      assert.equal(
        codeOf(() => there.verify(accessToken)),
        'ERR_TOKEN_REVOKED',
      );
      if (kind !== 'all' && kind !== 'key') assert.equal(there.verify(other.accessToken).subject, 'bob');
    });
  }

  test('hear of many revocations in whatever order they look', async (t) => {
    const { installation, here, there } = await two(t);
    const sessions = [];
    for (let count = 0; count < 40; count += 1)
      sessions.push(await here.sessions.start({ subject: `s${count}` }));
    for (const [index, { session }] of sessions.entries()) {
      await (index % 2 === 0 ? here : there).revoke.session(session.id);
      if (index % 7 === 0) await installation.pass(25);
    }
    await installation.pass(100);
    for (const { accessToken } of sessions) {
      for (const auth of [here, there])
        assert.equal(
          codeOf(() => auth.verify(accessToken)),
          'ERR_TOKEN_REVOKED',
        );
    }
  });

  test('see each other’s keys: a rotation in one signs in both, and both take the old and the new', async (t) => {
    const { installation, here, there } = await two(t);
    const old = await here.sessions.start({ subject: 'ada' });
    const { id } = await installation.through(here.keys.rotate());
    await installation.pass(100);
    const fresh = await there.sessions.start({ subject: 'ada' });
    assert.equal(readToken(fresh.accessToken).header['kid'], id);
    for (const auth of [here, there]) {
      assert.equal(auth.verify(old.accessToken).subject, 'ada');
      assert.equal(auth.verify(fresh.accessToken).subject, 'ada');
      assert.deepEqual(
        auth.keys
          .list()
          .map(({ state }) => state)
          .toSorted(),
        ['retiring', 'signing'],
      );
    }
  });

  test('agree on the key while both rotate at once', async (t) => {
    const { installation, here, there } = await two(t);
    await installation.through(Promise.all([here.keys.rotate(), there.keys.rotate(), here.keys.rotate()]));
    await installation.pass(1000);
    const kids = [];
    for (const auth of [here, there])
      kids.push(readToken((await auth.sessions.start({ subject: 'a' })).accessToken).header['kid']);
    assert.equal(kids[0], kids[1]);
    assert.deepEqual(here.keys.list(), there.keys.list());
  });

  test('that start at the same moment make one ring of keys', async (t) => {
    const installation = createInstallation(t);
    const opened = await Promise.all(Array.from({ length: 4 }, () => installation.open()));
    const ids = opened.map(({ auth }) =>
      auth.keys
        .list()
        .map(({ id }) => id)
        .join(),
    );
    assert.equal(new Set(ids).size, 1);
    assert.equal(opened[0]?.auth.keys.list().length, 1);
  });

  test('a process that starts later knows all that was revoked before', async (t) => {
    const { installation, here } = await two(t);
    const [ada, bob] = [
      await here.sessions.start({ subject: 'ada' }),
      await here.sessions.start({ subject: 'bob' }),
    ];
    await here.revoke.subject('ada');
    await here.revoke.session(bob.session.id);
    const { auth: late } = await installation.open();
    for (const { accessToken } of [ada, bob])
      assert.equal(
        codeOf(() => late.verify(accessToken)),
        'ERR_TOKEN_REVOKED',
      );
  });
});

describe('a store that was restored from a backup while processes run', () => {
  test('hides no revocation that is made afterwards, although its numbers were used before', async (t) => {
    const { installation, here, there } = await two(t);
    const kept = await here.sessions.start({ subject: 'ada' });
    const restore = installation.backUp();
    for (let count = 0; count < 5; count += 1) await here.revoke.subject(`x${count}`);
    await installation.pass(100);
    restore();
    await installation.pass(100);
    await there.revoke.session(kept.session.id);
    await installation.pass(100);
    const refusal = codeOf(() => here.verify(kept.accessToken));
    assert.ok(['ERR_TOKEN_REVOKED', 'ERR_FEED_STALE'].includes(refusal), refusal);
  });

  test('loses no revocation that was acknowledged before it', async (t) => {
    const { installation, here, there } = await two(t);
    const { accessToken, session } = await here.sessions.start({ subject: 'ada' });
    const restore = installation.backUp();
    await here.revoke.session(session.id);
    await installation.pass(100);
    restore();
    await installation.pass(100);
    for (const auth of [here, there])
      assert.equal(
        codeOf(() => auth.verify(accessToken)),
        'ERR_TOKEN_REVOKED',
      );
  });

  const idsOf = (auth: Watchword) => auth.keys.list().map(({ id }) => id);

  test('takes its keys with it: nobody goes on with a key that the store has lost', async (t) => {
    const { installation, here, there } = await two(t);
    const ids = idsOf(here);
    const restore = installation.backUp();
    await installation.through(here.keys.rotate());
    await installation.pass(100);
    assert.equal(idsOf(there).length, 2);
    restore();
    await installation.pass(100);
    for (const auth of [here, there]) assert.deepEqual(idsOf(auth), ids);
  });

  test('is noticed by the keys where others were made under the same number', async (t) => {
    const { installation, here, there } = await two(t);
    const restore = installation.backUp();
    await installation.through(here.keys.rotate());
    await here.revoke.subject('ada');
    await installation.pass(100);
    restore();
    await installation.through(there.keys.rotate());
    await installation.pass(200);
    assert.equal(idsOf(there).length, 2);
    assert.deepEqual(idsOf(here), idsOf(there));
  });
});
