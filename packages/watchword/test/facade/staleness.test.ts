import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { WatchwordOptions } from '../../src/facade/index.ts';
import { codeOf } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';
import { spiedStore } from './support/spied-store.ts';

/** A store that can be cut off: then no look at it succeeds, or those at the log of revocations do not. */
async function cuttable(t: TestContext, options: Partial<WatchwordOptions> = {}) {
  const installation = createInstallation(t);
  const cut = { looks: false, log: false };
  const store = spiedStore(
    installation.factory,
    (call) => {
      if (cut.log && call === 'revocations.readAfter') throw new Error('the store is away');
    },
    () => !cut.looks,
  );
  const opened = await installation.open({ store, ...options });
  const { accessToken } = await opened.auth.sessions.start({ subject: 'ada' });
  await installation.pass(25);
  opened.newTypes();
  return { installation, ...opened, accessToken, cut };
}

describe('when the store cannot be read any more', () => {
  test('tokens are good until the knowledge of revocations is 10 s old, and refused with 503 from then on', async (t) => {
    const { auth, installation, accessToken, cut } = await cuttable(t);
    cut.looks = true;
    await installation.pass(10_000);
    assert.equal(auth.verify(accessToken).subject, 'ada');
    await installation.pass(1);
    assert.equal(
      codeOf(() => auth.verify(accessToken)),
      'ERR_FEED_STALE',
    );
    cut.looks = false;
    await installation.pass(25);
    assert.equal(auth.verify(accessToken).subject, 'ada', 'and good again as soon as it can be read');
  });

  test('for as long as the options say', async (t) => {
    const { auth, installation, accessToken, cut } = await cuttable(t, { maxStalenessMs: 1000 });
    cut.looks = true;
    await installation.pass(1000);
    assert.equal(auth.verify(accessToken).subject, 'ada');
    await installation.pass(1);
    assert.equal(
      codeOf(() => auth.verify(accessToken)),
      'ERR_FEED_STALE',
    );
  });

  test('for as long as the place says', async (t) => {
    const { auth, installation, accessToken, cut } = await cuttable(t);
    cut.looks = true;
    await installation.pass(500);
    assert.equal(
      codeOf(() => auth.verify(accessToken, { maxStalenessMs: 499 })),
      'ERR_FEED_STALE',
    );
    assert.equal(auth.verify(accessToken, { maxStalenessMs: 500 }).subject, 'ada');
    await installation.pass(20_000);
    assert.equal(auth.verify(accessToken, { maxStalenessMs: 20_500 }).subject, 'ada');
  });

  test('it is told at most once a second', async (t) => {
    const { auth, installation, accessToken, cut, newTypes } = await cuttable(t, { maxStalenessMs: 100 });
    cut.looks = true;
    await installation.pass(101);
    for (let use = 0; use < 10; use += 1) codeOf(() => auth.verify(accessToken));
    assert.deepEqual(newTypes(), ['view_stale']);
    await installation.pass(999);
    codeOf(() => auth.verify(accessToken));
    assert.deepEqual(newTypes(), []);
    await installation.pass(1);
    codeOf(() => auth.verify(accessToken));
    assert.deepEqual(newTypes(), ['view_stale']);
  });

  test('what is known to be revoked is refused as revoked, not as stale', async (t) => {
    const { auth, installation, accessToken, cut } = await cuttable(t);
    await auth.revoke.subject('ada');
    cut.looks = true;
    await installation.pass(20_000);
    assert.equal(
      codeOf(() => auth.verify(accessToken)),
      'ERR_TOKEN_REVOKED',
    );
  });

  test('a wrong clock neither makes it fresh nor stale', async (t) => {
    const { auth, installation, accessToken, cut } = await cuttable(t);
    installation.later(60_000);
    assert.equal(auth.verify(accessToken).subject, 'ada');
    cut.looks = true;
    await installation.pass(10_001);
    installation.later(-60_000);
    assert.equal(
      codeOf(() => auth.verify(accessToken)),
      'ERR_FEED_STALE',
    );
  });
});

test('a look that finds entries which cannot be read does not count as one', async (t) => {
  const { auth, installation, accessToken, cut } = await cuttable(t);
  const other = await installation.open();
  const { session } = await other.auth.sessions.start({ subject: 'bob' });
  cut.log = true;
  await other.auth.revoke.session(session.id);
  await installation.pass(10_050);
  assert.equal(
    codeOf(() => auth.verify(accessToken)),
    'ERR_FEED_STALE',
  );
  assert.equal(other.auth.verify(accessToken).subject, 'ada');
  cut.log = false;
  await installation.pass(100);
  assert.equal(auth.verify(accessToken).subject, 'ada');
});

test('what was read is as old as the look that began it, not as its end', async (t) => {
  const installation = createInstallation(t);
  const slow = { isSlow: false, mayLook: true };
  const store = spiedStore(
    installation.factory,
    (call) => {
      if (!slow.isSlow || call !== 'revocations.readAfter') return;
      Object.assign(slow, { isSlow: false, mayLook: false });
      installation.clock.advance(500);
    },
    () => slow.mayLook,
  );
  const { auth } = await installation.open({ store });
  const other = await installation.open();
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  slow.isSlow = true;
  await other.auth.revoke.subject('bob');
  await installation.pass(100);
  assert.equal(slow.isSlow, false, 'it was read');
  assert.equal(
    codeOf(() => auth.verify(accessToken, { maxStalenessMs: 499 })),
    'ERR_FEED_STALE',
  );
  assert.equal(auth.verify(accessToken, { maxStalenessMs: 700 }).subject, 'ada');
});

test('custom tokens are under the same rule', async (t) => {
  const { auth, installation, cut } = await cuttable(t);
  const token = await auth.tokens.issue({ typ: 'a+jwt', subject: 'ada', ttlSeconds: 600 });
  cut.looks = true;
  await installation.pass(10_001);
  assert.equal(
    codeOf(() => auth.tokens.verify(token, { typ: 'a+jwt' })),
    'ERR_FEED_STALE',
  );
});
