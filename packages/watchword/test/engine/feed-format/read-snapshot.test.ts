import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeBase64url } from '../../../src/crypto/base64url.ts';
import { FeedFault } from '../../../src/engine/feed-format/feed-fault.ts';
import { SnapshotReader } from '../../../src/engine/feed-format/read-snapshot.ts';
import { createRevocationView, type RevocationView } from '../../../src/engine/revocation/view.ts';
import { createFakeClock } from '../../../src/testing/fake-clock.ts';

const ISSUER = 'https://issuer.example';
const EPOCH = 'ab'.repeat(16);
const HASH = encodeBase64url(new Uint8Array(32).fill(0xfb));

const createView = (): RevocationView => createRevocationView(createFakeClock(), { record: () => undefined });

describe('a reader of snapshots', () => {
  const frame = (type: number, content: string | Uint8Array | readonly number[]): Uint8Array => {
    const of = Buffer.from(content as Uint8Array);
    const length = Buffer.alloc(5);
    length[0] = type;
    length.writeUInt32BE(of.length, 1);
    return Buffer.concat([length, of]);
  };
  const magic = Buffer.from('WWFS\u0001');
  const headText = `{"iss":"${ISSUER}","epoch":"${EPOCH}","seq":7,"hash":"${HASH}"}`;
  const head = frame(1, headText);
  const end = frame(15, 'a.b.c');
  const id = (lastByte: number, expires = 9): number[] => [...new Uint8Array(15), lastByte, 0, 0, 0, expires];
  const reasonOf = (...parts: readonly Uint8Array[]): string | undefined => {
    const reader = new SnapshotReader(createView());
    try {
      reader.push(Buffer.concat(parts));
      reader.finish();
      return undefined;
    } catch (error) {
      assert.ok(error instanceof FeedFault);
      return error.reason;
    }
  };
  const others = (text: string): string | undefined => reasonOf(magic, head, frame(2, text), end);

  test('takes frames of one kind that go on where the one before ended, in between frames of others', () => {
    const parts = [
      frame(3, id(1)),
      frame(4, id(1)),
      frame(2, '[["all","",5,6]]'),
      frame(3, id(2)),
      frame(4, id(3)),
    ];
    assert.equal(reasonOf(magic, head, ...parts, end), undefined);
    assert.equal(reasonOf(magic, head, end), undefined);
  });

  test('refuses ids that are not in order or come twice, in a frame and over several', () => {
    assert.equal(reasonOf(magic, head, frame(3, [...id(2), ...id(1)]), end), 'order');
    assert.equal(reasonOf(magic, head, frame(3, [...id(2), ...id(2, 10)]), end), 'order');
    assert.equal(reasonOf(magic, head, frame(4, id(2)), frame(4, id(1)), end), 'order');
    assert.equal(reasonOf(magic, head, frame(4, id(2)), frame(4, id(2)), end), 'order');
  });

  test('refuses what is no snapshot, has no head, two heads, or something behind its end', () => {
    assert.equal(reasonOf(Buffer.from('WWFS\u0002'), head, end), 'malformed');
    assert.equal(reasonOf(magic, end), 'malformed');
    assert.equal(reasonOf(magic, frame(3, id(1)), head, end), 'malformed');
    assert.equal(reasonOf(magic, head, head, end), 'malformed');
    assert.equal(reasonOf(magic, head, end, Buffer.from([0])), 'malformed');
    assert.equal(reasonOf(magic, head, frame(5, 'x'), end), 'malformed');
    assert.equal(reasonOf(magic, head, frame(3, ''), end), 'malformed');
    assert.equal(reasonOf(magic, head, frame(3, id(1).slice(1)), end), 'malformed');
  });

  test('refuses a snapshot that ends early', () => {
    for (const parts of [
      [],
      [magic],
      [magic, head],
      [magic, head, frame(3, id(1))],
      [magic, head, end.subarray(0, -1)],
    ])
      assert.equal(reasonOf(...parts), 'truncated');
  });

  test('refuses a head that says something else, or in another spelling', () => {
    for (const wrong of [
      '[]',
      'null',
      '{}',
      `${headText} `,
      headText.replace('7', '7.0'),
      headText.replace('7', '-1'),
      headText.replace('7', '"7"'),
      headText.replace('"seq"', '"more":1,"seq"'),
      headText.replace('"seq"', '"seq":8,"seq"'),
      headText.replace(ISSUER, ''),
      headText.replace(EPOCH, EPOCH.toUpperCase()),
      headText.replace('"hash":"-', '"hash":"+'),
    ]) {
      assert.equal(reasonOf(magic, frame(1, wrong), end), 'malformed', wrong);
    }
    assert.equal(reasonOf(magic, frame(1, [0xff, 0xfe]), end), 'malformed');
  });

  test('refuses entries that are not what their kind wants, or in another spelling', () => {
    assert.equal(others('[["all","",5,6],["key","k",0,6],["subject","x",5,6]]'), undefined);
    for (const wrong of [
      '[]',
      '{}',
      '[[]]',
      '[["all","",5,6]] ',
      '[["all","",5,6.0]]',
      '[["all","",5,6,7]]',
      '[["all","x",5,6]]',
      '[["key","k",5,6]]',
      '[["subject","",5,6]]',
      '[["subject","\\ud800",5,6]]',
      '[["session","019b76da-a800-799f-8ba1-56f75ad6f68b",0,6]]',
      '[["token","AZt22qgAcO0FOdveGeFzZw",0,6]]',
      `[["subject","${'x'.repeat(256)}",5,6]]`,
      '['.repeat(100_000),
    ]) {
      assert.equal(others(wrong), 'malformed', wrong.slice(0, 60));
    }
  });

  test('refuses frames and snapshots that are too large, before it has them', () => {
    const announced = Buffer.from([3, 0, 0x10, 0, 1]);
    assert.equal(reasonOf(magic, head, announced), 'too_large');
    const reader = new SnapshotReader(createView(), { maxEntries: 11 });
    reader.push(Buffer.concat([magic, head, frame(3, id(1)), frame(2, '[["key","k",0,6]]')]));
    const more = (): void => reader.push(frame(4, id(1)));
    assert.throws(more, { reason: 'too_large' });
  });

  test('takes nothing more once it has refused', () => {
    const reader = new SnapshotReader(createView());
    assert.throws(() => reader.push(Buffer.concat([magic, head, head])), { reason: 'malformed' });
    assert.throws(() => reader.push(end), { reason: 'malformed' });
    assert.throws(() => reader.finish(), { reason: 'malformed' });
  });

  test('refuses a checkpoint that cannot be one', () => {
    for (const wrong of ['a.b', 'a.b.c.d', 'a.b.=', 'a..c', ' a.b.c', `a.b.${'c'.repeat(8189)}`])
      assert.equal(reasonOf(magic, head, frame(15, wrong)), 'malformed', wrong.slice(0, 20));
  });
});
