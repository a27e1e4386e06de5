import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFeed, type Feed } from '../../src/engine/feed/feed.ts';
import type { LogHead, RevocationRecord } from '../../src/domain/revocation.ts';
import { epochMs } from '../../src/domain/time.ts';
import { chainRecords } from '../../src/engine/feed-format/record-chain.ts';
import type { LogListener } from '../../src/engine/revocation/follow.ts';
import { createRevocationView } from '../../src/engine/revocation/view.ts';
import type { ByteSink } from '../../src/ports/byte-sink.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { createManualScheduler } from '../../src/testing/manual-scheduler.ts';
import { deriveFeedKey } from '../../src/crypto/jws/feed-key.ts';

const EPOCH = 'e'.repeat(32);

/** A feed on time that passes when the test says so, over a log that is only in memory. */
function createBench(limits = { streams: 3, streamsPerClient: 2, snapshots: 2, snapshotsPerClient: 1 }) {
  const clock = createFakeClock();
  const scheduler = createManualScheduler(clock);
  const key = deriveFeedKey(new Uint8Array(32).fill(3), 1, 'https://issuer.example');
  let head: LogHead = { epoch: EPOCH, sequence: 0, hash: new Uint8Array(32) };
  const log: RevocationRecord[] = [];
  const listeners: LogListener[] = [];
  const reasons: unknown[] = [];
  const store = { revocations: { readAfter: async (after: number, limit: number) => read(after, limit) } };
  const settings = { issuer: 'https://issuer.example', chain: { rotation: 'strict', raceWindowMs: 0 } };
  const events = {
    record: (_type: string, fields: { reason?: unknown }) =>
      void (fields.reason && reasons.push(fields.reason)),
  };
  const context = { clock, scheduler, events, store, settings, random: { bytes: () => new Uint8Array(8) } };
  const following = {
    position: () => head,
    asOfMs: () => clock.monotonicMs(),
    listen: (listener: LogListener) => void listeners.push(listener),
    catchUp: async () => undefined,
  };
  const parts = {
    context,
    keys: { feedKey: () => key, feedJwks: () => [], revision: () => 1 },
    view: createRevocationView(clock, events as never),
    following,
    clients: { isProof: async () => true },
  };
  const feed: Feed = createFeed(parts as unknown as Parameters<typeof createFeed>[0], limits);

  function read(after: number, limit: number): RevocationRecord[] {
    return log.filter(({ sequence }) => sequence > after).slice(0, limit);
  }

  return {
    feed,
    scheduler,
    reasons,
    head: () => head,
    forgetBefore: (sequence: number) => void log.splice(0, sequence),
    revoke(count: number) {
      const unhashed = Array.from({ length: count }, (_, index) => ({
        sequence: head.sequence + index + 1,
        target: { kind: 'subject', subject: 'a'.repeat(200), beforeMs: epochMs(1) } as const,
        atMs: epochMs(1),
        expiresMs: epochMs(9e12),
      }));
      const records = chainRecords(head, unhashed) ?? [];
      log.push(...records);
      const from = head;
      const last = records.at(-1);
      if (last !== undefined) head = { epoch: EPOCH, sequence: last.sequence, hash: last.hash };
      for (const listener of listeners) listener.applied(records, from);
    },
    async follow(clientId = 'billing', position = head) {
      return feed.follow({ clientId, proof: new Uint8Array(32) }, position, undefined);
    },
  };
}

/** A reader that takes nothing until it is told to. */
function createSink() {
  let waiting = 0;
  let most = 0;
  let sent = 0;
  let drain: (() => void) | undefined;
  const how: string[] = [];
  const sink: ByteSink = {
    write(bytes) {
      waiting += bytes.length;
      sent += bytes.length;
      most = Math.max(most, waiting);
      return waiting;
    },
    onceDrained(listener) {
      if (waiting === 0) listener();
      else drain = listener;
    },
    end: () => void how.push('end'),
    abort: () => void how.push('abort'),
  };
  return {
    sink,
    how,
    most: () => most,
    sent: () => sent,
    take() {
      waiting = 0;
      drain?.();
      drain = undefined;
    },
  };
}

async function opened(bench: ReturnType<typeof createBench>, clientId?: string, position?: LogHead) {
  const answer = await bench.follow(clientId, position);
  assert.ok(answer.kind === 'streaming');
  const reader = createSink();
  const leave = answer.stream.open(reader.sink);
  await bench.scheduler.advance(1);
  return { ...reader, leave };
}

describe('readers of the feed', () => {
  test('who do not read are cut, and hold no more memory than that until then', async () => {
    const bench = createBench();
    const slow = await opened(bench);
    for (let times = 0; times < 20; times += 1) {
      bench.revoke(1000);
      await bench.scheduler.advance(5);
    }
    assert.ok(slow.most() < 1_048_576, `${slow.most()} bytes wait`);
    assert.deepEqual(slow.how, []);
    await bench.scheduler.advance(10_000);
    assert.deepEqual([slow.how, bench.reasons, bench.feed.connections()], [['abort'], ['too_slow'], 0]);
    assert.equal(bench.scheduler.waiting, 0, 'nothing goes on for nobody');
  });

  test('who read slowly get everything at their own pace', async () => {
    const bench = createBench();
    const slow = await opened(bench);
    bench.revoke(20_000);
    for (let times = 0; times < 60; times += 1) {
      await bench.scheduler.advance(1000);
      slow.take();
    }
    assert.deepEqual(slow.how, []);
    assert.ok(slow.sent() > 20_000 * 200);
    assert.ok(slow.most() < 1_048_576);
    const before = slow.sent();
    await bench.scheduler.advance(1000);
    const beat = slow.sent() - before;
    assert.ok(beat > 0 && beat < 2000, 'and are sent heartbeats again');
  });

  test('who are so far behind that entries have expired meanwhile are let go', async () => {
    const bench = createBench();
    const start = bench.head();
    bench.revoke(30_000);
    const slow = await opened(bench, 'billing', start);
    bench.forgetBefore(25_000);
    slow.take();
    await bench.scheduler.advance(1);
    assert.deepEqual([slow.how, bench.reasons], [['end'], ['gap']]);
  });

  test('are turned away where there are too many, of one client or of all', async () => {
    const bench = createBench();
    const [first] = [await opened(bench, 'a'), await opened(bench, 'a')];
    assert.deepEqual(await bench.follow('a'), { kind: 'refused', code: 'ERR_OVERLOADED' });
    await opened(bench, 'b');
    assert.deepEqual(await bench.follow('c'), { kind: 'refused', code: 'ERR_OVERLOADED' });
    assert.deepEqual(bench.reasons, ['too_many_streams', 'too_many_streams']);
    first?.leave();
    first?.leave();
    assert.equal(bench.feed.connections(), 2);
    await opened(bench, 'c');
  });

  test('of snapshots have room for a while, and leave it to others', async () => {
    const bench = createBench();
    const open = (clientId: string) => {
      const answer = bench.feed.snapshot({ clientId, proof: new Uint8Array(32) }, undefined);
      if (answer.kind === 'refused') return answer.code;
      const reader = createSink();
      const leave = answer.stream.open(reader.sink);
      return { ...reader, leave };
    };
    const first = open('a');
    assert.equal(open('a'), 'ERR_OVERLOADED');
    assert.equal(typeof open('b'), 'object');
    assert.equal(open('c'), 'ERR_OVERLOADED');
    await bench.scheduler.advance(10);
    assert.deepEqual(typeof first === 'object' && first.how, ['end']);
    assert.equal(typeof open('a'), 'object');
    bench.feed.close();
    assert.equal(open('d'), 'ERR_CLOSED');
  });
});
