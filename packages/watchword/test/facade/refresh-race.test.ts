import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { SessionTokens, WatchwordOptions } from '../../src/facade/index.ts';
import { WatchwordError } from '../../src/errors/watchword-error.ts';
import { rounds } from '../domain/support/property.ts';
import { createInstallation, type Opened } from './support/installation.ts';
import { spiedStore } from './support/spied-store.ts';
import { claim } from './support/tokens.ts';

/** Processes whose calls to the store take turns in an order that the seed decides. */
async function processes(t: TestContext, count: number, options: Partial<WatchwordOptions> = {}) {
  const installation = createInstallation(t);
  const store = spiedStore(installation.factory, async () => {
    for (let turns = installation.random.below(6); turns > 0; turns -= 1)
      await new Promise((resolve) => setImmediate(resolve));
  });
  const opened: Opened[] = [];
  while (opened.length < count) opened.push(await installation.open({ store, ...options }));
  const types = () => opened.flatMap((one) => one.newTypes());
  return { installation, auths: opened.map(({ auth }) => auth), types };
}

type Answer = SessionTokens | WatchwordError;

function answered(promise: Promise<SessionTokens>): Promise<Answer> {
  return promise.catch((error: unknown) => {
    assert.ok(error instanceof WatchwordError, String(error));
    return error;
  });
}

describe('50 refreshes of one token at once, over four processes', () => {
  for (let round = 0; round < rounds(5, 200); round += 1) {
    test(`end with one lineage, and nobody is signed out (${round})`, async (t) => {
      const { installation, auths, types } = await processes(t, 4);
      const [home] = auths;
      assert.ok(home !== undefined);
      const first = await home.sessions.start({ subject: 'ada' });
      types();
      const many = Array.from(
        { length: 50 },
        (_, index) => auths[index % 4]?.sessions.refresh(first.refreshToken) ?? assert.fail(),
      );
      const answers = await Promise.all(many.map(answered));
      assert.equal(
        new Set(answers.map((answer) => ('refreshToken' in answer ? answer.refreshToken : answer.code))).size,
        1,
      );
      const told = types();
      assert.equal(told.filter((type) => type === 'refresh_rotated').length, 1, 'exactly one rotates');
      assert.equal(told.filter((type) => type === 'refresh_resent').length, 49);
      for (const answer of answers) {
        assert.ok('accessToken' in answer);
        assert.equal(claim(answer.accessToken, 'ww_gen'), '2');
        assert.equal(home.verify(answer.accessToken).subject, 'ada');
      }
      installation.later(40_001);
      const [one] = answers;
      assert.ok(one !== undefined && 'refreshToken' in one);
      assert.equal(claim((await home.sessions.refresh(one.refreshToken)).accessToken, 'ww_gen'), '3');
    });
  }
});

test('with strict rotation exactly one rotates, and the others end the session: the textbook', async (t) => {
  const { auths, types } = await processes(t, 4, { rotation: 'strict' });
  const first = (await auths[0]?.sessions.start({ subject: 'ada' })) ?? assert.fail();
  types();
  const answers = await Promise.all(auths.map((auth) => answered(auth.sessions.refresh(first.refreshToken))));
  assert.equal(answers.filter((answer) => 'refreshToken' in answer).length, 1);
  const told = types();
  assert.equal(told.filter((type) => type === 'refresh_rotated').length, 1);
  assert.equal(told.filter((type) => type === 'session_ended').length, 1);
  for (const answer of answers) if ('code' in answer) assert.equal(answer.code, 'ERR_REFRESH_INVALID');
});

test('a revocation among refreshes leaves nothing alive, whoever comes first', async (t) => {
  for (let round = 0; round < rounds(20, 500); round += 1) {
    const { installation, auths } = await processes(t, 3);
    const [a, b, c] = auths;
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    const first = await a.sessions.start({ subject: 'ada' });
    const kinds = [
      () => c.revoke.session(first.session.id),
      () => c.revoke.subject('ada'),
      () => c.revoke.all(),
    ];
    const racing = [a, b, a, b].map((auth) => answered(auth.sessions.refresh(first.refreshToken)));
    await kinds[round % 3]?.();
    const answers = await Promise.all(racing);
    await installation.pass(100);
    for (const answer of answers) {
      if (!('accessToken' in answer)) continue;
      for (const auth of auths)
        assert.throws(() => auth.verify(answer.accessToken), { code: 'ERR_TOKEN_REVOKED' });
      const again = await answered(b.sessions.refresh(answer.refreshToken));
      assert.ok('code' in again && again.code === 'ERR_REFRESH_INVALID');
    }
  }
});
