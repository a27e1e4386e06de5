import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sha256 } from '../../src/crypto/digest.ts';
import { createSessionId, parseTokenId, type KeyId, type TokenId } from '../../src/domain/ids.ts';
import { formatPosition } from '../../src/domain/feed.ts';
import type { LogHead, RevocationRecord } from '../../src/domain/revocation.ts';
import { epochMs } from '../../src/domain/time.ts';
import type { EngineContext } from '../../src/engine/context.ts';
import { joinLog } from '../../src/engine/revocation/join-log.ts';
import type { FeedRelay } from '../../src/ports/feed-relay.ts';
import { createMemoryState } from '../../src/stores/memory/memory-state.ts';
import { createMemoryStore } from '../../src/stores/memory/memory.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { createManualScheduler } from '../../src/testing/manual-scheduler.ts';

const LIFETIMES = { tokenMs: 3_600_000, cutoffMs: 7_200_000 };

/** Processes on one store that is looked at only when the test lets time pass, and a relay that does what the test says. */
function createGroup(t: TestContext) {
  const clock = createFakeClock();
  const scheduler = createManualScheduler(clock);
  const state = createMemoryState(randomBytes(16));
  const listeners = new Map<number, (message: Uint8Array) => void>();
  const carried: { readonly from: number; readonly message: Uint8Array }[] = [];
  const told: string[] = [];
  let reads = 0;
  let processes = 0;

  async function open(key = new Uint8Array(32).fill(9)) {
    processes += 1;
    const number = processes;
    const random = { bytes: (count: number) => new Uint8Array(randomBytes(count)), jitter: () => 0 };
    const made = createMemoryStore(state, { clock, scheduler, random, digest: sha256, patienceMs: 1000 });
    const store = {
      ...made,
      revocations: {
        revoke: made.revocations.revoke,
        beginEpoch: made.revocations.beginEpoch,
        deleteExpired: made.revocations.deleteExpired,
        head: () => made.revocations.head(),
        readAfter: (after: number, limit: number) => {
          reads += 1;
          return made.revocations.readAfter(after, limit);
        },
      },
    };
    const link: FeedRelay = {
      publish: (message) => void carried.push({ from: number, message }),
      subscribe: (listener) => {
        listeners.set(number, listener);
        return () => listeners.delete(number);
      },
      isConnected: () => true,
      fault: () => undefined,
      close: async () => undefined,
    };
    const events = { record: (type: string) => void told.push(type) };
    const context = { clock, scheduler, store, events, relay: { kind: 'test', link } };
    const keys = { follow: () => undefined, relayKey: (epoch: string) => sha256(key, Buffer.from(epoch)) };
    const log = await joinLog(
      context as unknown as EngineContext,
      keys as unknown as Parameters<typeof joinLog>[1],
      async () => LIFETIMES,
      () => undefined,
    );
    t.after(() => log.stop());
    const applied: RevocationRecord[] = [];
    const broken: string[] = [];
    log.following.listen({
      applied: (records) => void applied.push(...records),
      broken: (reason) => void broken.push(reason),
    });
    return {
      ...log,
      applied,
      broken,
      place: () => placeOf(log.following.position()),
      async revoke(count = 1): Promise<TokenId[]> {
        const ids: TokenId[] = [];
        for (let left = count; left > 0; left -= 1) {
          const tokenId = parseTokenId(randomBytes(16).toString('base64url')) as TokenId;
          await log.revoker.revoke([{ kind: 'token', tokenId }]);
          ids.push(tokenId);
        }
        return ids;
      },
      knows: (tokenId: TokenId): boolean =>
        log.view.hits({
          tokenId,
          keyId: 'k' as KeyId,
          subject: 'ada',
          sessionId: createSessionId(epochMs(1), new Uint8Array(10)),
        }) !== undefined,
    };
  }

  /** Hands messages to all other processes. */
  async function deliver(messages = carried.splice(0)): Promise<void> {
    for (const { from, message } of messages) {
      for (const [number, listener] of listeners) if (number !== from) listener(message);
    }
    for (let turns = 0; turns < 10; turns += 1) await nextTurn();
  }

  return {
    open,
    deliver,
    carried,
    told,
    state,
    scheduler,
    clock,
    reads: () => reads,
    place: () => placeOf(state.head),
  };
}

function placeOf(head: LogHead | undefined): string | undefined {
  return head && formatPosition(head);
}

function hashOf({ hash }: RevocationRecord): string {
  return Buffer.from(hash).toString('hex');
}

describe('a relay', () => {
  test('brings what others revoked without a look at the store, and no freshness', async (t) => {
    const group = createGroup(t);
    const [a, b] = [await group.open(), await group.open()];
    const asOfMs = b.following.asOfMs();
    const reads = group.reads();
    const ids = await a.revoke(3);
    assert.deepEqual(ids.map(b.knows), [false, false, false]);
    group.clock.advance(5);
    await group.deliver();
    assert.deepEqual(ids.map(b.knows), [true, true, true]);
    assert.equal(b.place(), group.place());
    assert.deepEqual(
      b.applied.map(({ sequence }) => sequence),
      [1, 2, 3],
    );
    assert.deepEqual(a.applied.map(hashOf), b.applied.map(hashOf));
    assert.equal(group.reads(), reads);
    assert.equal(b.following.asOfMs(), asOfMs);
    await group.scheduler.advance(30);
    assert.ok(b.following.asOfMs() > asOfMs);
    assert.deepEqual([a.broken, b.broken, group.told.includes('revocation_log_lost')], [[], [], false]);
  });

  test('may lose, repeat and reorder: the log is applied in order and once', async (t) => {
    const group = createGroup(t);
    const [a, b, c] = [await group.open(), await group.open(), await group.open()];
    const ids = [...(await a.revoke(2)), ...(await b.revoke(3)), ...(await a.revoke(2))];
    const [first, , third, ...others] = group.carried.splice(0);
    assert.ok(first && third);
    await group.deliver([...others.toReversed(), third, first, third, ...others, first]);
    const late = await b.revoke(1);
    await group.deliver([...group.carried, ...group.carried]);
    for (const process of [a, b, c]) {
      assert.ok([...ids, ...late].every(process.knows));
      assert.deepEqual(
        process.applied.map(({ sequence }) => sequence),
        [1, 2, 3, 4, 5, 6, 7, 8],
      );
      assert.equal(process.place(), group.place());
      assert.deepEqual(process.broken, []);
    }
  });

  test('may be written by anybody: what no process of the installation made is not heard', async (t) => {
    const group = createGroup(t);
    const [a, b] = [await group.open(), await group.open()];
    const stranger = await group.open(new Uint8Array(32).fill(1));
    await a.revoke(2);
    const real = group.carried.splice(0);
    const message = real[0]?.message ?? new Uint8Array();
    const reads = group.reads();
    const forged = [new Uint8Array(), new Uint8Array(40), randomBytes(5000), new Uint8Array(1e6)];
    for (let at = 0; at < message.length; at += 7) {
      const changed = message.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      forged.push(changed);
    }
    forged.push(message.slice(0, -1), Buffer.concat([message, Buffer.from(' ')]));
    await group.deliver(forged.map((one) => ({ from: 1, message: one })));
    assert.deepEqual([b.applied.length, group.reads()], [0, reads]);
    assert.equal(group.told.filter((type) => type === 'feed_relay_refused').length, 2);
    await group.deliver(real);
    assert.deepEqual([b.applied.length, stranger.applied.length], [2, 0]);
  });

  test('brings nothing of a history that is over', async (t) => {
    const group = createGroup(t);
    const [a, b] = [await group.open(), await group.open()];
    await a.revoke(1);
    const old = group.carried.splice(0);
    await group.scheduler.advance(30);
    group.state.head = { ...group.state.head, epoch: 'f'.repeat(32) };
    await group.scheduler.advance(30);
    assert.deepEqual([a.broken, b.broken], [['new_epoch'], ['new_epoch']]);
    await group.deliver(old);
    assert.equal(b.place(), group.place());
    const [id] = await a.revoke(1);
    await group.deliver();
    assert.ok(id !== undefined && b.knows(id));
  });
});

describe('a process that follows the log', () => {
  test('notices that the store lost what it told itself, once for all processes', async (t) => {
    const group = createGroup(t);
    const processes = [await group.open(), await group.open(), await group.open()];
    const [a, b] = processes;
    assert.ok(a && b);
    await a.revoke(2);
    await group.scheduler.advance(30);
    const { log, head } = structuredClone({ log: group.state.log, head: group.state.head });
    const [lost] = await a.revoke(1);
    await group.deliver();
    group.clock.advance(1);
    Object.assign(group.state, { log, head });
    await group.scheduler.advance(60);
    assert.notEqual(group.state.head.epoch, head.epoch);
    for (const process of processes) {
      assert.equal(process.place(), group.place());
      assert.ok(lost !== undefined && process.knows(lost), 'what was acknowledged stays revoked');
    }
    const { epoch } = group.state.head;
    const others = await b.revoke(1);
    await group.scheduler.advance(60);
    assert.equal(group.state.head.epoch, epoch);
    assert.ok(others.every(a.knows));
  });

  test('notices that numbers it knows were given to other entries', async (t) => {
    const group = createGroup(t);
    const [a, b] = [await group.open(), await group.open()];
    await a.revoke(1);
    await group.scheduler.advance(30);
    const { log, head } = structuredClone({ log: group.state.log, head: group.state.head });
    await a.revoke(2);
    await group.deliver();
    Object.assign(group.state, { log, head });
    const others = await b.revoke(4);
    await group.scheduler.advance(90);
    assert.notEqual(group.state.head.epoch, head.epoch);
    assert.ok(others.every(a.knows));
    assert.equal(a.place(), group.place());
  });

  test('tells a gap where entries expired before it read them, and goes on behind it', async (t) => {
    const group = createGroup(t);
    const [a, b] = [await group.open(), await group.open()];
    await a.revoke(3);
    group.state.log.splice(0, 2);
    await group.scheduler.advance(30);
    assert.deepEqual([b.broken, b.place()], [['gap'], group.place()]);
    const [id] = await a.revoke(1);
    await group.scheduler.advance(30);
    assert.ok(id !== undefined && b.knows(id));
    assert.deepEqual(
      b.applied.map(({ sequence }) => sequence),
      [4],
    );
  });
});
