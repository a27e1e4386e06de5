import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { encodeBase64url } from '../../../src/crypto/base64url.ts';
import { createSessionId, type KeyId, type TokenId } from '../../../src/domain/ids.ts';
import type { LogHead, RevocationTarget } from '../../../src/domain/revocation.ts';
import { epochMs, type EpochMs } from '../../../src/domain/time.ts';
import { FeedFault } from '../../../src/engine/feed-format/feed-fault.ts';
import { SnapshotReader, type SnapshotContent } from '../../../src/engine/feed-format/read-snapshot.ts';
import { snapshotChunks, snapshotEnd } from '../../../src/engine/feed-format/write-snapshot.ts';
import { IdCursor } from '../../../src/engine/revocation/id-table.ts';
import { createRevocationView, type RevocationView } from '../../../src/engine/revocation/view.ts';
import { createFakeClock } from '../../../src/testing/fake-clock.ts';
import { holds } from '../../domain/support/property.ts';
import { fromHex, hexOf, readVectors } from '../../domain/support/vectors.ts';

interface SnapshotVector {
  readonly others: readonly (readonly [string, string, number, number])[];
  readonly sessions: readonly (readonly [string, number])[];
  readonly tokens: readonly (readonly [string, number])[];
  readonly body: string;
  readonly digest: string;
  readonly checkpoint: string;
  readonly end: string;
}
const { snapshot: vector } = readVectors<{ snapshot: SnapshotVector }>('feed.json');

const ISSUER = 'https://issuer.example';
const T = 1_767_225_600_000;
const HEAD: LogHead = { epoch: 'ab'.repeat(16), sequence: 7, hash: new Uint8Array(32).fill(0xfb) };

const createView = (): RevocationView => createRevocationView(createFakeClock(), { record: () => undefined });

function joined(chunks: Iterable<Uint8Array>): Uint8Array {
  return new Uint8Array(Buffer.concat([...chunks]));
}

function written(view: RevocationView): Uint8Array {
  return joined([...snapshotChunks(view, HEAD, ISSUER), snapshotEnd('e30.e30.AA')]);
}

function read(bytes: Uint8Array, into = createView(), chunk = bytes.length): SnapshotContent {
  const reader = new SnapshotReader(into);
  for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.subarray(at, at + chunk));
  return reader.finish();
}

/** The ids of a table in its order, in hex, with their expiries. */
function idsOf(view: RevocationView, name: 'sessions' | 'tokens'): [string, number][] {
  const into = new DataView(new ArrayBuffer(20 * 100));
  const cursor = new IdCursor();
  const ids: [string, number][] = [];
  for (let count = 1; count > 0;) {
    count = view.known[name].read(cursor, into, 100);
    for (let at = 0; at < count * 20; at += 20)
      ids.push([hexOf(new Uint8Array(into.buffer, at, 16)), into.getUint32(at + 16)]);
  }
  return ids;
}

/** All that a view knows. */
function contentOf(view: RevocationView): unknown {
  const { all, keys, subjects } = view.known;
  return {
    all,
    keys: new Map(keys),
    subjects: new Map(subjects),
    sessions: idsOf(view, 'sessions'),
    tokens: idsOf(view, 'tokens'),
  };
}

const timeMs = fc.nat({ max: 1_000_000 }).map((n) => epochMs(T + n));
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const target: fc.Arbitrary<RevocationTarget> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('all' as const), beforeMs: timeMs }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('subject' as const),
      subject: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      beforeMs: timeMs,
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(timeMs, bytes(10))
      .map(([at, random]) => ({ kind: 'session' as const, sessionId: createSessionId(at, random) })),
  },
  {
    weight: 3,
    arbitrary: bytes(16).map((id) => ({ kind: 'token' as const, tokenId: encodeBase64url(id) as TokenId })),
  },
  { weight: 1, arbitrary: fc.nat().map((n) => ({ kind: 'key' as const, keyId: `k${n}` as KeyId })) },
);
const entries = fc.array(fc.record({ target, expiresMs: timeMs }), { maxLength: 60 });

function viewOf(all: readonly { target: RevocationTarget; expiresMs: EpochMs }[]): RevocationView {
  const view = createView();
  for (const entry of all) view.apply(entry);
  return view;
}

describe('a snapshot', () => {
  test('is the one of the vector, and is written again as the same bytes', () => {
    const view = createView();
    const { head, issuer, digest, checkpointText } = read(fromHex(vector.body + vector.end), view);
    assert.equal(hexOf(digest), vector.digest);
    assert.equal(checkpointText, vector.checkpoint);
    assert.deepEqual(idsOf(view, 'sessions'), vector.sessions);
    assert.deepEqual(idsOf(view, 'tokens'), vector.tokens);
    assert.deepEqual(view.known.all?.beforeMs, vector.others[0]?.[2]);
    assert.deepEqual([...view.known.subjects.keys()], [vector.others[2]?.[1], vector.others[3]?.[1]]);
    assert.equal(hexOf(joined(snapshotChunks(view, head, issuer))), vector.body);
    assert.equal(hexOf(snapshotEnd(checkpointText)), vector.end);
  });

  test('gives another view all that the one knew, in chunks of any size', () => {
    holds(
      fc.property(entries, fc.integer({ min: 1, max: 70 }), (all, chunk) => {
        const view = viewOf(all);
        const whole = written(view);
        const other = createView();
        const content = read(whole, other, chunk);
        assert.deepEqual(contentOf(other), contentOf(view));
        assert.deepEqual(other.counts(), { ...view.counts(), bytes: other.counts().bytes });
        const end = snapshotEnd(content.checkpointText).length;
        const digest = createHash('sha256').update(whole.subarray(0, -end)).digest();
        assert.deepEqual(Buffer.from(content.digest), digest);
        assert.deepEqual(
          { ...content.head, hash: hexOf(content.head.hash) },
          { ...HEAD, hash: hexOf(HEAD.hash) },
        );
        assert.equal(content.issuer, ISSUER);
        assert.equal(hexOf(written(other)), hexOf(whole));
      }),
      200,
    );
  });

  test('of which any byte was changed, is refused, or has another digest or checkpoint', () => {
    const whole = fromHex(vector.body + vector.end);
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Uint8Array.from(whole);
      changed[at] = (whole[at] as number) ^ (1 << (at % 8));
      assert.ok(isRefusedOrOther(changed), `byte ${at}`);
      assert.ok(isRefusedOrOther(whole.subarray(0, at)), `cut at ${at}`);
      assert.ok(isRefusedOrOther(joined([whole.subarray(0, at), whole.subarray(at + 1)])), `without ${at}`);
    }
  });

  test('is in chunks of 256 KiB at most, also where there are many ids and many long names', () => {
    const view = createView();
    const words = new Uint32Array(4);
    for (let n = 0; n < 20_000; n += 1) {
      words[3] = n * 200_000;
      assert.ok(view.known.sessions.append(words, 0, 1000));
    }
    for (let n = 0; n < 1000; n += 1) {
      const subject = String(n).padEnd(255, '\uffff');
      view.apply({ target: { kind: 'subject', subject, beforeMs: epochMs(T) }, expiresMs: epochMs(T) });
    }
    const chunks = [...snapshotChunks(view, HEAD, ISSUER)];
    assert.ok(Math.max(...chunks.map(({ length }) => length)) <= 262_144);
    const other = createView();
    read(joined([...chunks, snapshotEnd('a.b.c')]), other, 65_536);
    assert.deepEqual(contentOf(other), contentOf(view));
  });
});

/** Whoever reads it compares the digest and the checkpoint. */
function isRefusedOrOther(changed: Uint8Array): boolean {
  try {
    const { digest, checkpointText } = read(changed);
    return hexOf(digest) !== vector.digest || checkpointText !== vector.checkpoint;
  } catch (error) {
    assert.ok(error instanceof FeedFault);
    return true;
  }
}
