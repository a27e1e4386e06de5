import { strict as assert } from 'node:assert';
import type { KeyId } from '../../domain/ids.ts';
import { GENESIS_HASH } from '../../domain/revocation.ts';
import { epochMs } from '../../domain/time.ts';
import type { Store } from '../../ports/store/store.ts';
import {
  assertChained,
  bytesOf,
  DAY_MS,
  HOUR_MS,
  LIFETIMES,
  spoil,
  type BenchCase,
  type Workbench,
} from './workbench.ts';

async function revokeTokens(bench: Workbench, store: Store, count: number, tokenMs = LIFETIMES.tokenMs) {
  const requests = Array.from(
    { length: count },
    () => ({ kind: 'token', tokenId: bench.tokenId() }) as const,
  );
  return (await store.revocations.revoke(requests, { ...LIFETIMES, tokenMs })).records;
}

export const logCases: readonly BenchCase[] = [
  {
    name: 'a new log stands at 0 with a hash of zeros and a random epoch that all instances share',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const head = await store.revocations.head();
      assert.equal(head.sequence, 0);
      assert.deepEqual(bytesOf(head.hash), bytesOf(new Uint8Array(32)));
      assert.match(head.epoch, /^[0-9a-f]{32}$/);
      assert.deepEqual(await other.revocations.head(), head);
      const elsewhere = await bench.openElsewhere();
      assert.notEqual((await elsewhere.revocations.head()).epoch, head.epoch);
      assert.deepEqual(await store.revocations.readAfter(0, 10), []);
    },
  },
  {
    name: 'a new epoch is begun once, by whichever instance knew the one before, and the log goes on',
    run: async (bench) => {
      const stores = await bench.openMany(3);
      const [store] = stores;
      assert.ok(store);
      await revokeTokens(bench, store, 2);
      const before = await store.revocations.head();
      const heads = await Promise.all(stores.map(({ revocations }) => revocations.beginEpoch(before.epoch)));
      const [first] = heads;
      assert.ok(first);
      for (const head of heads) assert.deepEqual(head, first);
      assert.match(first.epoch, /^[0-9a-f]{32}$/);
      assert.notEqual(first.epoch, before.epoch);
      assert.deepEqual({ ...first, epoch: before.epoch }, before);
      assert.deepEqual(await store.revocations.beginEpoch(before.epoch), first);
      const [record] = await revokeTokens(bench, store, 1);
      assertChained(record === undefined ? [] : [record], before);
      assert.equal((await store.revocations.readAfter(0, 10)).length, 3);
    },
  },
  {
    name: 'the log is a chain of hashes without gaps, across calls and instances',
    run: async (bench) => {
      const stores = await bench.openMany(3);
      const { epoch } = await (await bench.open()).revocations.head();
      for (let round = 0; round < 12; round += 1) {
        const store = stores[round % stores.length];
        assert.ok(store);
        const { id: sessionId } = (await bench.start(store, `user ${round}`)).session;
        const result = await store.revocations.revoke(
          [
            { kind: 'session', sessionId, reason: 'signed_out' },
            { kind: 'subject', subject: `user ${round} “é”` },
            { kind: 'token', tokenId: bench.tokenId() },
            { kind: 'key', keyId: `key-${round}` as KeyId },
            { kind: 'all' },
          ],
          LIFETIMES,
        );
        assert.deepEqual(result.head, {
          epoch,
          sequence: (round + 1) * 5,
          hash: result.records.at(-1)?.hash,
        });
        assert.deepEqual(await store.revocations.head(), result.head);
        bench.clock.advance(bench.random.below(3));
      }
      const [first] = stores;
      assert.ok(first);
      const records = await first.revocations.readAfter(0, 1000);
      assert.equal(records.length, 60);
      assertChained(records, { sequence: 0, hash: GENESIS_HASH });
    },
  },
  {
    name: 'readAfter gives the entries that revoke gave, in order, from where it is asked and as many as asked for',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const { id: sessionId } = (await bench.start(store, 'alice')).session;
      const { records } = await store.revocations.revoke(
        [
          { kind: 'session', sessionId, reason: 'reused' },
          { kind: 'subject', subject: 'Ünï "x" \u{1f511}' },
          { kind: 'all' },
          { kind: 'token', tokenId: bench.tokenId() },
          { kind: 'key', keyId: 'k' as KeyId },
        ],
        LIFETIMES,
      );
      assert.deepEqual(await other.revocations.readAfter(0, 100), records);
      assert.deepEqual(await other.revocations.readAfter(2, 2), records.slice(2, 4));
      assert.deepEqual(await other.revocations.readAfter(4, 100), records.slice(4));
      assert.deepEqual(await other.revocations.readAfter(5, 100), []);
      assert.deepEqual(await other.revocations.readAfter(99, 100), []);
      assert.deepEqual(await other.revocations.readAfter(0, 0), []);
    },
  },
  {
    name: 'readAfter leaves out what has expired, to the millisecond',
    run: async (bench) => {
      const store = await bench.open();
      await revokeTokens(bench, store, 1, 10);
      const [lasting] = await revokeTokens(bench, store, 1, 1000);
      await revokeTokens(bench, store, 1, 10);
      bench.clock.advance(9);
      assert.equal((await store.revocations.readAfter(0, 10)).length, 3);
      bench.clock.advance(1);
      assert.deepEqual(await store.revocations.readAfter(0, 10), [lasting]);
      assert.deepEqual(
        await store.revocations.readAfter(0, 1),
        [lasting],
        'what expired does not use up the limit',
      );
    },
  },
  {
    name: 'deleteExpired deletes expired entries, as many as asked for; the head stays and numbers go on',
    run: async (bench) => {
      const store = await bench.open();
      await revokeTokens(bench, store, 3, 10);
      const kept = await revokeTokens(bench, store, 2, 11);
      await revokeTokens(bench, store, 2, 10);
      const head = await store.revocations.head();
      const beforeMs = epochMs(bench.clock.nowMs() + 11);
      assert.equal(await store.revocations.deleteExpired(beforeMs, 0), 0);
      assert.equal(await store.revocations.deleteExpired(beforeMs, 2), 2);
      assert.equal(await store.revocations.deleteExpired(beforeMs, 100), 3);
      assert.equal(await store.revocations.deleteExpired(beforeMs, 100), 0);
      assert.deepEqual(await store.revocations.readAfter(0, 10), kept);
      assert.deepEqual(await store.revocations.head(), head);
      assertChained(await revokeTokens(bench, store, 2), head);
      bench.clock.advance(DAY_MS);
      assert.equal(await store.revocations.deleteExpired(bench.clock.nowMs(), 100), 4);
      const later = await store.revocations.head();
      assert.equal(later.sequence, 9);
      assertChained(await revokeTokens(bench, store, 1), later);
    },
  },
  {
    name: 'deleteExpired keeps a cut-off for as long as it can matter',
    run: async (bench) => {
      const store = await bench.open();
      const subject = 'alice';
      for (const request of [{ kind: 'subject', subject }, { kind: 'all' }] as const) {
        const { records } = await store.revocations.revoke([request], LIFETIMES);
        const [record] = records;
        assert.ok(record?.target.kind === 'subject' || record?.target.kind === 'all');
        await store.revocations.deleteExpired(record.expiresMs, 100);
        bench.clock.jump(-HOUR_MS);
        const { session } = await bench.start(store, subject);
        assert.ok(session.startedMs > record.target.beforeMs, 'the cut-off is still there');
        bench.clock.jump(HOUR_MS + DAY_MS);
      }
    },
  },
  {
    name: 'deleteExpired deletes cut-offs that have expired',
    run: async (bench) => {
      const store = await bench.open();
      await store.revocations.revoke([{ kind: 'subject', subject: 'alice' }, { kind: 'all' }], LIFETIMES);
      const afterwardsMs = epochMs(bench.clock.nowMs() + LIFETIMES.cutoffMs + 2);
      for (let round = 0; round < 10; round += 1) {
        assert.ok(
          (await store.revocations.deleteExpired(afterwardsMs, 1)) <= 1,
          'at most as many as asked for',
        );
      }
      assert.equal(await store.revocations.deleteExpired(afterwardsMs, 1), 0);
      bench.clock.jump(-HOUR_MS);
      assert.equal((await bench.start(store, 'alice')).session.startedMs, bench.clock.nowMs());
    },
  },
  {
    name: 'a cut-off that is recorded again lives as long as the later of the two',
    run: async (bench) => {
      const store = await bench.open();
      const alice = { kind: 'subject', subject: 'alice' } as const;
      const { records } = await store.revocations.revoke([alice], LIFETIMES);
      const [record] = records;
      assert.ok(record?.target.kind === 'subject');
      await store.revocations.revoke([alice], { ...LIFETIMES, cutoffMs: 1 });
      await store.revocations.deleteExpired(record.expiresMs, 100);
      bench.clock.jump(-HOUR_MS);
      assert.ok((await bench.start(store, 'alice')).session.startedMs > record.target.beforeMs);
    },
  },
  {
    name: 'entries and heads that are given out are copies',
    run: async (bench) => {
      const store = await bench.open();
      const result = await store.revocations.revoke(
        [{ kind: 'all' }, { kind: 'token', tokenId: bench.tokenId() }],
        LIFETIMES,
      );
      const original = structuredClone(result);
      spoil(result);
      spoil(await store.revocations.head());
      spoil(await store.revocations.readAfter(0, 10));
      assert.deepEqual(await store.revocations.head(), original.head);
      assert.deepEqual(await store.revocations.readAfter(0, 10), original.records);
      assertChained(await revokeTokens(bench, store, 1), original.head);
      assert.deepEqual(bytesOf(GENESIS_HASH), bytesOf(new Uint8Array(32)), 'the constant was not handed out');
    },
  },
];
