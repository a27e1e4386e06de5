import { strict as assert } from 'node:assert';
import type { ChainState } from '../../domain/refresh-chain.ts';
import type { Session } from '../../domain/session.ts';
import { epochMs } from '../../domain/time.ts';
import { DAY_MS, found, HOUR_MS, LIFETIMES, type BenchCase } from './workbench.ts';

export const startCases: readonly BenchCase[] = [
  {
    name: 'start gives the row that was built, at the time of the store’s clock, and keeps exactly that',
    run: async (bench) => {
      const store = await bench.open();
      const times: number[] = [];
      const record = await store.sessions.start('alice', (startedMs) => {
        times.push(startedMs);
        return bench.row(startedMs);
      });
      assert.equal(times.at(-1), bench.clock.nowMs());
      assert.equal(record.session.startedMs, bench.clock.nowMs());
      assert.deepEqual(await found(store, record), record);
    },
  },
  {
    name: 'a row comes back whole, whatever it holds',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const overrides: Partial<Session> = {
        subject: 'Ünï|"\\\'; DROP TABLE sessions; -- \u{1f511} \ufffd end',
        clientId: '',
        delivery: 'body',
        remembered: false,
        addressPrefix: '2001:db8:1::/48',
        userAgent: "Ünï\\'/1.0 (\u{1f511})",
        audience: ['https://a.example', 'urn:b', ''],
        scope: ['read', 'write:all'],
        amr: [],
        claims: {
          list: [1, -2.5, 1e300, null, true, { deep: ['x', {}] }],
          'a key': '',
          null: null,
          7: 'seven',
        },
        authenticatedMs: epochMs(bench.clock.nowMs() - 5),
        lastRefreshedMs: epochMs(0),
        idleExpiresMs: epochMs(4_102_444_800_001),
        absoluteExpiresMs: epochMs(8_640_000_000_000_000),
      };
      const chain: ChainState = {
        generation: 0xffff_ffff,
        keyVersion: 255,
        deliveredMs: epochMs(bench.clock.nowMs() + 1),
        settled: true,
        late: 3,
        lateDelivery: 'taken',
      };
      const record = await store.sessions.start(overrides.subject ?? '', (startedMs) =>
        bench.row(startedMs, overrides, chain),
      );
      assert.deepEqual(await found(other, record), record);
      assert.deepEqual(await other.sessions.listLive(record.session.subject, 10), [record.session]);
    },
  },
  {
    name: 'a subject or client that a store cannot keep exactly is refused, never mixed up with another',
    run: async (bench) => {
      const store = await bench.open();
      const lookalikes = ['a', '\ufffd', 'x\ufffdy', ''];
      for (const subject of lookalikes) await bench.start(store, subject);
      for (const odd of ['a\0b', '\ud800', 'x\udc00y', '\0']) {
        assert.deepEqual(await store.sessions.listLive(odd, 10), [], JSON.stringify(odd));
        for (const overrides of [{ subject: odd }, { subject: 'client', clientId: odd }]) {
          const record = await bench.start(store, overrides.subject, overrides).catch(() => undefined);
          if (record !== undefined) assert.deepEqual(await found(store, record), record);
        }
        const requests = [{ kind: 'subject', subject: odd }] as const;
        const result = await store.revocations.revoke(requests, LIFETIMES).catch(() => undefined);
        if (result === undefined) continue;
        assert.deepEqual(await store.revocations.readAfter(result.head.sequence - 1, 1), result.records);
      }
      for (const subject of lookalikes) assert.equal((await store.sessions.listLive(subject, 10)).length, 1);
    },
  },
  {
    name: 'a session of a subject that was cut off in this millisecond starts later, and lives',
    run: async (bench) => {
      const store = await bench.open();
      const { records } = await store.revocations.revoke([{ kind: 'subject', subject: 'alice' }], LIFETIMES);
      const [entry] = records;
      assert.ok(entry?.target.kind === 'subject');
      const record = await bench.start(store, 'alice');
      assert.ok(record.session.startedMs > entry.target.beforeMs, 'it starts after the cut-off');
      const atMs = record.session.startedMs;
      const next = { ...record.chain, generation: 2 };
      const step = {
        sessionId: record.session.id,
        expected: record.chain,
        next,
        lastRefreshedMs: atMs,
        idleExpiresMs: atMs,
        place: {},
      };
      assert.equal(await store.sessions.advance(step), 'advanced');
    },
  },
  {
    name: 'after a cut-off for everybody each session starts later, also when the clock was set back an hour',
    run: async (bench) => {
      const store = await bench.open();
      await bench.start(store, 'alice');
      const { records } = await store.revocations.revoke([{ kind: 'all' }], LIFETIMES);
      const [entry] = records;
      assert.ok(entry?.target.kind === 'all');
      bench.clock.jump(-HOUR_MS);
      for (const subject of ['alice', 'bob']) {
        const { session } = await bench.start(store, subject);
        assert.equal(
          session.startedMs,
          entry.target.beforeMs + 1,
          'cut-off + 1, because the clock is behind it',
        );
      }
    },
  },
  {
    name: 'of a cut-off for everybody and one for the subject the greater decides when a session starts',
    run: async (bench) => {
      const store = await bench.open();
      const revoke = async (request: { kind: 'all' } | { kind: 'subject'; subject: string }) => {
        const { records } = await store.revocations.revoke([request], LIFETIMES);
        const target = records[0]?.target;
        assert.ok(target?.kind === 'all' || target?.kind === 'subject');
        return target.beforeMs;
      };
      bench.clock.advance(10);
      const forAlice = await revoke({ kind: 'subject', subject: 'alice' });
      bench.clock.jump(-5);
      const forAll = await revoke({ kind: 'all' });
      bench.clock.jump(2);
      const forBob = await revoke({ kind: 'subject', subject: 'bob' });
      bench.clock.jump(-DAY_MS);
      assert.ok(forAlice > forBob && forBob > forAll);
      assert.equal((await bench.start(store, 'alice')).session.startedMs, forAlice + 1);
      assert.equal((await bench.start(store, 'bob')).session.startedMs, forBob + 1);
      assert.equal((await bench.start(store, 'carol')).session.startedMs, forAll + 1);
    },
  },
  {
    name: 'the cut-off of one subject does not move the sessions of another',
    run: async (bench) => {
      const store = await bench.open();
      await store.revocations.revoke([{ kind: 'subject', subject: 'alice' }], LIFETIMES);
      assert.equal((await bench.start(store, 'bob')).session.startedMs, bench.clock.nowMs());
      assert.equal((await bench.start(store, 'ALICE')).session.startedMs, bench.clock.nowMs());
      assert.equal((await bench.start(store, '')).session.startedMs, bench.clock.nowMs());
    },
  },
  {
    name: 'a builder that throws starts nothing, and its error comes through',
    run: async (bench) => {
      const store = await bench.open();
      const trouble = new Error('no');
      const starting = store.sessions.start('alice', () => {
        throw trouble;
      });
      await assert.rejects(starting, (error) => error === trouble);
      assert.deepEqual(await store.sessions.listLive('alice', 10), []);
      await bench.start(store, 'alice');
      assert.equal((await store.sessions.listLive('alice', 10)).length, 1);
    },
  },
  {
    name: 'a second session with the id of another is refused, and the first stays as it is',
    run: async (bench) => {
      const store = await bench.open();
      const record = await bench.start(store, 'alice');
      await assert.rejects(bench.start(store, 'mallory', { id: record.session.id }));
      assert.deepEqual(await found(store, record), record);
      assert.deepEqual(await store.sessions.listLive('mallory', 10), []);
    },
  },
];
