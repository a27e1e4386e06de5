import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { sha256 } from '../../src/crypto/digest.ts';
import type { WatchwordEvent } from '../../src/domain/events.ts';
import { createAccounts } from '../../src/engine/accounts/accounts.ts';
import type { EngineContext } from '../../src/engine/context.ts';
import { createEventHub } from '../../src/facade/event-hub.ts';
import { memory } from '../../src/stores/memory/index.ts';
import { rejection } from '../facade/support/errors.ts';
import { createInstallation } from '../facade/support/installation.ts';

const ADA = { email: 'ada@example.com', password: 'correct horse' };

async function accounts(t: TestContext, options: { signUpIsOpen?: boolean; hashesAtOnce?: number } = {}) {
  const { clock, random, scheduler, hasher } = createInstallation(t);
  const store = await memory().open({ clock, random, scheduler, digest: sha256, patienceMs: 1000 });
  const events = createEventHub(clock);
  const told: WatchwordEvent[] = [];
  events.on('*', (event) => told.push(event));
  // Accounts look at nothing that an application sets.
  const context: EngineContext = {
    settings: {} as EngineContext['settings'],
    clock,
    random,
    scheduler,
    events,
    store,
  };
  const made = await createAccounts(context, { signUpIsOpen: true, hashesAtOnce: 4, hasher, ...options });
  return { accounts: made, hasher, told, types: () => told.map(({ type }) => type) };
}

describe('signing up and in', () => {
  test('gives an account, and the same account again by any spelling of its address', async (t) => {
    const { accounts: own, types } = await accounts(t);
    const signedUp = await own.signUp({ ...ADA, email: ' Ada@Example.com ' });
    assert.ok(signedUp.kind === 'created');
    assert.equal(signedUp.account.email, 'Ada@Example.com');
    for (const email of ['ada@example.com', 'ADA@EXAMPLE.COM', 'ａda@example.com']) {
      const signedIn = await own.signIn({ ...ADA, email });
      assert.deepEqual(signedIn, { kind: 'signed_in', account: signedUp.account });
    }
    assert.deepEqual(await own.find(signedUp.account.id), signedUp.account);
    assert.equal(await own.find('nobody'), undefined);
    assert.deepEqual(types(), [
      'account_created',
      'sign_in_succeeded',
      'sign_in_succeeded',
      'sign_in_succeeded',
    ]);
  });

  test('makes one account of an address, also in a race', async (t) => {
    const { accounts: own } = await accounts(t);
    const outcomes = await Promise.all(
      ['ada@example.com', 'ADA@example.com', 'ada@EXAMPLE.com'].map((email) => own.signUp({ ...ADA, email })),
    );
    assert.deepEqual(outcomes.map((one) => (one.kind === 'refused' ? one.code : one.kind)).toSorted(), [
      'ERR_EMAIL_TAKEN',
      'ERR_EMAIL_TAKEN',
      'created',
    ]);
  });

  test('refuses a wrong password, near misses included', async (t) => {
    const { accounts: own } = await accounts(t);
    await own.signUp(ADA);
    for (const password of [
      '',
      'correct',
      'correct horse ',
      ' correct horse',
      'Correct horse',
      'correct horse\0',
      'x'.repeat(5000),
    ]) {
      assert.deepEqual(await own.signIn({ ...ADA, password }), { kind: 'refused' });
    }
  });

  for (const [password, code] of [
    ['', 'ERR_PASSWORD_TOO_SHORT'],
    ['1234567', 'ERR_PASSWORD_TOO_SHORT'],
    ['😀'.repeat(7), 'ERR_PASSWORD_TOO_SHORT'],
    ['x'.repeat(257), 'ERR_PASSWORD_TOO_LONG'],
    ['😀'.repeat(257), 'ERR_PASSWORD_TOO_LONG'],
  ] as const) {
    test(`takes no password of ${[...password].length} characters (${password.slice(0, 2)})`, async (t) => {
      const { accounts: own, hasher } = await accounts(t);
      const before = hasher.calls.hash;
      assert.deepEqual(await own.signUp({ ...ADA, password }), { kind: 'refused', code });
      assert.equal(hasher.calls.hash, before, 'and does no work for it');
    });
  }

  for (const password of [
    '12345678',
    'x'.repeat(256),
    '😀'.repeat(8),
    '😀'.repeat(256),
    'ünïcödé pässwörd',
    ' leading and trailing ',
  ]) {
    test(`takes a password of ${[...password].length} characters, whole (${password.slice(0, 2)})`, async (t) => {
      const { accounts: own } = await accounts(t);
      assert.equal((await own.signUp({ ...ADA, password })).kind, 'created');
      assert.equal((await own.signIn({ ...ADA, password })).kind, 'signed_in');
      assert.equal((await own.signIn({ ...ADA, password: password.slice(0, -2) })).kind, 'refused');
    });
  }

  test('refuses what is no address, and sign-ups where they are closed', async (t) => {
    const { accounts: own, types } = await accounts(t);
    assert.deepEqual(await own.signUp({ ...ADA, email: 'ada' }), {
      kind: 'refused',
      code: 'ERR_EMAIL_INVALID',
    });
    const { accounts: closed } = await accounts(t, { signUpIsOpen: false });
    assert.deepEqual(await closed.signUp(ADA), { kind: 'refused', code: 'ERR_SIGN_UP_CLOSED' });
    assert.deepEqual(types(), []);
  });
});

describe('equal work', () => {
  test('is done for a right password, a wrong one, an unknown address, and what is no address', async (t) => {
    const { accounts: own, hasher } = await accounts(t);
    await own.signUp(ADA);
    const attempts = [
      ADA,
      { ...ADA, password: 'wrong horse' },
      { ...ADA, email: 'eve@example.com' },
      { ...ADA, email: 'no address' },
    ];
    attempts.push({ ...ADA, password: 'x'.repeat(4000) }, { email: 'eve@example.com', password: '' });
    for (const credentials of attempts) {
      const before = { ...hasher.calls };
      await own.signIn(credentials);
      assert.deepEqual([hasher.calls.verify - before.verify, hasher.calls.hash - before.hash], [1, 0]);
    }
  });

  test('is done for a new address and a known one', async (t) => {
    const { accounts: own, hasher } = await accounts(t);
    for (let round = 0; round < 2; round += 1) {
      const before = hasher.calls.hash;
      await own.signUp(ADA);
      assert.equal(hasher.calls.hash - before, 1);
    }
  });

  test('tells the reason in the event alone, and no address there', async (t) => {
    const { accounts: own, told } = await accounts(t);
    await own.signUp(ADA);
    await own.signIn({ ...ADA, password: 'wrong horse' });
    await own.signIn({ ...ADA, email: 'eve@example.com' });
    const reasons = told.flatMap((event) => (event.type === 'sign_in_failed' ? [event.reason] : []));
    assert.deepEqual(reasons, ['wrong_password', 'unknown_account']);
    assert.ok(!/example\.com|horse/.test(JSON.stringify(told)));
  });
});

describe('hashes in flight', () => {
  test('are bounded, sign-up and sign-in together, and what is too much is refused at once', async (t) => {
    const { accounts: own, hasher } = await accounts(t, { hashesAtOnce: 2 });
    hasher.hold();
    const asked = Array.from({ length: 66 }, (_, n) =>
      n % 2 === 0 ? own.signIn(ADA) : own.signUp({ ...ADA, email: `a${n}@b.c` }),
    );
    const settled = Promise.allSettled(asked);
    for (let turns = 0; turns < 5; turns += 1) await turn();
    assert.equal((await rejection(own.signIn(ADA))).code, 'ERR_OVERLOADED');
    assert.equal((await rejection(own.signUp(ADA))).code, 'ERR_OVERLOADED');
    hasher.release();
    assert.ok((await settled).every(({ status }) => status === 'fulfilled'));
    assert.equal(hasher.mostAtOnce, 2);
    assert.equal((await own.signUp(ADA)).kind, 'created', 'and then there is room again');
  });
});
