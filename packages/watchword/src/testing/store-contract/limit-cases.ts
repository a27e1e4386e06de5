import { strict as assert } from 'node:assert';
import type { SessionId } from '../../domain/ids.ts';
import type { SessionRecord } from '../../domain/session.ts';
import { epochMs } from '../../domain/time.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { SessionRoom } from '../../ports/store/session-store.ts';
import type { Store } from '../../ports/store/store.ts';
import { DAY_MS, found, LIFETIMES, ONE_EACH, rotation, type BenchCase, type Workbench } from './workbench.ts';

const TWO: SessionRoom = { ...ONE_EACH, perSubject: 2 };

/** Starts a session of alice a millisecond later than the one before, if there is room. */
function startIn(bench: Workbench, store: Store, room: SessionRoom) {
  bench.clock.advance(1);
  return store.sessions.startWithin(room, 'alice', (startedMs) => bench.row(startedMs));
}

function startAtOnce(bench: Workbench, stores: readonly Store[], room: SessionRoom, count: number) {
  const starting = Array.from({ length: count }, async (_, index) => {
    const store = stores[index % stores.length];
    return store && startIn(bench, store, room);
  });
  return Promise.allSettled(starting);
}

async function liveIds(store: Store): Promise<SessionId[]> {
  return (await store.sessions.listLive('alice', 100)).map(({ id }) => id);
}

function idsOf(...records: readonly SessionRecord[]): SessionId[] {
  return records.map(({ session }) => session.id);
}

function isLimit(error: unknown): boolean {
  return error instanceof WatchwordError && error.code === 'ERR_SESSION_LIMIT';
}

const displacing: readonly BenchCase[] = [
  {
    name: 'startWithin starts sessions as start does while there is room',
    run: async (bench) => {
      const store = await bench.open();
      await bench.start(store, 'bob');
      await store.revocations.revoke([{ kind: 'subject', subject: 'alice' }], LIFETIMES);
      const { record: first, displaced } = await startIn(bench, store, TWO);
      const { record: second } = await startIn(bench, store, TWO);
      assert.equal(displaced, undefined);
      assert.deepEqual(await found(store, first), first);
      assert.deepEqual(await liveIds(store), idsOf(second, first));
      assert.equal((await store.revocations.head()).sequence, 1);
    },
  },
  {
    name: 'startWithin ends the oldest where there is no room, as a revocation that the log tells of',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const { record: first } = await startIn(bench, store, TWO);
      const { record: second } = await startIn(bench, store, TWO);
      const { record: third, displaced } = await startIn(bench, store, TWO);
      assert.deepEqual(displaced?.endedSessions, [{ sessionId: first.session.id, subject: 'alice' }]);
      assert.deepEqual(await store.revocations.readAfter(0, 10), displaced.records);
      assert.deepEqual(displaced.records[0]?.target, { kind: 'session', sessionId: first.session.id });
      assert.deepEqual(await liveIds(other), idsOf(third, second));
      const { ended } = (await found(other, first)).session;
      assert.deepEqual(ended, { atMs: bench.clock.nowMs(), reason: 'displaced' });
      assert.equal(await other.sessions.advance(rotation(first, bench.clock.nowMs())), 'conflict');
    },
  },
  {
    name: 'startWithin makes room for a limit that was lowered, and leaves other subjects alone',
    run: async (bench) => {
      const store = await bench.open();
      const bob = await bench.start(store, 'bob');
      const records: SessionRecord[] = [];
      for (let count = 0; count < 5; count += 1) {
        bench.clock.advance(1);
        records.push(await bench.start(store, 'alice'));
      }
      const { record, displaced } = await startIn(bench, store, TWO);
      assert.equal(displaced?.endedSessions.length, 4);
      assert.deepEqual(await liveIds(store), idsOf(record, ...records.slice(4)));
      assert.deepEqual(await found(store, bob), bob);
    },
  },
  {
    name: 'startWithin counts neither what has ended or expired nor the one that is to be replaced',
    run: async (bench) => {
      const store = await bench.open();
      const soonMs = epochMs(bench.clock.nowMs() + 5);
      const replaced = await bench.start(store, 'alice');
      await bench.start(store, 'alice', { idleExpiresMs: soonMs });
      await bench.start(store, 'alice', { absoluteExpiresMs: soonMs });
      const { id: sessionId } = (await bench.start(store, 'alice')).session;
      await store.revocations.revoke([{ kind: 'session', sessionId, reason: 'signed_out' }], LIFETIMES);
      bench.clock.advance(10);
      const room: SessionRoom = { ...TWO, whenReached: 'refuse', except: replaced.session.id };
      const { record: first } = await startIn(bench, store, room);
      const { record: second } = await startIn(bench, store, room);
      assert.deepEqual(await liveIds(store), idsOf(second, first, replaced));
      const displacing = await startIn(bench, store, { ...room, whenReached: 'end_oldest' });
      assert.deepEqual(displacing.displaced?.endedSessions, [
        { sessionId: first.session.id, subject: 'alice' },
      ]);
    },
  },
  {
    name: 'startWithin ends what a clock that was set back has made the oldest, not what was started last',
    run: async (bench) => {
      const store = await bench.open();
      const { record: first } = await startIn(bench, store, TWO);
      bench.clock.jump(-DAY_MS);
      const { record: second } = await startIn(bench, store, TWO);
      const { record: third } = await startIn(bench, store, TWO);
      assert.deepEqual(await liveIds(store), idsOf(first, third));
      assert.equal((await found(store, second)).session.ended?.reason, 'displaced');
    },
  },
];

const refusing: readonly BenchCase[] = [
  {
    name: 'startWithin refuses where it may end nobody, and nothing was changed',
    run: async (bench) => {
      const store = await bench.open();
      const room: SessionRoom = { ...TWO, whenReached: 'refuse' };
      const { record: first } = await startIn(bench, store, room);
      const { record: second } = await startIn(bench, store, room);
      await assert.rejects(startIn(bench, store, room), isLimit);
      assert.deepEqual(await liveIds(store), idsOf(second, first));
      assert.equal((await store.revocations.head()).sequence, 0);
    },
  },
  {
    name: 'startWithin undoes the room that it made if the row cannot be built',
    run: async (bench) => {
      const store = await bench.open();
      const { record: only } = await startIn(bench, store, ONE_EACH);
      const trouble = new Error('no');
      const starting = store.sessions.startWithin(ONE_EACH, 'alice', () => {
        throw trouble;
      });
      await assert.rejects(starting, (error) => error === trouble);
      assert.deepEqual(await found(store, only), only);
      assert.equal((await store.revocations.head()).sequence, 0);
    },
  },
];

const races: readonly BenchCase[] = [
  {
    name: 'of 30 concurrent starts over four instances none brings a subject above its limit',
    run: async (bench) => {
      const stores = await bench.openMany(4);
      const [store] = stores;
      assert.ok(store);
      for (const whenReached of ['refuse', 'end_oldest'] as const) {
        const room: SessionRoom = { ...TWO, perSubject: 3, whenReached };
        const outcomes = await startAtOnce(bench, stores, room, 30);
        const started = outcomes.filter(({ status }) => status === 'fulfilled').length;
        assert.equal(started, whenReached === 'refuse' ? 3 : 30);
        for (const outcome of outcomes) assert.ok(outcome.status === 'fulfilled' || isLimit(outcome.reason));
        assert.equal((await liveIds(store)).length, 3);
      }
    },
  },
];

export const limitCases: readonly BenchCase[] = [...displacing, ...refusing, ...races];
