import { strict as assert } from 'node:assert';
import type { KeyId, SessionId } from '../../domain/ids.ts';
import { GENESIS_HASH } from '../../domain/revocation.ts';
import type { SessionRecord } from '../../domain/session.ts';
import { epochMs, type EpochMs } from '../../domain/time.ts';
import type { RevocationRequest } from '../../ports/store/revocation-log.ts';
import type { Store } from '../../ports/store/store.ts';
import { assertChained, bytesOf, found, HOUR_MS, LIFETIMES, rotation, type BenchCase } from './workbench.ts';

const UNKNOWN = '00000000-0000-7000-8000-000000000000' as SessionId;

/** Revokes one thing, which must append one entry. */
async function revokeOne(store: Store, request: RevocationRequest) {
  const result = await store.revocations.revoke([request], LIFETIMES);
  const [record, ...more] = result.records;
  assert.ok(record !== undefined && more.length === 0, 'one entry is appended');
  return { ...result, record };
}

async function cutOffMs(store: Store, request: RevocationRequest): Promise<EpochMs> {
  const { record } = await revokeOne(store, request);
  assert.ok(record.target.kind === 'all' || record.target.kind === 'subject');
  return record.target.beforeMs;
}

function namesOf(records: readonly SessionRecord[]) {
  return new Set(records.map(({ session }) => `${session.id} of ${session.subject}`));
}

function endedNames(ended: readonly { readonly sessionId: SessionId; readonly subject: string }[]) {
  const names = ended.map(({ sessionId, subject }) => `${sessionId} of ${subject}`);
  assert.equal(new Set(names).size, names.length, 'each ended session is named once');
  return new Set(names);
}

const sessionRevocationCases: readonly BenchCase[] = [
  {
    name: 'revoking a session ends its row and appends one entry that lives as long as a token',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const record = await bench.start(store, 'alice');
      const bystander = await bench.start(store, 'alice');
      bench.clock.advance(500);
      const { id: sessionId } = record.session;
      const result = await revokeOne(store, { kind: 'session', sessionId, reason: 'signed_out' });
      const atMs = bench.clock.nowMs();
      assert.deepEqual(result.record.target, { kind: 'session', sessionId });
      assert.equal(result.record.atMs, atMs);
      assert.equal(result.record.expiresMs, atMs + LIFETIMES.tokenMs);
      assert.deepEqual(endedNames(result.endedSessions), namesOf([record]));
      const row = await found(other, record);
      assert.deepEqual(row.session.ended, { atMs, reason: 'signed_out' });
      assert.deepEqual(await found(other, bystander), bystander);
    },
  },
  {
    name: 'a session that has ended already, or is unknown, appends nothing and keeps why it ended',
    run: async (bench) => {
      const store = await bench.open();
      const record = await bench.start(store, 'alice');
      const { id: sessionId } = record.session;
      await revokeOne(store, { kind: 'session', sessionId, reason: 'reused' });
      const head = await store.revocations.head();
      const ended = (await found(store, record)).session.ended;
      bench.clock.advance(10);
      for (const id of [sessionId, UNKNOWN]) {
        const request: RevocationRequest = { kind: 'session', sessionId: id, reason: 'revoked' };
        const again = await store.revocations.revoke([request], LIFETIMES);
        assert.deepEqual(again, { records: [], endedSessions: [], head });
      }
      assert.deepEqual((await found(store, record)).session.ended, ended);
      assert.deepEqual(await store.revocations.head(), head);
    },
  },
  {
    name: 'an entry for a session outlives the tokens that were minted before the clock was set back',
    run: async (bench) => {
      const store = await bench.open();
      const record = await bench.start(store, 'alice');
      bench.clock.advance(100);
      const refreshedMs = bench.clock.nowMs();
      assert.equal(await store.sessions.advance(rotation(record, refreshedMs)), 'advanced');
      bench.clock.jump(-HOUR_MS);
      const { id: sessionId } = record.session;
      const { record: entry } = await revokeOne(store, { kind: 'session', sessionId, reason: 'signed_out' });
      assert.equal(entry.atMs, bench.clock.nowMs());
      assert.ok(entry.expiresMs >= refreshedMs + LIFETIMES.tokenMs);
    },
  },
];

const cutOffCases: readonly BenchCase[] = [
  {
    name: 'revoking a subject ends all of its sessions, and those of nobody else',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const mine = [await bench.start(store, 'alice'), await bench.start(other, 'alice')];
      const others = [await bench.start(store, 'bob'), await bench.start(store, 'alice2')];
      bench.clock.advance(1000);
      const atMs = bench.clock.nowMs();
      const result = await revokeOne(store, { kind: 'subject', subject: 'alice' });
      assert.deepEqual(result.record.target, { kind: 'subject', subject: 'alice', beforeMs: atMs });
      assert.equal(result.record.atMs, atMs);
      assert.equal(result.record.expiresMs, atMs + LIFETIMES.cutoffMs);
      assert.deepEqual(endedNames(result.endedSessions), namesOf(mine));
      for (const record of mine) {
        assert.deepEqual((await found(other, record)).session.ended, { atMs, reason: 'revoked' });
      }
      for (const record of others) assert.deepEqual(await found(other, record), record);
    },
  },
  {
    name: 'revoking everybody ends all sessions, and names none',
    run: async (bench) => {
      const store = await bench.open();
      const records = [
        await bench.start(store, 'alice'),
        await bench.start(store, 'bob'),
        await bench.start(store, ''),
      ];
      bench.clock.advance(1000);
      const atMs = bench.clock.nowMs();
      const result = await revokeOne(store, { kind: 'all' });
      assert.deepEqual(result.record.target, { kind: 'all', beforeMs: atMs });
      assert.equal(result.record.expiresMs, atMs + LIFETIMES.cutoffMs);
      assert.deepEqual(result.endedSessions, []);
      for (const record of records) {
        assert.deepEqual(await store.sessions.listLive(record.session.subject, 10), []);
        assert.deepEqual((await found(store, record)).session.ended, { atMs, reason: 'revoked' });
      }
    },
  },
  {
    name: 'a cut-off lies after every session that it covers, also one that started in the same millisecond',
    run: async (bench) => {
      const store = await bench.open();
      for (const request of [{ kind: 'subject', subject: 'alice' }, { kind: 'all' }] as const) {
        const record = await bench.start(store, 'alice');
        const beforeMs = await cutOffMs(store, request);
        assert.equal(beforeMs, record.session.startedMs + 1);
        assert.equal((await found(store, record)).session.ended?.reason, 'revoked');
      }
    },
  },
  {
    name: 'a cut-off hits what started before the clock was set back, and lives as long as that',
    run: async (bench) => {
      const store = await bench.open();
      for (const request of [{ kind: 'subject', subject: 'alice' }, { kind: 'all' }] as const) {
        const record = await bench.start(store, 'alice');
        bench.clock.jump(-HOUR_MS);
        const { record: entry } = await revokeOne(store, request);
        assert.ok(entry.target.kind === 'all' || entry.target.kind === 'subject');
        assert.equal(entry.target.beforeMs, record.session.startedMs + 1);
        assert.equal(entry.atMs, bench.clock.nowMs());
        assert.ok(entry.expiresMs >= entry.target.beforeMs + LIFETIMES.cutoffMs);
        assert.equal((await found(store, record)).session.ended?.reason, 'revoked');
        bench.clock.jump(HOUR_MS);
      }
    },
  },
  {
    name: 'the sessions of others do not move the cut-off of a subject',
    run: async (bench) => {
      const store = await bench.open();
      await bench.start(store, 'bob');
      bench.clock.jump(-HOUR_MS);
      assert.equal(await cutOffMs(store, { kind: 'subject', subject: 'alice' }), bench.clock.nowMs());
    },
  },
  {
    name: 'revoking a subject twice appends twice, and ends nothing a second time',
    run: async (bench) => {
      const store = await bench.open();
      const live = await bench.start(store, 'alice');
      const signedOut = await bench.start(store, 'alice');
      const { id: sessionId } = signedOut.session;
      await revokeOne(store, { kind: 'session', sessionId, reason: 'signed_out' });
      const before = await found(store, signedOut);
      bench.clock.advance(10);
      const first = await revokeOne(store, { kind: 'subject', subject: 'alice' });
      assert.deepEqual(endedNames(first.endedSessions), namesOf([live]));
      assert.deepEqual(await found(store, signedOut), before);
      const ended = await found(store, live);
      bench.clock.advance(10);
      const second = await revokeOne(store, { kind: 'subject', subject: 'alice' });
      assert.deepEqual(second.endedSessions, []);
      assert.equal(second.record.sequence, first.record.sequence + 1);
      assert.deepEqual(await found(store, live), ended);
    },
  },
  {
    name: 'a later cut-off under a clock set back does not lower the recorded one',
    run: async (bench) => {
      const store = await bench.open();
      const alice: RevocationRequest = { kind: 'subject', subject: 'alice' };
      for (const request of [alice, { kind: 'all' }] as const) {
        const firstMs = await cutOffMs(store, request);
        bench.clock.jump(-HOUR_MS);
        await cutOffMs(store, request);
        const { session } = await bench.start(store, 'alice');
        assert.ok(session.startedMs > firstMs, 'sessions go on starting after the first cut-off');
        const back = await bench.start(store, 'alice', { startedMs: epochMs(firstMs - 1) });
        assert.equal(await store.sessions.advance(rotation(back, bench.clock.nowMs())), 'conflict');
        bench.clock.jump(2 * HOUR_MS);
      }
    },
  },
  {
    name: 'a session that starts after a revocation is not hit by it, and one before it never advances again',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const before = await bench.start(store, 'alice');
      await revokeOne(store, { kind: 'subject', subject: 'alice' });
      const after = await bench.start(other, 'alice');
      assert.equal(await other.sessions.advance(rotation(before, bench.clock.nowMs())), 'conflict');
      assert.equal(await store.sessions.advance(rotation(after, bench.clock.nowMs())), 'advanced');
      assert.deepEqual(
        (await store.sessions.listLive('alice', 10)).map(({ id }) => id),
        [after.session.id],
      );
    },
  },
];

const otherRevocationCases: readonly BenchCase[] = [
  {
    name: 'revoking a token or a key appends an entry that lives as long as a token, and ends no session',
    run: async (bench) => {
      const store = await bench.open();
      const record = await bench.start(store, 'alice');
      const tokenId = bench.tokenId();
      const keyId = 'key-1' as KeyId;
      for (const target of [{ kind: 'token', tokenId } as const, { kind: 'key', keyId } as const]) {
        const result = await revokeOne(store, target);
        assert.deepEqual(result.record.target, target);
        assert.equal(result.record.atMs, bench.clock.nowMs());
        assert.equal(result.record.expiresMs, bench.clock.nowMs() + LIFETIMES.tokenMs);
        assert.deepEqual(result.endedSessions, []);
      }
      assert.deepEqual(await found(store, record), record);
    },
  },
  {
    name: 'several requests in one call become one run of entries, in their order',
    run: async (bench) => {
      const store = await bench.open();
      const alice = await bench.start(store, 'alice');
      const bob = await bench.start(store, 'bob');
      const tokenId = bench.tokenId();
      const { id: sessionId } = alice.session;
      const head = await store.revocations.head();
      const result = await store.revocations.revoke(
        [
          { kind: 'token', tokenId },
          { kind: 'session', sessionId, reason: 'signed_out' },
          { kind: 'session', sessionId, reason: 'reused' },
          { kind: 'subject', subject: 'bob' },
          { kind: 'session', sessionId: bob.session.id, reason: 'signed_out' },
          { kind: 'all' },
        ],
        LIFETIMES,
      );
      assert.deepEqual(
        result.records.map(({ target }) => target.kind),
        ['token', 'session', 'subject', 'all'],
      );
      assert.deepEqual(endedNames(result.endedSessions), namesOf([alice, bob]));
      assert.equal((await found(store, alice)).session.ended?.reason, 'signed_out');
      assert.equal((await found(store, bob)).session.ended?.reason, 'revoked');
      assertChained(result.records, head);
      assert.equal(result.head.sequence, head.sequence + 4);
      assert.deepEqual(bytesOf(result.head.hash), bytesOf(result.records.at(-1)?.hash ?? GENESIS_HASH));
    },
  },
  {
    name: 'revoking nothing appends nothing',
    run: async (bench) => {
      const store = await bench.open();
      const head = await store.revocations.head();
      assert.deepEqual(await store.revocations.revoke([], LIFETIMES), {
        records: [],
        endedSessions: [],
        head,
      });
      assert.deepEqual(await store.revocations.head(), head);
    },
  },
];

export const revocationCases: readonly BenchCase[] = [
  ...sessionRevocationCases,
  ...cutOffCases,
  ...otherRevocationCases,
];
