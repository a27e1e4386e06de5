import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { Receipts, RevokeOptions, Watchword } from '../../src/facade/index.ts';
import type { Receipt } from '../../src/ports/store/verifier-store.ts';
import { rejection } from './support/errors.ts';
import { createInstallation, type Installation } from './support/installation.ts';
import { spiedStore } from './support/spied-store.ts';
import { claim } from './support/tokens.ts';

const INSTANCES = { one: '1'.repeat(32), two: '2'.repeat(32), three: '3'.repeat(32) };

/** An installation whose verifiers are what a test says of them. */
async function following(t: TestContext) {
  const installation = createInstallation(t);
  const { auth } = await installation.open();
  const store = await installation.store();
  async function hear(name: keyof typeof INSTANCES, receipt: Partial<Receipt> = {}): Promise<void> {
    const { epoch, sequence } = await store.revocations.head();
    const instance = INSTANCES[name];
    const whole = { clientId: 'billing', instance, name, version: '0.1.0', epoch, sequence, ...receipt };
    assert.deepEqual(await store.verifiers.note([whole], 200), ['noted']);
  }
  return { installation, auth, store, hear };
}

async function waitFor(
  installation: Installation,
  revoking: Promise<{ receipts?: Receipts }>,
): Promise<Receipts> {
  const { receipts } = await installation.through(revoking);
  assert.ok(receipts !== undefined);
  return receipts;
}

const acknowledgement = (name: keyof typeof INSTANCES, ms: number) => ({
  clientId: 'billing',
  instance: INSTANCES[name],
  name,
  ms,
});
const missing = (name: keyof typeof INSTANCES, behind: number, silentMs: number) => ({
  clientId: 'billing',
  instance: INSTANCES[name],
  name,
  behind,
  silentMs,
});

describe('a revocation that waits for receipts', () => {
  test('resolves once all verifiers have acknowledged it, and says after how long each had', async (t) => {
    const { installation, auth, hear } = await following(t);
    await hear('one');
    await hear('two');
    const revoking = auth.revoke.subject('ada', { wait: '2s' });
    const startedMs = installation.clock.monotonicMs();
    await installation.pass(20);
    await hear('two');
    await installation.pass(30);
    await hear('one');
    assert.deepEqual(await waitFor(installation, revoking), {
      complete: true,
      acknowledged: [acknowledgement('two', 20), acknowledgement('one', 50)],
      missing: [],
    });
    assert.ok(installation.clock.monotonicMs() - startedMs <= 100, 'it did not wait any longer');
  });

  test('says who has not when the time is over, and how many entries each lacks', async (t) => {
    const { installation, auth, hear } = await following(t);
    await hear('one');
    await hear('two');
    await auth.revoke.subject('bob');
    const revoking = auth.revoke.subject('ada', { wait: '500ms' });
    await installation.pass(0);
    await hear('one');
    const startedMs = installation.clock.monotonicMs();
    const receipts = await waitFor(installation, revoking);
    assert.deepEqual(receipts, {
      complete: false,
      acknowledged: [acknowledgement('one', 0)],
      missing: [missing('two', 2, 500)],
    });
    assert.equal(installation.clock.monotonicMs() - startedMs, 500);
  });

  test('does not wait for the silent, and lists them', async (t) => {
    const { installation, auth, hear } = await following(t);
    await hear('two');
    await installation.pass(30_000);
    await hear('one');
    const revoking = auth.revoke.all({ wait: '60s' });
    await installation.pass(0);
    await hear('one');
    const startedMs = installation.clock.monotonicMs();
    assert.deepEqual(await waitFor(installation, revoking), {
      complete: false,
      acknowledged: [acknowledgement('one', 0)],
      missing: [missing('two', 1, 30_010)],
    });
    assert.ok(installation.clock.monotonicMs() - startedMs < 100);
  });

  test('gives up a verifier that falls silent, forgets one that says that it stops, and waits for no newcomer', async (t) => {
    const { installation, auth, store, hear } = await following(t);
    await hear('one');
    await hear('two');
    await installation.pass(29_000);
    await hear('two');
    const revoking = auth.revoke.all({ wait: '10s' });
    await installation.pass(100);
    await hear('three', { sequence: 0 });
    await store.verifiers.forget('billing', INSTANCES.two);
    const startedMs = installation.clock.monotonicMs();
    const receipts = await waitFor(installation, revoking);
    assert.deepEqual(receipts.acknowledged, []);
    assert.deepEqual(
      receipts.missing.map(({ name }) => name),
      ['one'],
    );
    assert.ok(installation.clock.monotonicMs() - startedMs < 1000);
  });

  test('takes no receipt of another epoch or of an entry before', async (t) => {
    const { installation, auth, hear } = await following(t);
    await hear('one');
    await hear('two');
    const revoking = auth.revoke.all({ wait: '100ms' });
    await installation.pass(0);
    await hear('one', { epoch: 'f'.repeat(32), sequence: 1000 });
    await hear('two', { sequence: 0 });
    const receipts = await waitFor(installation, revoking);
    assert.deepEqual(receipts.missing, [missing('one', 1, 100), missing('two', 1, 100)]);
  });

  test('is complete at once where nobody follows the feed', async (t) => {
    const { installation, auth } = await following(t);
    const receipts = await waitFor(installation, auth.revoke.all({ wait: '2s' }));
    assert.deepEqual(receipts, { complete: true, acknowledged: [], missing: [] });
    assert.equal('receipts' in (await auth.revoke.all()), false, 'nor was it asked without `wait`');
  });

  test('can be of a token, a session, a subject, all, and a key; a session that was over has its receipts too', async (t) => {
    const { installation, auth, hear } = await following(t);
    const { session, accessToken } = await auth.sessions.start({ subject: 'ada' });
    await hear('one');
    const [key] = auth.keys.list();
    const options: RevokeOptions = { wait: '2s' };
    for (const revoke of [
      () => auth.revoke.token(claim(accessToken, 'jti'), options),
      () => auth.revoke.session(session.id, options),
      () => auth.revoke.session(session.id, options),
      () => auth.revoke.subject('ada', options),
      () => auth.revoke.all(options),
      () => auth.keys.compromise(key?.id ?? '', options),
    ]) {
      const revoking = revoke();
      await installation.pass(5);
      await hear('one');
      const receipts = await waitFor(installation, revoking);
      assert.equal(receipts.complete, true, String(revoke));
      assert.deepEqual(
        receipts.acknowledged.map(({ name }) => name),
        ['one'],
      );
    }
  });
});

describe('what cannot be waited for', () => {
  const waits = [
    '',
    '0s',
    '0ms',
    '2',
    '2 s',
    '-1s',
    '1.5s',
    '02s',
    '61s',
    '60001ms',
    '2m',
    '2S',
    '2s\n',
    2000,
    null,
    {},
  ];
  test('is refused in a sentence before anything was revoked', async (t) => {
    const { auth } = await following(t);
    const [key] = auth.keys.list();
    for (const wait of waits) {
      const options = { wait } as RevokeOptions;
      for (const revoking of [auth.revoke.all(options), auth.keys.compromise(key?.id ?? '', options)]) {
        const error = await rejection(revoking);
        assert.equal(error.code, 'ERR_OPTION', String(wait));
        assert.match(error.message, /^`wait` has to be a time .*\.$/);
      }
    }
    const unknown = await rejection(auth.revoke.subject('ada', { waits: '2s' } as RevokeOptions));
    assert.match(unknown.message, /`revoke.subject` has no option `waits`: did you mean `wait`\?/);
    assert.equal((await auth.revoke.log()).head.sequence, 0);
  });

  test('a store that goes away while somebody waits: the revocation stands, and nobody has acknowledged it', async (t) => {
    for (const knowsVerifiers of [true, false]) {
      const { installation, hear, store } = await following(t);
      await hear('one');
      let isAway = !knowsVerifiers;
      const spied = spiedStore(installation.factory, (call) => {
        if (call === 'verifiers.list' && isAway) throw new Error('the store is away');
      });
      const { auth } = await installation.open({ store: spied });
      const revoking = auth.revoke.all({ wait: '200ms' });
      await installation.pass(5);
      isAway = true;
      const receipts = await waitFor(installation, revoking);
      assert.equal(receipts.complete, false);
      assert.deepEqual(receipts.acknowledged, []);
      assert.deepEqual(
        receipts.missing.map(({ name }) => name),
        knowsVerifiers ? ['one'] : [],
      );
      assert.equal((await store.revocations.head()).sequence, 1);
    }
  });

  test('a store that hangs keeps nobody longer than they said', async (t) => {
    const { installation } = await following(t);
    const spied = spiedStore(installation.factory, (call) =>
      call === 'verifiers.list' ? new Promise<void>(() => {}) : undefined,
    );
    const { auth } = await installation.open({ store: spied });
    let receipts: Receipts | undefined;
    void auth.revoke.all({ wait: '200ms' }).then((revoked) => (receipts = revoked.receipts));
    await installation.pass(250);
    assert.deepEqual(receipts, { complete: false, acknowledged: [], missing: [] });
  });

  test('an installation that closes lets those who wait go', async (t) => {
    const { installation, auth, hear } = await following(t);
    await hear('one');
    const revoking = auth.revoke.all({ wait: '60s' });
    await installation.pass(5);
    await auth.close();
    await installation.pass(100);
    assert.equal((await revoking).receipts?.complete, false);
  });
});

describe('the status of the feed', () => {
  const states = async (auth: Watchword) =>
    (await auth.feed.status()).verifiers.map(({ name, state, behind, silentMs }) => [
      name,
      state,
      behind,
      silentMs,
    ]);

  test('tells of each verifier how far it is, when it was heard, and whether it is silent', async (t) => {
    const { installation, auth, store, hear } = await following(t);
    assert.deepEqual(await auth.feed.status(), {
      head: { epoch: (await store.revocations.head()).epoch, sequence: 0 },
      connections: 0,
      verifiers: [],
    });
    const firstMs = installation.clock.nowMs();
    await hear('one');
    await hear('two');
    await auth.revoke.all();
    await auth.revoke.all();
    await installation.pass(1000);
    await hear('one', { version: '0.2.0' });
    const { head, verifiers } = await auth.feed.status();
    assert.equal(head.sequence, 2);
    assert.deepEqual(verifiers[0], {
      clientId: 'billing',
      instance: INSTANCES.one,
      name: 'one',
      version: '0.2.0',
      state: 'current',
      sequence: 2,
      behind: 0,
      firstSeenMs: firstMs,
      lastSeenMs: firstMs + 1000,
      silentMs: 0,
      appliedMs: firstMs + 1000,
    });
    assert.deepEqual(await states(auth), [
      ['one', 'current', 0, 0],
      ['two', 'behind', 2, 1000],
    ]);
    await installation.pass(29_000);
    assert.deepEqual(await states(auth), [
      ['one', 'current', 0, 29_000],
      ['two', 'silent', 2, 30_000],
    ]);
  });

  test('takes a verifier of another epoch for one that lacks everything', async (t) => {
    const { auth, hear } = await following(t);
    await auth.revoke.all();
    await auth.revoke.all();
    await hear('one', { epoch: '0'.repeat(32), sequence: 99 });
    assert.deepEqual(await states(auth), [['one', 'behind', 2, 0]]);
  });

  test('forgets within a minute who was silent for an hour', async (t) => {
    const { installation, auth, hear } = await following(t);
    await hear('one');
    installation.later(3_600_000 - 60_000);
    await hear('two');
    await installation.pass(60_000);
    assert.equal((await auth.feed.status()).verifiers.length, 2);
    await installation.pass(60_000);
    assert.deepEqual(await states(auth), [['two', 'silent', 0, 120_000]]);
  });
});
