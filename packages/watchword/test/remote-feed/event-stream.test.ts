import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EventStreamReader, type StreamEvent } from '../../src/engine/remote-feed/event-stream.ts';

function read(bytes: Uint8Array, pieceBytes: number): StreamEvent[] {
  const reader = new EventStreamReader();
  const events: StreamEvent[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    events.push(...reader.push(bytes.subarray(at, at + pieceBytes)));
  }
  return events;
}

describe('a stream of events', () => {
  const text =
    ': hello\n\nevent: records\ndata: [1,"é"]\n\nid: 7\r\nevent: checkpoint\r\ndata:a\r\ndata:  b\r\nother: x\r\ndata\r\n\r\n' +
    'event: nothing\n\ndata: unfinished\n';

  test('is the same however it is cut', () => {
    const bytes = new TextEncoder().encode(text);
    for (let pieceBytes = 1; pieceBytes <= bytes.length; pieceBytes += 1) {
      assert.deepEqual(read(bytes, pieceBytes), [
        { type: 'records', id: undefined, data: '[1,"é"]' },
        { type: 'checkpoint', id: '7', data: 'a\n b\n' },
      ]);
    }
  });

  test('is UTF-8 with lines that end', () => {
    assert.throws(() => read(Uint8Array.of(0xff, 0x0a), 2), { reason: 'malformed' });
    assert.throws(() => read(new Uint8Array(5_000_000).fill(0x61), 65_536), { reason: 'too_large' });
    assert.throws(() => read(new TextEncoder().encode('data: x\n'.repeat(20)), 64), { reason: 'too_large' });
  });
});
