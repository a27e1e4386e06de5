import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { rejection } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';
import { claim } from './support/tokens.ts';

const W = 10_000;
const S = 40_000;

async function started(t: TestContext) {
  const installation = createInstallation(t);
  const opened = await installation.open();
  const first = await opened.auth.sessions.start({ subject: 'ada' });
  opened.newTypes();
  return { installation, ...opened, first };
}

describe('the newest refresh token', () => {
  test('rotates at its first use, however soon: a new token, a new access token of its generation', async (t) => {
    const { auth, first, newTypes, events } = await started(t);
    const second = await auth.sessions.refresh(first.refreshToken);
    assert.notEqual(second.refreshToken, first.refreshToken);
    assert.equal(claim(second.accessToken, 'ww_gen'), '2');
    assert.equal(second.session.id, first.session.id);
    assert.deepEqual(newTypes(), ['refresh_rotated']);
    const { sessionId, subject, generation } = events.at(-1) as unknown as Record<string, unknown>;
    assert.deepEqual([sessionId, subject, generation], [first.session.id, 'ada', 2]);
  });

  test('is current until S: the same again, a fresh access token, nothing written', async (t) => {
    const { auth, installation, first, newTypes } = await started(t);
    const second = await auth.sessions.refresh(first.refreshToken);
    const before = await (await installation.store()).sessions.find(first.session.id);
    installation.later(S);
    newTypes();
    const again = await auth.sessions.refresh(second.refreshToken);
    assert.equal(again.refreshToken, second.refreshToken);
    assert.equal(claim(again.accessToken, 'ww_gen'), '2');
    assert.notEqual(claim(again.accessToken, 'jti'), claim(second.accessToken, 'jti'));
    assert.equal(claim(again.accessToken, 'iat'), String(Number(claim(second.accessToken, 'iat')) + 40));
    assert.deepEqual(newTypes(), ['refresh_current']);
    const after = await (await installation.store()).sessions.find(first.session.id);
    assert.deepEqual(after?.record, before?.record);
  });

  test('rotates after S', async (t) => {
    const { auth, installation, first, newTypes } = await started(t);
    const second = await auth.sessions.refresh(first.refreshToken);
    installation.later(S + 1);
    newTypes();
    const third = await auth.sessions.refresh(second.refreshToken);
    assert.equal(claim(third.accessToken, 'ww_gen'), '3');
    assert.deepEqual(newTypes(), ['refresh_rotated']);
  });
});

describe('the parent of the newest', () => {
  test('is resent the same successor until W, and nothing is written', async (t) => {
    const { auth, installation, first, newTypes } = await started(t);
    const second = await auth.sessions.refresh(first.refreshToken);
    const before = await (await installation.store()).sessions.find(first.session.id);
    installation.later(W);
    newTypes();
    const resent = await auth.sessions.refresh(first.refreshToken);
    assert.equal(resent.refreshToken, second.refreshToken, 'byte by byte');
    assert.equal(claim(resent.accessToken, 'ww_gen'), '2');
    assert.deepEqual(newTypes(), ['refresh_resent']);
    const after = await (await installation.store()).sessions.find(first.session.id);
    assert.deepEqual(after?.record, before?.record);
  });

  test('is resent it late after W, with a count', async (t) => {
    const { auth, installation, first, newTypes, events } = await started(t);
    const second = await auth.sessions.refresh(first.refreshToken);
    installation.later(W + 1);
    newTypes();
    const late = await auth.sessions.refresh(first.refreshToken);
    assert.equal(late.refreshToken, second.refreshToken);
    assert.deepEqual(newTypes(), ['refresh_resent_late']);
    assert.equal((events.at(-1) as unknown as Record<string, unknown>)['late'], 1);
  });

  test('is late four times in a row, generation by generation: the fourth ends the session', async (t) => {
    const { auth, installation, first } = await started(t);
    let { refreshToken } = first;
    for (let round = 0; round < 3; round += 1) {
      await auth.sessions.refresh(refreshToken);
      installation.later(W + 1);
      const late = await auth.sessions.refresh(refreshToken);
      ({ refreshToken } = late);
      installation.later(S + 1);
    }
    await auth.sessions.refresh(refreshToken);
    installation.later(W + 1);
    assert.equal((await rejection(auth.sessions.refresh(refreshToken))).detail, 'reused');
  });
});

describe('an older token', () => {
  test('ends the session, although nothing had settled', async (t) => {
    const { auth, installation, first, newTypes } = await started(t);
    const second = await auth.sessions.refresh(first.refreshToken);
    installation.later(S + 1);
    const third = await auth.sessions.refresh(second.refreshToken);
    newTypes();
    const error = await rejection(auth.sessions.refresh(first.refreshToken));
    assert.equal(error.code, 'ERR_REFRESH_INVALID');
    assert.equal(error.detail, 'reused');
    assert.deepEqual(newTypes(), ['revocation_recorded', 'session_ended', 'refresh_reused']);
    assert.throws(() => auth.verify(third.accessToken), { code: 'ERR_TOKEN_REVOKED' });
    assert.equal((await rejection(auth.sessions.refresh(third.refreshToken))).detail, 'ended');
  });

  test('is told with both generations', async (t) => {
    const { auth, installation, first, events } = await started(t);
    const second = await auth.sessions.refresh(first.refreshToken);
    installation.later(S + 1);
    await auth.sessions.refresh(second.refreshToken);
    await rejection(auth.sessions.refresh(first.refreshToken));
    const [ended, reused] = events.slice(-2);
    assert.ok(ended?.type === 'session_ended' && reused?.type === 'refresh_reused');
    assert.equal(ended.reason, 'reused');
    assert.deepEqual([reused.generation, reused.presentedGeneration, reused.subject], [3, 1, 'ada']);
  });

  test('that comes twice at once ends the session once', async (t) => {
    const { auth, installation, first, newTypes } = await started(t);
    const second = await auth.sessions.refresh(first.refreshToken);
    installation.later(S + 1);
    await auth.sessions.refresh(second.refreshToken);
    newTypes();
    const both = [auth.sessions.refresh(first.refreshToken), auth.sessions.refresh(first.refreshToken)];
    for (const one of both) assert.equal((await rejection(one)).code, 'ERR_REFRESH_INVALID');
    assert.equal(newTypes().filter((type) => type === 'session_ended').length, 1);
  });
});

describe('a clock that was set back', () => {
  for (const backMs of [1, 3_600_000]) {
    test(`by ${backMs} ms convicts nobody`, async (t) => {
      const { auth, installation } = await started(t);
      installation.later(2 * 3_600_000);
      const first = await auth.sessions.start({ subject: 'ada' });
      const second = await auth.sessions.refresh(first.refreshToken);
      installation.later(-backMs);
      assert.equal((await auth.sessions.refresh(second.refreshToken)).refreshToken, second.refreshToken);
      assert.equal((await auth.sessions.refresh(first.refreshToken)).refreshToken, second.refreshToken);
    });
  }
});
