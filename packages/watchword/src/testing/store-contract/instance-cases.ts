import { strict as assert } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import { epochMs } from '../../domain/time.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { Sighting, Store } from '../../ports/store/store.ts';
import {
  eventually,
  found,
  HOUR_MS,
  LIFETIMES,
  ONE_EACH,
  rotation,
  spoil,
  type BenchCase,
} from './workbench.ts';

interface Look {
  readonly sighting: Sighting;
  readonly sinceMs: number;
}

/** Watches `store` and keeps all that it tells. */
function watched(store: Store) {
  const looks: Look[] = [];
  const stop = store.watch({
    looked: (sighting, sinceMs) => {
      looks.push({ sighting: structuredClone(sighting), sinceMs });
      spoil(sighting);
    },
  });
  const latest = (): Look => looks.at(-1) ?? { sighting: NOTHING_SEEN, sinceMs: -1 };
  return { looks, stop, latest };
}

const NOTHING_SEEN: Sighting = { head: { epoch: '', sequence: -1, hash: new Uint8Array() }, keyRevision: -1 };

const lifetimeCases: readonly BenchCase[] = [
  {
    name: 'accepting a restore is seen by all instances, and begins a new epoch without touching the log',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      assert.equal(await store.restoreAcceptedUntilMs(), 0);
      await store.revocations.revoke([{ kind: 'token', tokenId: bench.tokenId() }], LIFETIMES);
      const before = await store.revocations.head();
      const untilMs = epochMs(bench.clock.nowMs() + HOUR_MS);
      const head = await store.acceptRestore(untilMs);
      assert.notEqual(head.epoch, before.epoch);
      assert.match(head.epoch, /^[0-9a-f]{32}$/);
      assert.deepEqual({ ...head, epoch: before.epoch }, before);
      assert.deepEqual(await other.revocations.head(), head);
      assert.equal(await other.restoreAcceptedUntilMs(), untilMs);
      assert.equal((await other.revocations.readAfter(0, 10)).length, 1);
    },
  },
  {
    name: 'lifetimes only grow, each by itself, and all instances share them',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      assert.deepEqual(await store.raiseLifetimes({ tokenMs: 5, sessionMs: 500 }), {
        tokenMs: 5,
        sessionMs: 500,
      });
      assert.deepEqual(await other.raiseLifetimes({ tokenMs: 9, sessionMs: 100 }), {
        tokenMs: 9,
        sessionMs: 500,
      });
      assert.deepEqual(await store.raiseLifetimes({ tokenMs: 1, sessionMs: 900 }), {
        tokenMs: 9,
        sessionMs: 900,
      });
      assert.deepEqual(await other.raiseLifetimes({ tokenMs: 0, sessionMs: 0 }), {
        tokenMs: 9,
        sessionMs: 900,
      });
      spoil(await store.raiseLifetimes({ tokenMs: 0, sessionMs: 0 }));
      assert.deepEqual(await store.raiseLifetimes({ tokenMs: 0, sessionMs: 0 }), {
        tokenMs: 9,
        sessionMs: 900,
      });
    },
  },
];

const watchCases: readonly BenchCase[] = [
  {
    name: 'watch tells where the store stands, again and again, with copies',
    run: async (bench) => {
      const store = await bench.open();
      await store.revocations.revoke([{ kind: 'all' }], LIFETIMES);
      await store.keys.change({ expectedRevision: 0, signingKeys: [], roots: [] });
      const head = await store.revocations.head();
      const { looks, stop } = watched(store);
      await eventually('watch tells five times', () => looks.length >= 5);
      stop();
      for (const { sighting } of looks) assert.deepEqual(sighting, { head, keyRevision: 1 });
    },
  },
  {
    name: 'watch sees what another instance and what the own one wrote: revocations and key changes',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const { latest, looks } = watched(store);
      await eventually('watch tells', () => looks.length > 0);
      for (const [index, writer] of [other, store, other].entries()) {
        const { head } = await writer.revocations.revoke(
          [{ kind: 'token', tokenId: bench.tokenId() }],
          LIFETIMES,
        );
        await eventually(
          'watch tells of the revocation',
          () => latest().sighting.head.sequence === head.sequence,
        );
        assert.deepEqual(latest().sighting.head, head);
        await writer.keys.change({ expectedRevision: index, signingKeys: [bench.signingKey()], roots: [] });
        await eventually('watch tells of the key', () => latest().sighting.keyRevision === index + 1);
      }
      const revoke = { requests: [{ kind: 'all' }], lifetimes: LIFETIMES } as const;
      await store.keys.change({ expectedRevision: 3, signingKeys: [], roots: [], revoke });
      await eventually('watch tells of both at once', () => latest().sighting.head.sequence === 4);
      assert.equal(latest().sighting.keyRevision, 4);
    },
  },
  {
    name: 'a look claims no more than it saw: what was durable when it began is in it',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const { looks, latest } = watched(store);
      for (let round = 0; round < 5; round += 1) {
        const { head } = await other.revocations.revoke(
          [{ kind: 'token', tokenId: bench.tokenId() }],
          LIFETIMES,
        );
        bench.clock.advance(1000);
        const durableMs = bench.clock.monotonicMs();
        await eventually('a look begins after the write', () => latest().sinceMs >= durableMs);
        for (const { sighting, sinceMs } of looks) {
          assert.ok(sinceMs <= bench.clock.monotonicMs(), 'no look begins in the future');
          if (sinceMs >= durableMs) assert.ok(sighting.head.sequence >= head.sequence, 'the write is in it');
        }
      }
    },
  },
  {
    name: 'watch ends when it is stopped, and with its store; two watches do not disturb each other',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const stopped = watched(store);
      const going = watched(store);
      const closing = watched(other);
      await eventually('all watch', () => [stopped, going, closing].every(({ looks }) => looks.length > 0));
      stopped.stop();
      stopped.stop();
      await other.close();
      const counts = [stopped.looks.length, closing.looks.length, going.looks.length + 3];
      await eventually('the other watch goes on', () => going.looks.length >= (counts[2] ?? 0));
      await delay(60);
      assert.deepEqual([stopped.looks.length, closing.looks.length], counts.slice(0, 2));
      closing.stop();
    },
  },
];

const closeCases: readonly BenchCase[] = [
  {
    name: 'a store is ready until it is closed; then each method rejects with ERR_CLOSED',
    run: async (bench) => {
      const store = await bench.open();
      const record = await bench.start(store, 'alice');
      assert.equal(await store.isReady(), true);
      await store.close();
      await store.close();
      assert.equal(await store.isReady(), false);
      const { id } = record.session;
      const calls: readonly (() => Promise<unknown>)[] = [
        () => bench.start(store, 'alice'),
        () => store.sessions.startWithin(ONE_EACH, 'alice', () => record),
        () => store.sessions.find(id),
        () => store.sessions.listLive('alice', 1),
        () => store.sessions.advance(rotation(record, bench.clock.nowMs())),
        () => store.sessions.settle(id, 1),
        () => store.sessions.deleteExpired(bench.clock.nowMs(), 1),
        () => store.revocations.revoke([{ kind: 'all' }], LIFETIMES),
        () => store.revocations.head(),
        () => store.revocations.readAfter(0, 1),
        () => store.revocations.deleteExpired(bench.clock.nowMs(), 1),
        () => store.keys.read(),
        () => store.keys.change({ expectedRevision: 0, signingKeys: [], roots: [] }),
        () => store.accounts.create(bench.account('a@b.c'), { text: 'a@b.c', key: 'a@b.c' }),
        () => store.accounts.findByEmail('a@b.c'),
        () => store.accounts.find('id'),
        () => store.clients.find('id'),
        () => store.clients.list(),
        () => store.clients.delete('id'),
        () => store.sessions.scanLive({ rows: 1 }),
        () => store.sessions.countLive({ rows: 1 }),
        () => store.accounts.replaceHash('id', 'one', 'another'),
        () => store.exchanges.find(new Uint8Array(32)),
        () => store.exchanges.deleteExpired(epochMs(0), 1),
        () => store.verifiers.note([], 1),
        () => store.verifiers.list(),
        () => store.verifiers.forget('id', 'instance'),
        () => store.verifiers.deleteSilent(epochMs(0), 1),
        () => store.raiseLifetimes({ tokenMs: 1, sessionMs: 1 }),
        () => store.nowMs(),
        async () => store.watch({ looked: () => {} }),
      ];
      for (const call of calls) {
        await assert.rejects(
          call,
          (error) => error instanceof WatchwordError && error.code === 'ERR_CLOSED',
          String(call),
        );
      }
      const other = await bench.open();
      assert.deepEqual(await found(other, record), record);
      assert.equal((await other.revocations.head()).sequence, 0, 'nothing was done after all');
    },
  },
  {
    name: 'close finishes what was begun',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const begun = Array.from({ length: 20 }, () => bench.start(store, 'alice'));
      const revoking = store.revocations.revoke([{ kind: 'all' }], LIFETIMES);
      await store.close();
      for (const record of await Promise.all(begun)) await found(other, record);
      assert.deepEqual(await other.revocations.head(), (await revoking).head);
    },
  },
  {
    name: 'closing one instance leaves the others working, and what was kept is there for the next',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const record = await bench.start(store, 'alice');
      await store.close();
      assert.equal(await other.sessions.settle(record.session.id, 1), true);
      const { head } = await other.revocations.revoke([{ kind: 'subject', subject: 'alice' }], LIFETIMES);
      await other.raiseLifetimes({ tokenMs: 1, sessionMs: 2 });
      await other.keys.change({ expectedRevision: 0, signingKeys: [], roots: [bench.root('refresh', 1)] });
      await other.close();
      const next = await bench.open();
      assert.equal((await found(next, record)).session.ended?.reason, 'revoked');
      assert.deepEqual(await next.revocations.head(), head);
      assert.deepEqual(await next.raiseLifetimes({ tokenMs: 0, sessionMs: 0 }), { tokenMs: 1, sessionMs: 2 });
      assert.equal((await next.keys.read()).revision, 1);
      bench.clock.jump(-HOUR_MS);
      assert.ok((await bench.start(next, 'alice')).session.startedMs > record.session.startedMs);
    },
  },
];

export const instanceCases: readonly BenchCase[] = [...lifetimeCases, ...watchCases, ...closeCases];
