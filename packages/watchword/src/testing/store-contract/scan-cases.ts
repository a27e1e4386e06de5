import { strict as assert } from 'node:assert';
import type { SessionId } from '../../domain/ids.ts';
import { sessionStatus, type Session, type SessionEndReason } from '../../domain/session.ts';
import { epochMs } from '../../domain/time.ts';
import type { SessionScan } from '../../ports/store/session-store.ts';
import type { Store } from '../../ports/store/store.ts';
import { DAY_MS, LIFETIMES, spoil, type BenchCase, type Workbench } from './workbench.ts';

type Which = Pick<SessionScan, 'subject' | 'before'>;

/** Every live session that looks of so many rows find, in their order; each look is compared with its count. */
async function scanned(store: Store, rows: number, which: Which = {}): Promise<Session[]> {
  const sessions: Session[] = [];
  let { before } = which;
  for (let looks = 0; ; looks += 1) {
    assert.ok(looks < 10_000, 'the scan comes to an end');
    const look: SessionScan = { ...which, ...(before && { before }), rows };
    const { live, next } = await store.sessions.scanLive(look);
    const counted = await store.sessions.countLive(look);
    assert.deepEqual(counted, { live: live.length, next }, 'countLive is scanLive, counted');
    assert.ok(live.length <= rows, 'no more rows are looked at than were asked for');
    sessions.push(...live);
    if (next === undefined) return sessions;
    assert.ok(before === undefined || next < before, 'each look goes on where the one before ended');
    before = next;
  }
}

const idsOf = (sessions: readonly Session[]): SessionId[] => sessions.map(({ id }) => id);

const newestFirst = (ids: readonly SessionId[]): SessionId[] => ids.toSorted((a, b) => (a < b ? 1 : -1));

async function end(store: Store, sessionId: SessionId, reason: SessionEndReason = 'revoked'): Promise<void> {
  await store.revocations.revoke([{ kind: 'session', sessionId, reason }], LIFETIMES);
}

const plainCases: readonly BenchCase[] = [
  {
    name: 'scanning gives every live session once, newest first, however few rows a look touches',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      assert.deepEqual(await store.sessions.scanLive({ rows: 10 }), { live: [], next: undefined });
      assert.deepEqual(await store.sessions.countLive({ rows: 10 }), { live: 0, next: undefined });
      const all: Session[] = [];
      for (let count = 0; count < 14; count += 1) {
        const { session } = await bench.start(store, count % 3 === 0 ? 'alice' : 'bob');
        all.push(session);
        // Several of one millisecond among them.
        bench.clock.advance(count % 2);
      }
      const sorted = newestFirst(idsOf(all));
      for (const rows of [1, 2, 3, 5, 13, 14, 15, 1000]) {
        const found = await scanned(other, rows);
        assert.deepEqual(idsOf(found), sorted, `${rows} rows a look`);
        assert.deepEqual(
          found.find(({ id }) => id === all[0]?.id),
          all[0],
        );
        const alice = await scanned(other, rows, { subject: 'alice' });
        assert.deepEqual(
          idsOf(alice),
          sorted.filter((id) => all.find((one) => one.id === id)?.subject === 'alice'),
        );
      }
    },
  },
  {
    name: 'scanning says how far it came although it found nothing live there',
    run: async (bench) => {
      const store = await bench.open();
      const oldest = await bench.start(store, 'alice');
      for (let count = 0; count < 6; count += 1) {
        bench.clock.advance(1);
        await end(store, (await bench.start(store, 'alice')).session.id);
      }
      for (const which of [{}, { subject: 'alice' }]) {
        const look = await store.sessions.scanLive({ ...which, rows: 4 });
        assert.deepEqual(look.live, []);
        assert.ok(look.next !== undefined);
        assert.deepEqual(await store.sessions.scanLive({ ...which, before: look.next, rows: 4 }), {
          live: [oldest.session],
          next: undefined,
        });
      }
    },
  },
  {
    name: 'scanning leaves out what has ended, was cut off, or has expired, idle or absolutely, to the millisecond',
    run: async (bench) => {
      const store = await bench.open();
      const soonMs = epochMs(bench.clock.nowMs() + 10);
      const idle = await bench.start(store, 'alice', { idleExpiresMs: soonMs });
      const absolute = await bench.start(store, 'alice', { absoluteExpiresMs: soonMs });
      const reasons = ['signed_out', 'revoked', 'reused', 'displaced'] satisfies SessionEndReason[];
      for (const reason of reasons) await end(store, (await bench.start(store, 'alice')).session.id, reason);
      const other = await bench.start(store, 'bob');
      const lasting = await bench.start(store, 'alice');
      const found = async () => new Set(idsOf(await scanned(store, 2)));
      bench.clock.advance(9);
      const { id } = lasting.session;
      assert.deepEqual(await found(), new Set([idle.session.id, absolute.session.id, other.session.id, id]));
      bench.clock.advance(1);
      assert.deepEqual(await found(), new Set([other.session.id, id]));
      await store.revocations.revoke([{ kind: 'subject', subject: 'bob' }], LIFETIMES);
      assert.deepEqual(await found(), new Set([id]));
      await store.revocations.revoke([{ kind: 'all' }], LIFETIMES);
      assert.deepEqual(await found(), new Set());
      const after = await bench.start(store, 'bob');
      assert.deepEqual(await found(), new Set([after.session.id]));
    },
  },
  {
    name: 'scanning goes on before any id, be it of a session that is not there',
    run: async (bench) => {
      const store = await bench.open();
      const first = await bench.start(store, 'alice');
      bench.clock.advance(1000);
      const between = bench.row(epochMs(bench.clock.nowMs() - 500)).session.id;
      const second = await bench.start(store, 'alice');
      const after = bench.row(epochMs(bench.clock.nowMs() + 500)).session.id;
      const before = async (id: SessionId, subject?: string) =>
        idsOf(await scanned(store, 10, { before: id, ...(subject !== undefined && { subject }) }));
      for (const subject of [undefined, 'alice']) {
        assert.deepEqual(await before(after, subject), [second.session.id, first.session.id]);
        assert.deepEqual(await before(second.session.id, subject), [first.session.id]);
        assert.deepEqual(await before(between, subject), [first.session.id]);
        assert.deepEqual(await before(first.session.id, subject), []);
      }
    },
  },
  {
    name: 'scanning one subject finds nobody else’s sessions, whatever the subject looks like',
    run: async (bench) => {
      const store = await bench.open();
      await bench.start(store, 'alice');
      await bench.start(store, '\ufffd');
      for (const subject of ['', 'Alice', 'alice ', 'alic', '%', '_', '__proto__', 'alice\0', '\ud800']) {
        assert.deepEqual(await scanned(store, 5, { subject }), [], subject);
      }
      assert.equal((await scanned(store, 5, { subject: '\ufffd' })).length, 1);
    },
  },
  {
    name: 'what a scan gives are copies',
    run: async (bench) => {
      const store = await bench.open();
      const { session } = await bench.start(store, 'alice', { claims: { roles: ['admin'] } });
      const original = structuredClone(session);
      spoil(await store.sessions.scanLive({ rows: 5 }));
      assert.deepEqual((await store.sessions.scanLive({ rows: 5 })).live, [original]);
    },
  },
];

const changingCases: readonly BenchCase[] = [
  {
    name: 'what starts, ends and is deleted while somebody scans neither repeats nor hides the others',
    run: async (bench) => {
      const store = await bench.open();
      const ids: SessionId[] = [];
      for (let count = 0; count < 12; count += 1) {
        bench.clock.advance(1);
        const early = count < 3 && { absoluteExpiresMs: epochMs(bench.clock.nowMs() + 50) };
        ids.push((await bench.start(store, 'alice', { ...early })).session.id);
      }
      const seen: SessionId[] = [];
      let before: SessionId | undefined;
      const ended = ids.at(-9);
      assert.ok(ended !== undefined);
      for (let looks = 0; looks < 20; looks += 1) {
        const { live, next } = await store.sessions.scanLive({ ...(before && { before }), rows: 2 });
        seen.push(...idsOf(live));
        before = next;
        if (next === undefined) break;
        // One more on top after each look; one that is still to come ends; the oldest are deleted.
        bench.clock.advance(1);
        await bench.start(store, 'alice');
        if (looks === 1) await end(store, ended);
        if (looks === 2) await store.sessions.deleteExpired(epochMs(bench.clock.nowMs() + DAY_MS), 100);
      }
      const expected = ids.filter((id, index) => id !== ended && index >= 3);
      assert.deepEqual(seen, newestFirst(expected));
    },
  },
  {
    name: 'scans of any size agree with a simple model, whatever happened before',
    run: async (bench) => {
      for (let round = 0; round < 5; round += 1) await compareWithModel(bench, await bench.openElsewhere());
    },
  },
];

/** Does things at random to a store and to a plain list of sessions, and looks at both. */
async function compareWithModel(bench: Workbench, store: Store): Promise<void> {
  const { random, clock } = bench;
  const subjects = ['alice', 'bob', 'carol'];
  const model = new Map<SessionId, Session>();
  const anySubject = (): string => subjects[random.below(subjects.length)] ?? '';
  const cutOff = (subject?: string): void => {
    for (const [id, session] of model) {
      if (session.ended !== undefined || (subject !== undefined && session.subject !== subject)) continue;
      model.set(id, { ...session, ended: { atMs: clock.nowMs(), reason: 'revoked' } });
    }
  };
  for (let step = 0; step < 40; step += 1) {
    const what = random.below(20);
    const subject = anySubject();
    const id = [...model.keys()][random.below(model.size || 1)];
    if (what < 13) {
      const idleExpiresMs = epochMs(clock.nowMs() + 1 + random.below(60));
      const lasts = random.below(2) === 0 ? {} : { idleExpiresMs };
      const { session } = await bench.start(store, subject, lasts);
      model.set(session.id, session);
    } else if (what < 17 && id !== undefined) {
      await end(store, id);
      const session = model.get(id);
      if (session && !session.ended)
        model.set(id, { ...session, ended: { atMs: clock.nowMs(), reason: 'revoked' } });
    } else if (what === 17) {
      await store.revocations.revoke([{ kind: 'subject', subject }], LIFETIMES);
      cutOff(subject);
    } else if (what === 18 && random.below(4) === 0) {
      await store.revocations.revoke([{ kind: 'all' }], LIFETIMES);
      cutOff();
    }
    clock.advance(random.below(3));
  }
  const which: Which[] = [{}, ...subjects.map((subject) => ({ subject })), { subject: 'nobody' }];
  const somebody = [...model.keys()][random.below(model.size)];
  if (somebody !== undefined) which.push({ before: somebody }, { before: somebody, subject: anySubject() });
  for (const one of which) {
    const expected = [...model.values()].filter(
      (session) =>
        sessionStatus(session, clock.nowMs()) === 'live' &&
        (one.subject === undefined || one.subject === session.subject) &&
        (one.before === undefined || session.id < one.before),
    );
    const rows = 1 + random.below(12);
    assert.deepEqual(idsOf(await scanned(store, rows, one)), newestFirst(idsOf(expected)), `${rows} rows`);
  }
}

export const scanCases: readonly BenchCase[] = [...plainCases, ...changingCases];
