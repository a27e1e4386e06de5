import { strict as assert } from 'node:assert';
import { GENESIS_HASH, type RevocationRecord } from '../../domain/revocation.ts';
import { sessionStatus, type SessionRecord } from '../../domain/session.ts';
import { epochMs } from '../../domain/time.ts';
import type { Store } from '../../ports/store/store.ts';
import { assertChained, found, LIFETIMES, rotation, type BenchCase, type Workbench } from './workbench.ts';

const INSTANCES = 4;
const CALLS = 50;

/** Makes all calls at once, spread over the stores. */
async function race<Result>(
  stores: readonly Store[],
  call: (store: Store, index: number) => Promise<Result>,
) {
  return Promise.all(
    Array.from({ length: CALLS }, (_, index) => {
      const store = stores[index % stores.length];
      assert.ok(store);
      return call(store, index);
    }),
  );
}

function countOf<Value>(values: readonly Value[], value: Value): number {
  return values.filter((one) => one === value).length;
}

async function openForRace(bench: Workbench): Promise<[Store, readonly Store[]]> {
  const stores = await bench.openMany(INSTANCES);
  const [first] = stores;
  assert.ok(first);
  return [first, stores];
}

const crowdCases: readonly BenchCase[] = [
  {
    name: 'whatever is read in the midst of many writes, or right after them, is there',
    run: async (bench) => {
      const [store, stores] = await openForRace(bench);
      const starts = race(stores, (instance) => bench.start(instance, 'alice'));
      const midst = race(stores, (instance) => instance.keys.read());
      const heads = race(stores, (instance) => instance.revocations.head());
      assert.equal((await starts).length, CALLS);
      for (const ring of await midst) assert.equal(ring.revision, 0);
      for (const head of await heads) assert.equal(head.sequence, 0);
      assert.equal((await store.keys.read()).revision, 0);
      assert.equal((await store.sessions.listLive('alice', 100)).length, CALLS);
    },
  },
];

const chainRaces: readonly BenchCase[] = [
  {
    name: `of ${CALLS} concurrent equal steps exactly one advances`,
    run: async (bench) => {
      const [store, stores] = await openForRace(bench);
      const record = await bench.start(store, 'alice');
      const step = rotation(record, bench.clock.nowMs());
      const outcomes = await race(stores, (instance) => instance.sessions.advance(step));
      assert.equal(countOf(outcomes, 'advanced'), 1);
      assert.deepEqual((await found(store, record)).chain, step.next);
    },
  },
  {
    name: `of ${CALLS} concurrent steps from one state exactly one advances, and it is that one which is kept`,
    run: async (bench) => {
      const [store, stores] = await openForRace(bench);
      const record = await bench.start(store, 'alice');
      const outcomes = await race(stores, (instance, index) =>
        instance.sessions.advance(rotation(record, epochMs(bench.clock.nowMs() + index))),
      );
      assert.equal(countOf(outcomes, 'advanced'), 1);
      const winner = epochMs(bench.clock.nowMs() + outcomes.indexOf('advanced'));
      const row = await found(store, record);
      assert.equal(row.chain.deliveredMs, winner);
      assert.equal(row.session.lastRefreshedMs, winner);
      assert.equal(row.chain.generation, 2);
    },
  },
  {
    name: 'readers that then step lose no step of each other',
    run: async (bench) => {
      const [store, stores] = await openForRace(bench);
      const record = await bench.start(store, 'alice');
      const advanced = await race(stores, async (instance) => {
        let count = 0;
        for (let round = 0; round < 4; round += 1) {
          const row = await found(instance, record);
          if ((await instance.sessions.advance(rotation(row, bench.clock.nowMs()))) === 'advanced')
            count += 1;
        }
        return count;
      });
      const total = advanced.reduce((sum, count) => sum + count, 0);
      assert.ok(total > 0);
      assert.equal((await found(store, record)).chain.generation, 1 + total);
    },
  },
  {
    name: `of ${CALLS} concurrent settlings exactly one is told that it settled`,
    run: async (bench) => {
      const [store, stores] = await openForRace(bench);
      const { id } = (await bench.start(store, 'alice')).session;
      const outcomes = await race(stores, (instance) => instance.sessions.settle(id, 1));
      assert.equal(countOf(outcomes, true), 1);
    },
  },
];

const revocationRaces: readonly BenchCase[] = [
  {
    name: 'concurrent revocations get numbers without gaps, and each is told its own',
    run: async (bench) => {
      const [store, stores] = await openForRace(bench);
      const results = await race(stores, (instance, index) =>
        instance.revocations.revoke(
          [
            { kind: 'token', tokenId: bench.tokenId() },
            index % 3 === 0 ? { kind: 'all' } : { kind: 'subject', subject: `user ${index}` },
          ],
          LIFETIMES,
        ),
      );
      const log = await store.revocations.readAfter(0, 1000);
      assert.equal(log.length, CALLS * 2);
      assertChained(log, { sequence: 0, hash: GENESIS_HASH });
      const bySequence = new Map<number, RevocationRecord>(log.map((record) => [record.sequence, record]));
      for (const { records, head } of results) {
        for (const record of records) assert.deepEqual(bySequence.get(record.sequence), record);
        assert.equal(head.sequence, records.at(-1)?.sequence, 'the head is where this call left it');
      }
    },
  },
  {
    name: `of ${CALLS} concurrent revocations of one session exactly one appends, and names it as ended`,
    run: async (bench) => {
      const [store, stores] = await openForRace(bench);
      const { id: sessionId } = (await bench.start(store, 'alice')).session;
      const results = await race(stores, (instance) =>
        instance.revocations.revoke([{ kind: 'session', sessionId, reason: 'signed_out' }], LIFETIMES),
      );
      assert.equal(results.flatMap(({ records }) => records).length, 1);
      assert.equal(results.flatMap(({ endedSessions }) => endedSessions).length, 1);
      assert.equal((await store.revocations.head()).sequence, 1);
    },
  },
  {
    name: 'starts and rotations against revocations: no live session is older than a cut-off, none advances after it',
    run: async (bench) => {
      const [store, stores] = await openForRace(bench);
      const rows: SessionRecord[] = [];
      for (let count = 0; count < 8; count += 1)
        rows.push(await bench.start(store, count % 2 ? 'alice' : 'bob'));
      const started: SessionRecord[] = [...rows];
      const cutoffs: { subject: string | undefined; beforeMs: number }[] = [];
      await race(stores, async (instance, index) => {
        if (bench.random.below(3) === 0) bench.clock.jump(bench.random.below(21) - 10);
        if (index % 5 === 0) {
          const request =
            index % 10 === 0 ? ({ kind: 'all' } as const) : ({ kind: 'subject', subject: 'alice' } as const);
          const covered = [...started];
          const { records } = await instance.revocations.revoke([request], LIFETIMES);
          const target = records[0]?.target;
          assert.ok(target?.kind === 'all' || target?.kind === 'subject');
          cutoffs.push({
            subject: target.kind === 'subject' ? target.subject : undefined,
            beforeMs: target.beforeMs,
          });
          for (const record of covered) {
            if (target.kind === 'subject' && record.session.subject !== 'alice') continue;
            const row = await found(instance, record);
            assert.ok(row.session.ended !== undefined, 'what had started before the revocation has ended');
            assert.equal(await instance.sessions.advance(rotation(row, bench.clock.nowMs())), 'conflict');
          }
        } else if (index % 5 === 1) {
          started.push(await bench.start(instance, index % 2 ? 'alice' : 'bob'));
        } else {
          const record = rows[index % rows.length];
          assert.ok(record);
          await instance.sessions.advance(rotation(await found(instance, record), bench.clock.nowMs()));
        }
      });
      for (const record of started) {
        const { session } = await found(store, record);
        if (sessionStatus(session, bench.clock.nowMs()) !== 'live') continue;
        for (const { subject, beforeMs } of cutoffs) {
          if (subject === undefined || subject === session.subject) assert.ok(session.startedMs >= beforeMs);
        }
      }
    },
  },
];

const otherRaces: readonly BenchCase[] = [
  {
    name: `of ${CALLS} concurrent sign-ups with one address exactly one is created`,
    run: async (bench) => {
      const [store, stores] = await openForRace(bench);
      const records = Array.from({ length: CALLS }, () => bench.account('alice@example.com'));
      const address = { text: 'alice@example.com', key: 'alice@example.com' };
      const outcomes = await race(stores, (instance, index) => {
        const record = records[index];
        assert.ok(record);
        return instance.accounts.create(record, address);
      });
      assert.equal(countOf(outcomes, 'created'), 1);
      assert.deepEqual(await store.accounts.findByEmail(address.key), records[outcomes.indexOf('created')]);
    },
  },
  {
    name: `of ${CALLS} concurrent changes of one key ring exactly one is committed`,
    run: async (bench) => {
      const [store, stores] = await openForRace(bench);
      const changes = Array.from({ length: CALLS }, () => ({
        expectedRevision: 0,
        signingKeys: [bench.signingKey()],
        roots: [bench.root('refresh', 1)],
        revoke: { requests: [{ kind: 'token' as const, tokenId: bench.tokenId() }], lifetimes: LIFETIMES },
      }));
      const outcomes = await race(stores, async (instance, index) => {
        const change = changes[index];
        assert.ok(change);
        return (await instance.keys.change(change)).kind;
      });
      assert.equal(countOf(outcomes, 'committed'), 1);
      const winner = changes[outcomes.indexOf('committed')];
      const { signingKeys, roots } = await store.keys.read();
      assert.deepEqual({ signingKeys, roots }, { signingKeys: winner?.signingKeys, roots: winner?.roots });
      assert.equal((await store.revocations.head()).sequence, 1);
    },
  },
  {
    name: 'lifetimes that are raised concurrently end at their maxima',
    run: async (bench) => {
      const [store, stores] = await openForRace(bench);
      await race(stores, (instance, index) =>
        instance.raiseLifetimes({ tokenMs: index, sessionMs: CALLS - index }),
      );
      const lifetimes = await store.raiseLifetimes({ tokenMs: 0, sessionMs: 0 });
      assert.deepEqual(lifetimes, { tokenMs: CALLS - 1, sessionMs: CALLS });
    },
  },
  {
    name: 'many instances that open one new store at once agree on it',
    run: async (bench) => {
      const stores = await Promise.all(Array.from({ length: 8 }, () => bench.open()));
      const heads = await Promise.all(stores.map((store) => store.revocations.head()));
      assert.equal(new Set(heads.map(({ epoch }) => epoch)).size, 1);
    },
  },
];

export const raceCases: readonly BenchCase[] = [
  ...crowdCases,
  ...chainRaces,
  ...revocationRaces,
  ...otherRaces,
];
