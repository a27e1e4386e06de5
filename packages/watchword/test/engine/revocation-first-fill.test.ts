import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSessionId, type KeyId, type TokenId } from '../../src/domain/ids.ts';
import type { LogHead, RevocationTarget } from '../../src/domain/revocation.ts';
import { epochMs } from '../../src/domain/time.ts';
import { snapshotChunks } from '../../src/engine/feed-format/write-snapshot.ts';
import { FirstFill } from '../../src/engine/revocation/first-fill.ts';
import { createRevocationView, type RevocationView } from '../../src/engine/revocation/view.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { holds } from '../domain/support/property.ts';

const T = 1_767_225_600_000;
const HEAD: LogHead = { epoch: 'ab'.repeat(16), sequence: 7, hash: new Uint8Array(32) };

const createView = (): RevocationView => createRevocationView(createFakeClock(), { record: () => undefined });

const timeMs = fc.nat({ max: 20_000 }).map((n) => epochMs(T + n));
const small = fc.nat({ max: 40 });
const target: fc.Arbitrary<RevocationTarget> = fc.oneof(
  timeMs.map((beforeMs) => ({ kind: 'all' as const, beforeMs })),
  fc.tuple(small, timeMs).map(([n, beforeMs]) => ({ kind: 'subject' as const, subject: `s${n}`, beforeMs })),
  // Those that differ in the time alone have one key in the table.
  fc.tuple(small, timeMs).map(([n, startedMs]) => ({
    kind: 'session' as const,
    sessionId: createSessionId(startedMs, new Uint8Array(10).fill(n * 6)),
  })),
  small.map((n) => ({ kind: 'token' as const, tokenId: tokenOf(Buffer.alloc(16, n * 6)) })),
  small.map((n) => ({ kind: 'key' as const, keyId: `k${n}` as KeyId })),
);
const entries = fc.array(fc.record({ target, expiresMs: timeMs }), { maxLength: 120 });

function tokenOf(bytes: Buffer): TokenId {
  return bytes.toString('base64url') as TokenId;
}

function contentOf(view: RevocationView): string {
  const { all, keys, subjects } = view.known;
  const others = JSON.stringify([all, [...keys].toSorted(), [...subjects].toSorted()]);
  const ids = [...snapshotChunks(view, HEAD, 'x')].filter(([type]) => type === 3 || type === 4);
  return others + Buffer.concat(ids).toString('hex');
}

test('a view that is filled at once knows what it would if the entries had come one by one', () => {
  holds(
    fc.property(entries, entries, (before, read) => {
      const [oneByOne, filled] = [createView(), createView()];
      for (const entry of [...before, ...read]) oneByOne.apply(entry);
      for (const entry of before) filled.apply(entry);
      const fill = new FirstFill(filled);
      for (const entry of read) fill.take(entry);
      assert.ok([...fill.finish()].length <= 2 * 256);
      assert.equal(contentOf(filled), contentOf(oneByOne));
    }),
  );
});

test('ids of which many share the upper bits of their key are all there', () => {
  const view = createView();
  const fill = new FirstFill(view);
  const bytes = Buffer.alloc(16);
  for (let n = 0; n < 5000; n += 1) {
    bytes.writeUInt32BE((n * 7919) % 5000, 12);
    fill.take({ target: { kind: 'token', tokenId: tokenOf(bytes) }, expiresMs: epochMs(T + n) });
  }
  assert.equal(view.counts().tokens, 0);
  assert.equal([...fill.finish()].length, 1);
  assert.equal(view.counts().tokens, 5000);
});
