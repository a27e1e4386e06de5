import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import type { Watchword } from 'watchword';
import { createLogger } from '../../src/logging/create-logger.ts';
import { reportSelfCheck } from '../../src/report-self-check.ts';

type Report = Awaited<ReturnType<Watchword['selfCheck']>>;

function loggerInto(lines: Record<string, unknown>[]) {
  const destination = new Writable({
    write(line: Buffer, _encoding, done) {
      lines.push(JSON.parse(line.toString()) as Record<string, unknown>);
      done();
    },
  });
  return createLogger({ level: 'info', destination });
}

function answering(checks: Report['checks']): Watchword {
  const report = { ok: checks.every(({ ok }) => ok), atMs: Date.now(), checks } as unknown as Report;
  return { selfCheck: async () => report } as unknown as Watchword;
}

test('after the start what the proxies break stands in the log, in sentences, and nothing of what is fine', async () => {
  const lines: Record<string, unknown>[] = [];
  const auth = answering([
    { name: 'reachable', ok: true, seen: 'this installation answers' },
    { name: 'origin_header', ok: false, seen: 'missing', advice: 'A proxy drops the header origin.' },
  ]);
  await reportSelfCheck(auth, loggerInto(lines), new AbortController().signal);
  assert.deepEqual(
    lines.map(({ msg, check, seen }) => ({ msg, check, seen })),
    [{ msg: 'A proxy drops the header origin.', check: 'origin_header', seen: 'missing' }],
  );
});

test('where nobody answers yet it waits to ask again, and a server that stops says nothing', async () => {
  const lines: Record<string, unknown>[] = [];
  const stopping = new AbortController();
  const auth = answering([{ name: 'reachable', ok: false, seen: 'somebody answered 502', advice: 'Ask.' }]);
  const done = reportSelfCheck(auth, loggerInto(lines), stopping.signal);
  setImmediate(() => stopping.abort());
  await done;
  assert.deepEqual(lines, []);
});
