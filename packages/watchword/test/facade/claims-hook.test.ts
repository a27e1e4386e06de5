import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../src/domain/json.ts';
import type { Session } from '../../src/domain/session.ts';
import { rejection } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';
import { claim } from './support/tokens.ts';

describe('the claims hook', () => {
  test('is asked at the start and again at each refresh, whatever comes of it', async (t) => {
    const asked: Session[] = [];
    const hook = async (session: Session): Promise<JsonObject> => ({ count: asked.push(session) });
    const installation = createInstallation(t);
    const { auth } = await installation.open({ claims: hook });
    const first = await auth.sessions.start({ subject: 'ada', claims: { tenant: 'acme', count: 0 } });
    const rotated = await auth.sessions.refresh(first.refreshToken);
    const current = await auth.sessions.refresh(rotated.refreshToken);
    const resent = await auth.sessions.refresh(first.refreshToken);
    installation.later(10_001);
    const late = await auth.sessions.refresh(first.refreshToken);
    const counts = [first, rotated, current, resent, late].map(
      ({ accessToken }) => auth.verify(accessToken).claims['count'],
    );
    assert.deepEqual(counts, [1, 2, 3, 4, 5]);
    assert.equal(
      auth.verify(late.accessToken).claims['tenant'],
      'acme',
      'what the session says stays, unless it is overruled',
    );
    assert.deepEqual(
      [...new Set(asked.map(({ id, subject }) => `${id} ${subject}`))],
      [`${first.session.id} ada`],
    );
  });

  test('is not asked for custom tokens, nor when a token is verified', async (t) => {
    let asked = 0;
    const { auth } = await createInstallation(t).open({ claims: () => ({ n: (asked += 1) }) });
    const { accessToken } = await auth.sessions.start({ subject: 'ada' });
    auth.verify(accessToken);
    await auth.tokens.issue({ typ: 'invitation+jwt', subject: 'ada', ttlSeconds: 60 });
    assert.equal(asked, 1);
  });

  for (const [name, fresh] of [
    ['null', null],
    ['a list', ['a']],
    ['a text', 'a'],
    ['nothing', undefined],
  ] as const) {
    test(`that gives ${name} is refused with a sentence`, async (t) => {
      let result: unknown = {};
      const { auth } = await createInstallation(t).open({ claims: () => result as JsonObject });
      const { refreshToken } = await auth.sessions.start({ subject: 'ada' });
      result = fresh;
      const error = await rejection(auth.sessions.refresh(refreshToken));
      assert.equal(error.code, 'ERR_OPTION');
      assert.match(error.message, /`claims`/);
    });
  }
});

describe('a claims hook that fails', () => {
  for (const way of ['throws', 'rejects'] as const) {
    test(`changes nothing about the chain when it ${way}: the same token rotates afterwards`, async (t) => {
      let fails = false;
      const cause = new Error('the database of roles is down');
      const hook = (): Promise<JsonObject> | JsonObject => {
        if (!fails) return {};
        if (way === 'rejects') return Promise.reject(cause);
        throw cause;
      };
      const installation = createInstallation(t);
      const { auth, newTypes } = await installation.open({ claims: hook });
      const first = await auth.sessions.start({ subject: 'ada' });
      const before = await auth.sessions.get(first.session.id);
      fails = true;
      newTypes();
      const error = await rejection(auth.sessions.refresh(first.refreshToken));
      assert.equal(error.code, 'ERR_INTERNAL');
      assert.equal(error.cause, cause);
      assert.deepEqual(newTypes(), []);
      assert.deepEqual(await auth.sessions.get(first.session.id), before);
      fails = false;
      assert.equal(claim((await auth.sessions.refresh(first.refreshToken)).accessToken, 'ww_gen'), '2');
    });
  }

  test('leaves no session behind that nobody has tokens of', async (t) => {
    const hook = (): JsonObject => {
      throw new Error('the database of roles is down');
    };
    const { auth } = await createInstallation(t).open({ claims: hook });
    assert.equal((await rejection(auth.sessions.start({ subject: 'ada' }))).code, 'ERR_INTERNAL');
    assert.deepEqual(await auth.sessions.list('ada'), []);
  });
});

describe('a claims hook that takes longer than half the race window', () => {
  test('fails the refresh before anything is written: its answer would come outside the window', async (t) => {
    const installation = createInstallation(t);
    let takesMs = 0;
    const { auth } = await installation.open({
      claims: async () => {
        await installation.pass(takesMs);
        return {};
      },
    });
    const first = await auth.sessions.start({ subject: 'ada' });
    takesMs = 5001;
    assert.equal((await rejection(auth.sessions.refresh(first.refreshToken))).code, 'ERR_OVERLOADED');
    takesMs = 0;
    assert.equal(claim((await auth.sessions.refresh(first.refreshToken)).accessToken, 'ww_gen'), '2');
  });

  test('never makes a token of a session that was revoked meanwhile, and whose entry is gone before the token', async (t) => {
    const installation = createInstallation(t);
    let isSlow = false;
    const { auth } = await installation.open({
      claims: async ({ id }) => {
        if (isSlow) {
          await auth.revoke.session(id);
          await installation.pass(55_000);
        }
        return {};
      },
    });
    const first = await auth.sessions.start({ subject: 'ada' });
    const { refreshToken } = await auth.sessions.refresh(first.refreshToken);
    isSlow = true;
    const late = await auth.sessions.refresh(refreshToken).catch(() => undefined);
    if (late === undefined) return;
    installation.later(875_000);
    await installation.pass(5100);
    assert.throws(() => auth.verify(late.accessToken), 'the session is revoked, its token must be dead');
  });
});
