import { strict as assert } from 'node:assert';
import type { SessionId } from '../../domain/ids.ts';
import type { ChainState } from '../../domain/refresh-chain.ts';
import type { SessionEndReason } from '../../domain/session.ts';
import { epochMs } from '../../domain/time.ts';
import { bytesOf, found, HOUR_MS, LIFETIMES, rotation, type BenchCase } from './workbench.ts';

const UNKNOWN = '00000000-0000-7000-8000-000000000000' as SessionId;

/** For each field of a chain another value that the row does not have. */
const MISSES: readonly Partial<ChainState>[] = [
  { generation: 6 },
  { generation: 8 },
  { keyVersion: 4 },
  { deliveredMs: epochMs(1000) },
  { settled: true },
  { late: 2 },
  { lateDelivery: 'taken' },
  { lateDelivery: 'none' },
];

const CHAIN: ChainState = {
  generation: 7,
  keyVersion: 3,
  deliveredMs: epochMs(1001),
  settled: false,
  late: 1,
  lateDelivery: 'counted',
};

const advanceCases: readonly BenchCase[] = [
  {
    name: 'advance sets the chain and the two times of the step, and nothing else',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const bystander = await bench.start(store, 'alice');
      const record = await store.sessions.start('alice', (startedMs) => bench.row(startedMs, {}, CHAIN));
      const next: ChainState = {
        generation: 8,
        keyVersion: 4,
        deliveredMs: epochMs(2002),
        settled: true,
        late: 2,
        lateDelivery: 'taken',
      };
      const step = {
        sessionId: record.session.id,
        expected: CHAIN,
        next,
        lastRefreshedMs: epochMs(3003),
        idleExpiresMs: epochMs(4004),
        place: { addressPrefix: '203.0.113.0/24', userAgent: 'a “client”' },
      };
      assert.equal(await store.sessions.advance(step), 'advanced');
      const session = {
        ...record.session,
        lastRefreshedMs: epochMs(3003),
        idleExpiresMs: epochMs(4004),
        ...step.place,
      };
      const after = await found(other, record);
      assert.deepEqual(after, { session, chain: next, share: record.share });
      assert.deepEqual(bytesOf(after.share), bytesOf(record.share));
      assert.deepEqual(await found(store, bystander), bystander);
    },
  },
  {
    name: 'advance compares every field of the chain, and changes nothing on a conflict',
    run: async (bench) => {
      const store = await bench.open();
      const record = await store.sessions.start('alice', (startedMs) => bench.row(startedMs, {}, CHAIN));
      for (const miss of MISSES) {
        const step = { ...rotation(record, bench.clock.nowMs()), expected: { ...CHAIN, ...miss } };
        assert.equal(await store.sessions.advance(step), 'conflict', `expected ${JSON.stringify(miss)}`);
        assert.deepEqual(await found(store, record), record);
      }
      assert.equal(await store.sessions.advance(rotation(record, bench.clock.nowMs())), 'advanced');
    },
  },
  {
    name: 'the same step advances once',
    run: async (bench) => {
      const store = await bench.open();
      const record = await bench.start(store, 'alice');
      const step = rotation(record, bench.clock.nowMs());
      assert.equal(await store.sessions.advance(step), 'advanced');
      assert.equal(await store.sessions.advance(step), 'conflict');
      assert.equal((await found(store, record)).chain.generation, 2);
    },
  },
  {
    name: 'a step to the same chain advances as often as it is asked for, and sets its two times alone',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const record = await store.sessions.start('alice', (startedMs) => bench.row(startedMs, {}, CHAIN));
      const { lastRefreshedMs } = record.session;
      const step = { sessionId: record.session.id, expected: CHAIN, next: CHAIN, lastRefreshedMs };
      for (const idleExpiresMs of [epochMs(4004), epochMs(4004), epochMs(5005)]) {
        assert.equal(await store.sessions.advance({ ...step, idleExpiresMs }), 'advanced');
        const session = { ...record.session, idleExpiresMs };
        assert.deepEqual(await found(other, record), { session, chain: CHAIN, share: record.share });
      }
      const late = { ...step, idleExpiresMs: epochMs(6006) };
      const settled = { ...CHAIN, settled: true };
      const steps = [{ ...late, next: settled }, { ...late, expected: settled, next: settled }, late];
      const outcomes = [];
      for (const each of steps) outcomes.push(await other.sessions.advance(each));
      assert.deepEqual(outcomes, ['advanced', 'advanced', 'conflict']);
    },
  },
  {
    name: 'advance of an unknown session is a conflict',
    run: async (bench) => {
      const store = await bench.open();
      const record = bench.row(bench.clock.nowMs(), { id: UNKNOWN });
      assert.equal(await store.sessions.advance(rotation(record, bench.clock.nowMs())), 'conflict');
      assert.equal(await store.sessions.find(UNKNOWN), undefined);
    },
  },
  {
    name: 'a session that has ended never advances, whatever ended it',
    run: async (bench) => {
      const store = await bench.open();
      for (const reason of ['signed_out', 'revoked', 'reused'] satisfies SessionEndReason[]) {
        const record = await bench.start(store, reason);
        await store.revocations.revoke(
          [{ kind: 'session', sessionId: record.session.id, reason }],
          LIFETIMES,
        );
        assert.equal(await store.sessions.advance(rotation(record, bench.clock.nowMs())), 'conflict');
        assert.deepEqual((await found(store, record)).chain, record.chain);
      }
      const record = await bench.start(store, 'alice');
      await store.revocations.revoke([{ kind: 'subject', subject: 'alice' }], LIFETIMES);
      assert.equal(await store.sessions.advance(rotation(record, bench.clock.nowMs())), 'conflict');
    },
  },
  {
    name: 'advance refuses a row that started before a cut-off which covers it, even if nothing ended that row',
    run: async (bench) => {
      const store = await bench.open();
      for (const request of [{ kind: 'subject', subject: 'alice' }, { kind: 'all' }] as const) {
        const { records } = await store.revocations.revoke([request], LIFETIMES);
        const target = records[0]?.target;
        assert.ok(target?.kind === 'subject' || target?.kind === 'all');
        const { beforeMs } = target;
        // A row that came in by another way: its builder names a time that the store did not give.
        const older = await bench.start(store, 'alice', { startedMs: epochMs(beforeMs - 1) });
        const exactly = await bench.start(store, 'alice', { startedMs: beforeMs });
        assert.equal(
          await store.sessions.advance(rotation(older, bench.clock.nowMs())),
          'conflict',
          request.kind,
        );
        const asFound = await found(store, older);
        assert.deepEqual(asFound.chain, older.chain);
        assert.equal(asFound.session.ended?.reason, 'revoked');
        assert.equal(
          await store.sessions.advance(rotation(exactly, bench.clock.nowMs())),
          'advanced',
          request.kind,
        );
        bench.clock.advance(HOUR_MS);
      }
    },
  },
  {
    name: 'what a revocation of everybody has ended is not ended again, nor settled, nor advanced',
    run: async (bench) => {
      const store = await bench.open();
      const record = await bench.start(store, 'alice');
      const { id: sessionId } = record.session;
      await store.revocations.revoke([{ kind: 'all' }], LIFETIMES);
      const head = await store.revocations.head();
      const again = [{ kind: 'session', sessionId, reason: 'signed_out' }] as const;
      assert.deepEqual(await store.revocations.revoke(again, LIFETIMES), {
        records: [],
        endedSessions: [],
        head,
      });
      const ofAlice = await store.revocations.revoke([{ kind: 'subject', subject: 'alice' }], LIFETIMES);
      assert.deepEqual(ofAlice.endedSessions, []);
      assert.equal(await store.sessions.settle(sessionId, record.chain.generation), false);
      assert.equal((await found(store, record)).session.ended?.reason, 'revoked');
    },
  },
  {
    name: 'advance takes no notice of the cut-off of another subject',
    run: async (bench) => {
      const store = await bench.open();
      const record = await bench.start(store, 'bob');
      bench.clock.advance(HOUR_MS);
      await store.revocations.revoke([{ kind: 'subject', subject: 'alice' }], LIFETIMES);
      await store.revocations.revoke([{ kind: 'subject', subject: '' }], LIFETIMES);
      assert.equal(await store.sessions.advance(rotation(record, bench.clock.nowMs())), 'advanced');
    },
  },
];

const settleCases: readonly BenchCase[] = [
  {
    name: 'settle marks the newest generation once and says whether this call did',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const record = await store.sessions.start('alice', (startedMs) => bench.row(startedMs, {}, CHAIN));
      assert.equal(await store.sessions.settle(record.session.id, 7), true);
      const settled = { ...record, chain: { ...CHAIN, settled: true } };
      assert.deepEqual(await found(other, record), settled);
      assert.equal(await store.sessions.settle(record.session.id, 7), false);
      assert.equal(await other.sessions.settle(record.session.id, 7), false);
      assert.deepEqual(await found(store, record), settled);
    },
  },
  {
    name: 'settle leaves other generations, ended sessions and unknown ids alone',
    run: async (bench) => {
      const store = await bench.open();
      const record = await store.sessions.start('alice', (startedMs) => bench.row(startedMs, {}, CHAIN));
      const { id: sessionId } = record.session;
      assert.equal(await store.sessions.settle(sessionId, 6), false);
      assert.equal(await store.sessions.settle(sessionId, 8), false);
      assert.equal(await store.sessions.settle(UNKNOWN, 7), false);
      assert.deepEqual(await found(store, record), record);
      await store.revocations.revoke([{ kind: 'session', sessionId, reason: 'signed_out' }], LIFETIMES);
      assert.equal(await store.sessions.settle(sessionId, 7), false);
      assert.equal((await found(store, record)).chain.settled, false);
    },
  },
  {
    name: 'a step that does not know of the settling conflicts; one that does advances',
    run: async (bench) => {
      const store = await bench.open();
      const record = await bench.start(store, 'alice');
      const step = rotation(record, bench.clock.nowMs());
      assert.equal(await store.sessions.settle(record.session.id, 1), true);
      assert.equal(await store.sessions.advance(step), 'conflict');
      assert.equal(
        await store.sessions.advance({ ...step, expected: { ...record.chain, settled: true } }),
        'advanced',
      );
      assert.equal(await store.sessions.settle(record.session.id, 1), false);
      assert.equal(await store.sessions.settle(record.session.id, 2), true);
    },
  },
];

export const chainCases: readonly BenchCase[] = [...advanceCases, ...settleCases];
