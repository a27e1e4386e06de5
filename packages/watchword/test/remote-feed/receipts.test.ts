import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pinnedReader } from '../../src/engine/remote-feed/feed-keys.ts';
import { basicAuthorization } from '../../src/engine/remote-feed/feed-requests.ts';
import { IssuerClock } from '../../src/engine/remote-feed/issuer-clock.ts';
import { ReceiptSender } from '../../src/engine/remote-feed/receipt-sender.ts';
import { UseReports } from '../../src/engine/remote-feed/use-reports.ts';
import { epochMs } from '../../src/domain/time.ts';
import { fetchHttpClient } from '../../src/platform/fetch-http-client.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { systemRandom } from '../../src/platform/system-random.ts';
import { systemScheduler } from '../../src/platform/system-scheduler.ts';
import { AUDIENCE, CREDENTIAL, sendJson, startScriptedIssuer } from './scripted-issuer.ts';
import { until } from './verifying.ts';

/** What sends receipts, on a clock that a test can set on. */
async function senderWorld(t: TestContext) {
  const issuer = await startScriptedIssuer(t);
  const world = { aheadMs: 0 };
  const clock = {
    nowMs: () => epochMs(systemClock.nowMs() + world.aheadMs),
    monotonicMs: () => systemClock.monotonicMs() + world.aheadMs,
  };
  const issuerClock = new IssuerClock(clock);
  const uses = new UseReports(clock, () => sender.soon());
  const sender = new ReceiptSender(
    {
      http: fetchHttpClient,
      clock,
      scheduler: systemScheduler,
      random: systemRandom,
      authorization: basicAuthorization(CREDENTIAL.clientId, CREDENTIAL.clientSecret),
      name: 'billing-1',
      instance: 'a'.repeat(32),
      issuerClock,
      uses,
      read: pinnedReader(issuer.url, () => issuer.feedKey).read,
    },
    `${issuer.url}/feed/receipts`,
    () => issuer.head(),
  );
  t.after(() => sender.close());
  const shown = (clockName = issuer.clock) => ({ clock: clockName, nowMs: issuer.nowMs() });
  return { issuer, world, clock, issuerClock, sender, uses, shown };
}

test('each minute the clocks are compared anew, with the process that is followed', async (t) => {
  const { issuer, world, clock, issuerClock, sender, shown } = await senderWorld(t);
  issuerClock.begin(shown(), clock.monotonicMs());
  sender.soon();
  await until(() => issuer.receipts.length === 1);
  assert.equal(issuer.receipts[0]?.['nonce'], undefined);
  world.aheadMs += 61_000;
  assert.ok(issuerClock.isDue);
  issuer.clock = 'b'.repeat(16);
  sender.soon();
  await until(() => issuer.receipts.length === 2);
  await sleep(50);
  assert.match(String(issuer.receipts[1]?.['nonce']), /^[A-Za-z0-9_-]{22}$/);
  assert.ok(issuerClock.isDue, 'another process answered');
  issuerClock.begin({ ...shown(), nowMs: 0 }, clock.monotonicMs() - 61_000);
  sender.soon();
  await until(() => issuer.receipts.length === 3);
  await until(() => !issuerClock.isDue);
});

test('an answer to another question changes nothing', async (t) => {
  const { issuer, world, clock, issuerClock, sender, shown } = await senderWorld(t);
  issuerClock.begin(shown(), clock.monotonicMs());
  world.aheadMs += 61_000;
  for (const answer of [{ checkpoint: issuer.checkpoint({ nonce: 'other' }) }, { checkpoint: 'x' }, {}, []]) {
    const count = issuer.asked.length;
    issuer.instead.set('/feed/receipts', (_request, response) => sendJson(response, answer));
    sender.soon();
    await until(() => issuer.asked.length > count);
    await sleep(30);
    assert.ok(issuerClock.isDue);
  }
});

test('a receipt that is refused is followed by the next, as late as the issuer wants', async (t) => {
  const { issuer, sender } = await senderWorld(t);
  issuer.instead.set('/feed/receipts', (_request, response) =>
    sendJson(response, {}, 429, { 'retry-after': '1' }),
  );
  sender.soon();
  await until(() => issuer.asked.length === 1);
  const refusedMs = performance.now();
  issuer.instead.clear();
  sender.soon();
  await until(() => issuer.receipts.length === 1);
  assert.ok(performance.now() - refusedMs > 900);
});

test('a verifier that nobody closes does not keep its process alive', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const verifier = new URL('../../src/facade/verifier.ts', import.meta.url).href;
  const options = { issuer: issuer.url, audience: AUDIENCE, feed: CREDENTIAL };
  const script = `
    const { createVerifier } = await import(${JSON.stringify(verifier)});
    const verifier = createVerifier(${JSON.stringify(options)});
    await verifier.ready();
    console.log(verifier.status().feeds[0].state);`;
  const child = spawn(process.execPath, [
    '--conditions=watchword-source',
    '--input-type=module',
    '-e',
    script,
  ]);
  t.after(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (piece) => (output += String(piece)));
  const [code] = (await once(child, 'close', { signal: AbortSignal.timeout(20_000) })) as [number];
  assert.deepEqual([code, output.trim()], [0, 'following']);
});
