import { strict as assert } from 'node:assert';
import type { SessionId } from '../../domain/ids.ts';
import type { SessionEndReason } from '../../domain/session.ts';
import { epochMs } from '../../domain/time.ts';
import { found, HOUR_MS, LIFETIMES, spoil, type BenchCase } from './workbench.ts';

const UNKNOWN = '00000000-0000-7000-8000-000000000000' as SessionId;

const readCases: readonly BenchCase[] = [
  {
    name: 'find gives the row with the time of the store’s clock, and nothing for an unknown id',
    run: async (bench) => {
      const store = await bench.open();
      const record = await bench.start(store, 'alice');
      assert.equal(await store.sessions.find(UNKNOWN), undefined);
      bench.clock.advance(1234);
      assert.equal((await store.sessions.find(record.session.id))?.nowMs, bench.clock.nowMs());
      bench.clock.jump(-HOUR_MS);
      assert.equal((await store.sessions.find(record.session.id))?.nowMs, bench.clock.nowMs());
    },
  },
  {
    name: 'find gives ended sessions too, with when and why they ended',
    run: async (bench) => {
      const store = await bench.open();
      for (const reason of ['signed_out', 'revoked', 'reused', 'displaced'] satisfies SessionEndReason[]) {
        const record = await bench.start(store, 'alice');
        bench.clock.advance(7);
        await store.revocations.revoke(
          [{ kind: 'session', sessionId: record.session.id, reason }],
          LIFETIMES,
        );
        const ended = { atMs: bench.clock.nowMs(), reason };
        assert.deepEqual(await found(store, record), { ...record, session: { ...record.session, ended } });
      }
    },
  },
  {
    name: 'what goes in and what comes out are copies',
    run: async (bench) => {
      const store = await bench.open();
      let built: unknown;
      const given = await store.sessions.start('alice', (startedMs) => {
        const row = bench.row(startedMs, { claims: { roles: ['admin'] } });
        built = row;
        return row;
      });
      const original = structuredClone(given);
      spoil(built);
      spoil(given);
      assert.deepEqual(await found(store, original), original);
      spoil(await found(store, original));
      spoil(await store.sessions.listLive('alice', 10));
      assert.deepEqual(await found(store, original), original);
      assert.deepEqual(await store.sessions.listLive('alice', 10), [original.session]);
    },
  },
  {
    name: 'listLive gives a subject’s sessions, newest first, as many as asked for',
    run: async (bench) => {
      const store = await bench.open();
      const ids: SessionId[] = [];
      for (let count = 0; count < 5; count += 1) {
        ids.unshift((await bench.start(store, 'alice')).session.id);
        await bench.start(store, 'bob');
        bench.clock.advance(1);
      }
      const listed = async (limit: number) =>
        (await store.sessions.listLive('alice', limit)).map(({ id }) => id);
      assert.deepEqual(await listed(10), ids);
      assert.deepEqual(await listed(2), ids.slice(0, 2));
      assert.deepEqual(await listed(0), []);
      assert.deepEqual(await store.sessions.listLive('nobody', 10), []);
    },
  },
  {
    name: 'listLive leaves out what has ended and what has expired, idle or absolutely, to the millisecond',
    run: async (bench) => {
      const store = await bench.open();
      const nowMs = bench.clock.nowMs();
      const soonMs = epochMs(nowMs + 10);
      const idle = await bench.start(store, 'alice', { idleExpiresMs: soonMs });
      const absolute = await bench.start(store, 'alice', { absoluteExpiresMs: soonMs });
      const ended = await bench.start(store, 'alice');
      const lasting = await bench.start(store, 'alice');
      const { id: sessionId } = ended.session;
      await store.revocations.revoke([{ kind: 'session', sessionId, reason: 'signed_out' }], LIFETIMES);
      const listed = async () => new Set((await store.sessions.listLive('alice', 10)).map(({ id }) => id));
      bench.clock.advance(9);
      assert.deepEqual(await listed(), new Set([idle.session.id, absolute.session.id, lasting.session.id]));
      bench.clock.advance(1);
      assert.deepEqual(await listed(), new Set([lasting.session.id]));
    },
  },
];

const deletionCases: readonly BenchCase[] = [
  {
    name: 'deleteExpired deletes sessions whose absolute expiry lies before the time given, live ones never',
    run: async (bench) => {
      const store = await bench.open();
      const nowMs = bench.clock.nowMs();
      const before = await bench.start(store, 'alice', { absoluteExpiresMs: epochMs(nowMs + 9) });
      const exactly = await bench.start(store, 'alice', { absoluteExpiresMs: epochMs(nowMs + 10) });
      const idleOnly = await bench.start(store, 'alice', { idleExpiresMs: epochMs(nowMs + 1) });
      const ended = await bench.start(store, 'alice');
      const { id: sessionId } = ended.session;
      await store.revocations.revoke([{ kind: 'session', sessionId, reason: 'signed_out' }], LIFETIMES);
      assert.equal(await store.sessions.deleteExpired(epochMs(nowMs + 10), 100), 1);
      assert.equal(await store.sessions.find(before.session.id), undefined);
      for (const kept of [exactly, idleOnly, ended]) await found(store, kept);
    },
  },
  {
    name: 'deleteExpired deletes as many as asked for and says how many',
    run: async (bench) => {
      const store = await bench.open();
      const pastMs = epochMs(bench.clock.nowMs() - 1);
      for (let count = 0; count < 5; count += 1)
        await bench.start(store, 'alice', { absoluteExpiresMs: pastMs });
      const kept = await bench.start(store, 'alice');
      assert.equal(await store.sessions.deleteExpired(bench.clock.nowMs(), 0), 0);
      assert.equal(await store.sessions.deleteExpired(bench.clock.nowMs(), 3), 3);
      assert.equal(await store.sessions.deleteExpired(bench.clock.nowMs(), 3), 2);
      assert.equal(await store.sessions.deleteExpired(bench.clock.nowMs(), 3), 0);
      await found(store, kept);
    },
  },
];

export const sessionCases: readonly BenchCase[] = [...readCases, ...deletionCases];
