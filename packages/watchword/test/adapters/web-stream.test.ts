import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ByteSink } from '../../src/ports/byte-sink.ts';
import { streamWeb } from '../../src/adapters/web/stream-web.ts';

const BYTES = new Uint8Array(1000);

/** A body whose sink the test holds. */
function openStream(signal = new AbortController().signal) {
  const seen = { opened: 0, closed: 0 };
  let sink: ByteSink | undefined;
  const stream = streamWeb(
    {
      open(handedIn) {
        seen.opened += 1;
        sink = handedIn;
        return () => void (seen.closed += 1);
      },
    },
    signal,
  );
  const reader = stream.getReader();
  return { stream, reader, seen, sink: () => sink as ByteSink };
}

test('it begins when it is first read', async () => {
  const { reader, seen, sink } = openStream();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(seen, { opened: 0, closed: 0 });
  const read = reader.read();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(seen, { opened: 1, closed: 0 });
  assert.equal(sink().write(BYTES), 0, 'somebody waits for it');
  assert.equal((await read).value?.length, 1000);
});

test('what was not read counts as waiting, until it was', async () => {
  const { reader, sink } = openStream();
  const first = reader.read();
  await new Promise((resolve) => setImmediate(resolve));
  sink().write(BYTES);
  await first;
  assert.deepEqual([sink().write(BYTES), sink().write(BYTES)], [1000, 2000]);
  let drained = false;
  sink().onceDrained(() => {
    drained = true;
  });
  await reader.read();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(drained, false);
  await reader.read();
  const next = reader.read();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(drained, true);
  let isAtOnce = false;
  sink().onceDrained(() => {
    isAtOnce = true;
  });
  assert.equal(isAtOnce, true, 'nothing waits');
  sink().end();
  assert.equal((await next).done, true);
});

test('an end comes behind what waits, and what comes later goes nowhere', async () => {
  const { reader, seen, sink } = openStream();
  const first = reader.read();
  await new Promise((resolve) => setImmediate(resolve));
  for (let count = 0; count < 3; count += 1) sink().write(BYTES);
  sink().end();
  sink().end();
  assert.equal(sink().write(BYTES), 0);
  assert.equal(seen.closed, 0, 'not everything is sent');
  await first;
  assert.deepEqual(
    [(await reader.read()).done, (await reader.read()).done, (await reader.read()).done],
    [false, false, true],
  );
  assert.equal(seen.closed, 1);
});

test('a body that is broken off is an error for its reader, and not an end', async () => {
  const { reader, seen, sink } = openStream();
  const read = reader.read();
  await new Promise((resolve) => setImmediate(resolve));
  sink().abort();
  sink().end();
  await assert.rejects(read, /broken off/);
  assert.deepEqual(seen, { opened: 1, closed: 1 });
});

test('a reader that leaves, or a request that is given up, is told once', async () => {
  const left = openStream();
  void left.reader.read();
  await new Promise((resolve) => setImmediate(resolve));
  await left.reader.cancel();
  assert.deepEqual(left.seen, { opened: 1, closed: 1 });
  assert.equal(left.sink().write(BYTES), 0);
  left.sink().end();
  left.sink().abort();

  const controller = new AbortController();
  const aborted = openStream(controller.signal);
  const read = aborted.reader.read();
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  controller.abort();
  assert.equal((await read).done, true);
  assert.deepEqual(aborted.seen, { opened: 1, closed: 1 });

  const early = openStream(AbortSignal.abort());
  assert.equal((await early.reader.read()).done, true);
  assert.deepEqual(early.seen, { opened: 0, closed: 0 });
});
