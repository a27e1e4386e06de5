import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assertMemory, attackManyTimes, startTarget, type Attacker } from './target.ts';

const HEAD = 'POST /auth/sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
/** Time for headers is 10 s, time for a request 30 s; each is looked at every 5 s. */
const HEADERS_MS = 16_000;
const REQUEST_MS = 36_000;
const isLong = process.env['WATCHWORD_LONG'] !== undefined;

test('2,000 connections that ask nothing, 300 slow headers and 300 slow bodies: others are served, and it ends', async (t) => {
  const target = await startTarget(t);
  const before = target.memory();
  const startedMs = performance.now();
  const idle = await attackManyTimes(t, target, 2000);
  const headers = await attackManyTimes(t, target, 300, 'GET /me HTTP/1.1\r\nhost: x\r\nx: ');
  const bodies = await attackManyTimes(t, target, 300, `${HEAD}content-length: 16000\r\n\r\n{`);
  const slow = [...headers, ...bodies];
  const timer = setInterval(() => slow.forEach(({ socket }) => socket.writable && socket.write('x')), 1000);
  t.after(() => clearInterval(timer));
  for (let round = 0; round < 10; round += 1) {
    await target.assertServesOthers();
    await pause(200);
  }
  assertMemory(t, target, before, 96);
  if (!isLong) return t.diagnostic('that they are cut off is for npm run test:long');
  await closedWithin(headers, startedMs + HEADERS_MS);
  await closedWithin(idle, startedMs + HEADERS_MS);
  for (const { received } of headers) assert.match(received, /^HTTP\/1\.1 408 [^]*ERR_REQUEST_TIMEOUT/);
  await target.assertServesOthers();
  await closedWithin(bodies, startedMs + REQUEST_MS);
  await target.assertServesOthers();
  assertMemory(t, target, before, 96);
});

async function closedWithin(attackers: readonly Attacker[], untilMs: number): Promise<void> {
  const all = Promise.all(attackers.map(({ closed }) => closed)).then(() => true);
  const leftMs = Math.max(0, untilMs - performance.now());
  const isClosed = await Promise.race([all, pause(leftMs, false, { ref: false })]);
  const open = attackers.filter(({ socket }) => !socket.closed).length;
  assert.ok(isClosed, `${open} of ${attackers.length} connections are still open`);
}
