import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createSessionId, type KeyId, type SessionId, type TokenId } from '../../src/domain/ids.ts';
import type { LogHead, RevocationTarget } from '../../src/domain/revocation.ts';
import { epochMs, type EpochMs } from '../../src/domain/time.ts';
import { SnapshotReader } from '../../src/engine/feed-format/read-snapshot.ts';
import { snapshotChunks, snapshotEnd } from '../../src/engine/feed-format/write-snapshot.ts';
import { createRevocationView, type RevocationView } from '../../src/engine/revocation/view.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { holds, rounds } from '../domain/support/property.ts';

const T = 1_767_225_600_000;
const HEAD: LogHead = { epoch: 'ab'.repeat(16), sequence: 7, hash: new Uint8Array(32) };

const createView = (): RevocationView => createRevocationView(createFakeClock(), { record: () => undefined });

interface Entry {
  readonly target: RevocationTarget;
  readonly expiresMs: EpochMs;
}

function viewOf(entries: readonly Entry[]): RevocationView {
  const view = createView();
  for (const entry of entries) view.apply(entry);
  return view;
}

/** All that a view knows, as text that is the same for views that know the same. */
function contentOf(view: RevocationView): string {
  const { all, keys, subjects } = view.known;
  const others = JSON.stringify([all, [...keys].toSorted(), [...subjects].toSorted()]);
  const ids = [...snapshotChunks(view, HEAD, 'x')].filter(([type]) => type === 3 || type === 4);
  return others + Buffer.concat(ids).toString('hex');
}

const timeMs = fc.nat({ max: 20_000 }).map((n) => epochMs(T + n));
const small = fc.nat({ max: 40 });
const target: fc.Arbitrary<RevocationTarget> = fc.oneof(
  timeMs.map((beforeMs) => ({ kind: 'all' as const, beforeMs })),
  fc.tuple(small, timeMs).map(([n, beforeMs]) => ({ kind: 'subject' as const, subject: `s${n}`, beforeMs })),
  small.map((n) => ({ kind: 'session' as const, sessionId: sessionOf(n) })),
  small.map((n) => ({ kind: 'token' as const, tokenId: tokenOf(n) })),
  small.map((n) => ({ kind: 'key' as const, keyId: `k${n}` as KeyId })),
);
const entries = fc.array(fc.record({ target, expiresMs: timeMs }), { maxLength: 80 });

function sessionOf(n: number): SessionId {
  return createSessionId(epochMs(T), new Uint8Array(10).fill(n));
}

function tokenOf(n: number): TokenId {
  return Buffer.alloc(16, n).toString('base64url') as TokenId;
}

describe('a view that absorbs another', () => {
  test('knows what it would if all entries had come to it', () => {
    holds(
      fc.property(entries, entries, (own, others) => {
        const view = viewOf(own);
        for (const steps = view.absorb(viewOf(others)); steps.next().done !== true;);
        const direct = viewOf([...own, ...others]);
        assert.equal(contentOf(view), contentOf(direct));
      }),
      500,
    );
  });

  test('takes few of its own over to one that has many, and many step by step, and never loses one meanwhile', () => {
    for (const [own, other] of [
      [10, 5000],
      [5000, 10],
      [5000, 5000],
      [0, 5000],
      [5000, 0],
    ] as const) {
      const view = createView();
      const expected = createView();
      const staged = createView();
      const [owns, others] = [randomWords(own), randomWords(other)];
      for (let n = 0; n < own; n += 1) {
        view.known.tokens.add(owns, n * 4, 9);
        expected.known.tokens.add(owns, n * 4, 9);
      }
      for (let n = 0; n < other; n += 1) {
        staged.known.tokens.add(others, n * 4, 9);
        expected.known.tokens.add(others, n * 4, 9);
      }
      const steps = view.absorb(staged);
      for (let turn = 0; ; turn += 1) {
        for (let n = 0; n < own; n += 1) assert.ok(view.known.tokens.has(owns, n * 4));
        if (steps.next().done === true) break;
        const later = randomWords(1);
        view.known.tokens.add(later, 0, 9);
        expected.known.tokens.add(later, 0, 9);
        assert.ok(turn < 20);
      }
      assert.equal(contentOf(view), contentOf(expected));
    }
  });

  test('cuts off what the later of two cut-offs does, until the longer has expired, whichever came first', () => {
    const cutOff = (beforeMs: number, expiresMs: number): Entry => ({
      target: { kind: 'subject', subject: 'ada', beforeMs: epochMs(T + beforeMs) },
      expiresMs: epochMs(T + expiresMs),
    });
    for (const pair of [
      [cutOff(5, 900), cutOff(7, 800)],
      [cutOff(7, 900), cutOff(7, 800)],
    ]) {
      for (const [first, second] of [pair, pair.toReversed()]) {
        const view = viewOf(first === undefined ? [] : [first]);
        for (
          const steps = view.absorb(viewOf(second === undefined ? [] : [second]));
          steps.next().done !== true;
        );
        view.prune(epochMs(T + 899));
        assert.equal(view.hitsForeign('ada', T + 6), 'subject');
        view.prune(epochMs(T + 900));
        assert.equal(view.hitsForeign('ada', T + 6), undefined);
      }
    }
  });

  test('has many subjects taken over in steps', () => {
    const staged = createView();
    for (let n = 0; n < 5000; n += 1) {
      const subject = `s${n}`;
      staged.apply({ target: { kind: 'subject', subject, beforeMs: epochMs(T) }, expiresMs: epochMs(T) });
    }
    const view = createView();
    let turns = 0;
    for (const steps = view.absorb(staged); steps.next().done !== true;) turns += 1;
    assert.ok(turns >= 4);
    assert.equal(view.counts().subjects, 5000);
  });
});

describe('what a view counts', () => {
  test('is what it has of each kind, and memory', () => {
    const view = createView();
    assert.deepEqual({ ...view.counts(), bytes: 0 }, counted(0, 0));
    const expiresMs = epochMs(T + 10_000);
    const empty = view.counts().bytes;
    for (let n = 0; n < 3; n += 1) {
      view.apply({ target: { kind: 'session', sessionId: sessionOf(n) }, expiresMs });
      view.apply({ target: { kind: 'token', tokenId: tokenOf(n) }, expiresMs });
      view.apply({ target: { kind: 'subject', subject: `s${n}`, beforeMs: epochMs(T) }, expiresMs });
      view.apply({ target: { kind: 'key', keyId: `k${n}` as KeyId }, expiresMs });
      view.apply({ target: { kind: 'all', beforeMs: epochMs(T + n) }, expiresMs });
    }
    assert.deepEqual({ ...view.counts(), bytes: 0 }, counted(3, 1));
    assert.ok(view.counts().bytes > empty);
    while (view.prune(epochMs(T + 20_000)));
    assert.deepEqual({ ...view.counts(), bytes: 0 }, counted(0, 0));
  });
});

function counted(each: number, all: 0 | 1) {
  return { sessions: each, tokens: each, subjects: each, keys: each, all, bytes: 0 };
}

describe('a snapshot of a view that changes meanwhile', () => {
  test('has all that was there when it began and has not expired since', () => {
    const count = rounds(24_000, 1_000_000);
    const view = createView();
    const began = createView();
    const applyRandom = (to: readonly RevocationView[], n: number): void => {
      const expiresMs = epochMs(T + (n % 3 === 0 ? 1000 + (n % 30) * 1000 : 1_000_000));
      const id = randomBytes(16).toString('base64url').slice(0, -1);
      for (const each of to) {
        each.apply({ target: { kind: 'token', tokenId: `${id}A` as TokenId }, expiresMs });
        if (n % 50 > 0) continue;
        each.apply({ target: { kind: 'key', keyId: id as KeyId }, expiresMs });
        each.apply({ target: { kind: 'subject', subject: id, beforeMs: epochMs(T) }, expiresMs });
      }
    };
    for (let n = 0; n < count; n += 1) applyRandom([view, began], n);
    const staged = createView();
    const into = new SnapshotReader(staged);
    let turn = 0;
    for (const chunk of snapshotChunks(view, HEAD, 'x')) {
      into.push(chunk);
      turn += 1;
      for (let n = 0; n < 1000 && turn < 60; n += 1) applyRandom([view], n);
      view.prune(epochMs(T + turn * 500));
    }
    into.push(snapshotEnd('a.b.c'));
    into.finish();
    assert.ok(turn > 5);
    const nowMs = epochMs(T + turn * 500 + 1000);
    while (began.prune(nowMs) || staged.prune(nowMs));
    assert.ok(began.counts().tokens > count / 2);
    const before = staged.counts();
    for (const steps = staged.absorb(began); steps.next().done !== true;);
    // What was there at the beginning adds nothing to what the snapshot has.
    assert.deepEqual({ ...staged.counts(), bytes: 0 }, { ...before, bytes: 0 });
  });
});

function randomWords(ids: number): Uint32Array {
  return new Uint32Array(new Uint8Array(randomBytes(ids * 16)).buffer);
}
