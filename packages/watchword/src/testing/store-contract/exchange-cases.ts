import { strict as assert } from 'node:assert';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { Exchange } from '../../ports/store/exchange-store.ts';
import type { Store } from '../../ports/store/store.ts';
import { DAY_MS, LIFETIMES, ONE_EACH, spoil, type BenchCase, type Workbench } from './workbench.ts';

function exchangeOf(bench: Workbench, keptMs = DAY_MS): Exchange {
  return { key: bench.random.bytes(32), keptMs };
}

function start(bench: Workbench, store: Store, exchange: Exchange, subject = 'alice') {
  return store.sessions.start(subject, (startedMs) => bench.row(startedMs, { subject }), exchange);
}

function isExchanged(error: unknown): boolean {
  return error instanceof WatchwordError && error.code === 'ERR_EXCHANGED';
}

async function liveIds(store: Store, subject = 'alice') {
  return (await store.sessions.listLive(subject, 100)).map(({ id }) => id);
}

const takingCases: readonly BenchCase[] = [
  {
    name: 'a credential that was given up is found with its session and the store’s time, and no other is',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const exchange = exchangeOf(bench);
      assert.equal(await store.exchanges.find(exchange.key), undefined);
      await store.revocations.revoke([{ kind: 'subject', subject: 'alice' }], LIFETIMES);
      const atMs = bench.clock.nowMs();
      const record = await start(bench, store, exchange);
      bench.clock.advance(5);
      assert.deepEqual(await other.exchanges.find(exchange.key), { sessionId: record.session.id, atMs });
      assert.equal(await other.exchanges.find(bench.random.bytes(32)), undefined);
      assert.equal(await (await bench.openElsewhere()).exchanges.find(exchange.key), undefined);
    },
  },
  {
    name: 'a credential is given up once: for a second start of anybody it is refused, and nothing was changed',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const exchange = exchangeOf(bench);
      const first = await start(bench, store, exchange);
      const before = await store.exchanges.find(exchange.key);
      bench.clock.advance(2 * DAY_MS);
      for (const subject of ['alice', 'bob']) {
        await assert.rejects(start(bench, other, exchange, subject), isExchanged);
        const within = other.sessions.startWithin(ONE_EACH, subject, (ms) => bench.row(ms), exchange);
        await assert.rejects(within, isExchanged);
      }
      assert.deepEqual(await liveIds(store), [first.session.id], 'nobody had to make room');
      assert.deepEqual(await liveIds(store, 'bob'), []);
      assert.equal((await store.revocations.head()).sequence, 0);
      assert.deepEqual(await store.exchanges.find(exchange.key), before);
    },
  },
  {
    name: 'startWithin takes the credential where it starts a session, and leaves it where there is no room',
    run: async (bench) => {
      const store = await bench.open();
      await bench.start(store, 'alice');
      const exchange = exchangeOf(bench);
      const begin = (whenReached: 'refuse' | 'end_oldest') =>
        store.sessions.startWithin(
          { ...ONE_EACH, whenReached },
          'alice',
          (startedMs) => bench.row(startedMs),
          exchange,
        );
      await assert.rejects(begin('refuse'), { code: 'ERR_SESSION_LIMIT' });
      assert.equal(await store.exchanges.find(exchange.key), undefined);
      const { record } = await begin('end_oldest');
      assert.equal((await store.exchanges.find(exchange.key))?.sessionId, record.session.id);
      await assert.rejects(begin('refuse'), isExchanged, 'which of the two comes first');
    },
  },
  {
    name: 'a start that fails takes no credential',
    run: async (bench) => {
      const store = await bench.open();
      const exchange = exchangeOf(bench);
      const failing = store.sessions.start(
        'alice',
        () => {
          throw new RangeError('a defect');
        },
        exchange,
      );
      await assert.rejects(failing);
      const { session } = await bench.start(store, 'alice');
      const taken = store.sessions.start(
        'alice',
        (startedMs) => bench.row(startedMs, { id: session.id }),
        exchange,
      );
      await assert.rejects(taken, 'the id exists already');
      assert.equal(await store.exchanges.find(exchange.key), undefined);
      await start(bench, store, exchange);
    },
  },
  {
    name: 'of concurrent starts with one credential, by several instances, exactly one succeeds',
    run: async (bench) => {
      const stores = await bench.openMany(4);
      for (let round = 0; round < 10; round += 1) {
        const exchange = exchangeOf(bench);
        const subject = `user-${round}`;
        const outcomes = await Promise.allSettled(
          Array.from({ length: 12 }, async (_, index) => {
            const store = stores[index % stores.length];
            assert.ok(store);
            return start(bench, store, exchange, subject);
          }),
        );
        const started = outcomes.filter((outcome) => outcome.status === 'fulfilled');
        const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
        assert.deepEqual([started.length, refused.length], [1, 11]);
        assert.ok(refused.every(({ reason }) => isExchanged(reason)));
        const id = started[0]?.value.session.id;
        for (const store of stores) {
          assert.equal((await store.exchanges.find(exchange.key))?.sessionId, id);
          assert.deepEqual(await liveIds(store, subject), [id]);
        }
      }
    },
  },
  {
    name: 'concurrent starts with different credentials all succeed',
    run: async (bench) => {
      const stores = await bench.openMany(3);
      await Promise.all(
        Array.from({ length: 30 }, async (_, index) => {
          const store = stores[index % stores.length];
          return store && start(bench, store, exchangeOf(bench));
        }),
      );
      assert.equal((await liveIds(await bench.open())).length, 30);
    },
  },
];

const forgettingCases: readonly BenchCase[] = [
  {
    name: 'release forgets a credential of that session alone',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const [exchange, another] = [exchangeOf(bench), exchangeOf(bench)];
      const { session } = await start(bench, store, exchange);
      const { session: second } = await start(bench, store, another);
      await other.exchanges.release(exchange.key, second.id);
      assert.equal((await store.exchanges.find(exchange.key))?.sessionId, session.id);
      await other.exchanges.release(exchange.key, session.id);
      assert.equal(await store.exchanges.find(exchange.key), undefined);
      assert.equal((await store.exchanges.find(another.key))?.sessionId, second.id);
      await start(bench, store, exchange);
    },
  },
  {
    name: 'what was given up is forgotten when its time is over, as many as are asked for, and not before',
    run: async (bench) => {
      const store = await bench.open();
      const soon = Array.from({ length: 3 }, () => exchangeOf(bench, 1000));
      const late = exchangeOf(bench, 1001);
      for (const exchange of [late, ...soon]) await start(bench, store, exchange);
      bench.clock.advance(999);
      assert.equal(await store.exchanges.deleteExpired(bench.clock.nowMs(), 10), 0);
      bench.clock.advance(1);
      assert.equal(await store.exchanges.deleteExpired(bench.clock.nowMs(), 0), 0);
      assert.equal(await store.exchanges.deleteExpired(bench.clock.nowMs(), 2), 2);
      assert.equal(await store.exchanges.deleteExpired(bench.clock.nowMs(), 2), 1);
      for (const { key } of soon) assert.equal(await store.exchanges.find(key), undefined);
      assert.ok(await store.exchanges.find(late.key));
    },
  },
  {
    name: 'a credential stays given up when its session is gone',
    run: async (bench) => {
      const store = await bench.open();
      const exchange = exchangeOf(bench, 90 * DAY_MS);
      const { session } = await start(bench, store, exchange);
      const key = exchange.key.slice();
      bench.clock.advance(60 * DAY_MS);
      await store.sessions.deleteExpired(bench.clock.nowMs(), 10);
      assert.equal(await store.sessions.find(session.id), undefined);
      await assert.rejects(start(bench, store, exchange), isExchanged);
      spoil(exchange);
      spoil(await store.exchanges.find(key));
      assert.equal((await store.exchanges.find(key))?.sessionId, session.id);
    },
  },
];

export const exchangeCases: readonly BenchCase[] = [...takingCases, ...forgettingCases];
