import assert from 'node:assert/strict';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Watchword, WatchwordEvent } from 'watchword';
import { createEventStream, type EventStream } from '../../src/admin/event-stream.ts';
import { readEvents } from './event-reader.ts';

const EVERYTHING = { lastEventId: undefined, recent: 1000, types: undefined };

/** A stream over a real connection, of events that the test makes up. */
async function startStream(t: TestContext) {
  let tell: (event: WatchwordEvent) => void = () => undefined;
  const events = {
    on(_type: string, listener: (event: WatchwordEvent) => void) {
      tell = listener;
      return () => (tell = () => undefined);
    },
  } as unknown as Watchword['events'];
  const stream = createEventStream(events);
  const responses: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    responses.push(response);
    stream.open(response, EVERYTHING);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const say = (subject: string) =>
    tell({ type: 'session_refused', atMs: 1, subject, reason: 'session_limit' } as WatchwordEvent);
  return { stream, say, responses, port: (server.address() as AddressInfo).port };
}

test('the last 1000 are kept, oldest first', async (t) => {
  const { say, port } = await startStream(t);
  for (let index = 1; index <= 2345; index += 1) say(String(index));
  const events = await (await readEvents(t, { port }, '')).take(1000);
  assert.deepEqual(
    [events[0]?.data.subject, events[500]?.data.subject, events[999]?.data.subject],
    ['1346', '1846', '2345'],
  );
});

test('a reader that does not read is let go before it costs memory; the others stay', async (t) => {
  const { say, responses, port } = await startStream(t);
  const attentive = await readEvents(t, { port }, '');
  const sluggish = await new Promise<IncomingMessage>((resolve) => {
    request({ host: '127.0.0.1', port, agent: false }).on('response', resolve).end();
  });
  sluggish.on('error', () => undefined);
  const [, slow] = responses;
  let most = 0;
  const subject = 'a'.repeat(10_000);
  for (let round = 0; round < 2000 && slow?.destroyed === false; round += 1) {
    say(subject);
    most = Math.max(most, slow.writableLength);
    if (round % 10 === 0) await pause(1);
  }
  assert.equal(slow?.destroyed, true);
  assert.ok(most < 1_200_000, `${most} bytes were waiting`);
  say('the end');
  await pause(50);
  assert.equal(responses[0]?.destroyed, false);
  sluggish.destroy();
  attentive.close();
});

test('closing ends every stream, also one that comes late', async (t) => {
  const { stream, port } = await startStream(t);
  const reader = await readEvents(t, { port }, '');
  stream.close();
  await reader.ended;
  await (
    await readEvents(t, { port }, '')
  ).ended;
});

test('a silent stream shows signs of life', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const written: string[] = [];
  const response = {
    writableLength: 0,
    write: (text: string) => written.push(text),
    once: () => response,
    on: () => response,
  };
  const stream: EventStream = createEventStream({ on: () => () => undefined } as never);
  stream.open(response as never, EVERYTHING);
  t.mock.timers.tick(30_000);
  assert.deepEqual(written.slice(1), [': still here\n\n', ': still here\n\n']);
});
