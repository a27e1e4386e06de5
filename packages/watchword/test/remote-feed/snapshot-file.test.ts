import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { epochMs } from '../../src/domain/time.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { newSessionId, startScriptedIssuer } from './scripted-issuer.ts';
import { follow, until } from './verifying.ts';

/** An issuer with a revoked session, and the file that a verifier left behind when it was closed. */
async function keptWorld(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-feed-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'deeper', 'feed.snapshot');
  const issuer = await startScriptedIssuer(t);
  const revoked = newSessionId();
  issuer.append(
    { kind: 'session', sessionId: revoked },
    { kind: 'subject', subject: 'eve', beforeMs: epochMs(1) },
  );
  const feed = { snapshotPath: path };
  const first = follow(t, issuer, { feed });
  await first.verifier.ready();
  await first.verifier.close();
  return { issuer, path, feed, folder, keys: issuer.jwks, revoked: issuer.token({ sid: revoked }) };
}

test('what is known outlives the process, 0600 and without leftovers', async (t) => {
  const { issuer, path, feed, keys, revoked } = await keptWorld(t);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(join(path, '..')), ['feed.snapshot']);
  await issuer.stop();
  const again = follow(t, issuer, { feed, keys });
  await again.verifier.ready();
  assert.equal(again.codeOf(revoked), 'ERR_TOKEN_REVOKED');
  assert.equal(again.codeOf(issuer.token()), 'ada', 'it is recent enough for this route');
  assert.equal(again.codeOf(issuer.token(), { maxStalenessMs: 1 }), 'ERR_FEED_STALE');
  assert.deepEqual([again.feed().sequence, again.feed().entries], [2, 2]);
  assert.ok(again.feed().ageMs < 10_000);
});

test('whoever comes back goes on from there, without a snapshot', async (t) => {
  const { issuer, feed } = await keptWorld(t);
  issuer.append({ kind: 'session', sessionId: newSessionId() });
  const before = issuer.asked.length;
  const again = follow(t, issuer, { feed });
  await until(() => again.feed().state === 'following');
  assert.equal(again.feed().sequence, 3);
  assert.equal(issuer.asked.slice(before).includes('/feed/snapshot'), false);
});

test('it is as old as it is: also in days, and of unknown age after the clock was set back', async (t) => {
  const { issuer, feed, keys, revoked } = await keptWorld(t);
  await issuer.stop();
  for (const [setMs, ageMs] of [
    [3_600_000, 3_600_000],
    [-3_600_000, Infinity],
  ] as const) {
    const clock = { ...systemClock, nowMs: () => epochMs(systemClock.nowMs() + setMs) };
    const again = follow(t, issuer, { feed, keys, platform: { clock } });
    await until(() => again.feed().sequence === 2);
    const found = again.feed().ageMs;
    assert.ok(found === ageMs || Math.abs(found - ageMs) < 10_000, `${found} ms`);
    const token = issuer.token({ exp: Math.floor(Date.now() / 1000) + 8000, iat: 1 });
    assert.equal(again.codeOf(token), 'ERR_FEED_STALE');
    assert.equal(
      again.codeOf(token, { maxStalenessMs: 7_200_000 }),
      ageMs === Infinity ? 'ERR_FEED_STALE' : 'ada',
    );
    if (setMs < 0) assert.equal(again.codeOf(revoked), 'ERR_TOKEN_NOT_YET_VALID');
  }
});

test('a file that is damaged, cut off, somebody else’s or not to be trusted is told and ignored', async (t) => {
  const { issuer, path, feed, keys } = await keptWorld(t);
  const whole = readFileSync(path);
  const other = await keptWorld(t);
  await issuer.stop();
  const flips = Array.from({ length: 12 }, (_, index) => Math.floor((whole.length * index) / 12));
  const contents: readonly (readonly [Buffer, RegExp])[] = [
    ...flips.map((at) => [flipped(whole, at), /./] as const),
    ...[0, 3, 20, whole.length - 33, whole.length - 1].map((end) => [whole.subarray(0, end), /./] as const),
    [Buffer.concat([whole, Buffer.from('x')]), /./],
    [readFileSync(other.path), /another issuer’s/],
    [Buffer.alloc(100_000, 'WWFF'), /something else/],
  ];
  for (const [content, detail] of contents) {
    writeFileSync(path, content);
    const again = follow(t, issuer, { feed, keys });
    await until(() => again.events.some(({ type }) => type === 'feed_file_ignored'));
    const told = again.events.find((event) => event.type === 'feed_file_ignored');
    assert.match(told?.detail ?? '', detail);
    assert.deepEqual(
      [again.feed().sequence, again.feed().entries, again.feed().ageMs],
      [undefined, 0, Infinity],
    );
    await again.verifier.close();
    assert.deepEqual(readFileSync(path), content, 'who knows nothing writes nothing');
  }
  writeFileSync(path, whole);
  chmodSync(path, 0o666);
  const again = follow(t, issuer, { feed, keys });
  await until(() =>
    again.events.some((event) => event.type === 'feed_file_ignored' && /others/.test(event.detail)),
  );
});

test('a place where nothing can be written is told, and does no other harm', async (t) => {
  const { issuer, folder } = await keptWorld(t);
  const { verifier, events } = follow(t, issuer, { feed: { snapshotPath: folder } });
  await verifier.ready();
  await verifier.close();
  assert.ok(events.some((event) => event.type === 'feed_file_ignored' && /written/.test(event.detail)));
  assert.equal(
    readdirSync(join(folder, '..')).some((name) => name.endsWith('.tmp') && name.includes('watchword-feed-')),
    false,
  );
});

test('it is written once a minute where something changed', async (t) => {
  const { issuer, feed, path } = await keptWorld(t);
  let aheadMs = 0;
  const clock = {
    nowMs: () => epochMs(systemClock.nowMs() + aheadMs),
    monotonicMs: () => systemClock.monotonicMs() + aheadMs,
  };
  const again = follow(t, issuer, { feed, platform: { clock } });
  await again.verifier.ready();
  const before = readFileSync(path);
  issuer.revoke({ kind: 'session', sessionId: newSessionId() });
  await until(() => again.feed().sequence === 3);
  assert.deepEqual(readFileSync(path), before);
  aheadMs = 61_000;
  await until(() => !readFileSync(path).equals(before));
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}
