import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { epochMs } from '../../src/domain/time.ts';
import { IssuerClock } from '../../src/engine/remote-feed/issuer-clock.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { systemScheduler } from '../../src/platform/system-scheduler.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { newSessionId, startScriptedIssuer, type ScriptedIssuer } from './scripted-issuer.ts';
import { follow, until, type Wishes } from './verifying.ts';

const PRUNE_PERIOD_MS = 60_000;
const TWO_DAYS_MS = 2 * 86_400_000;

/** A verifier whose wall clock is set, and drops what has expired when it is told to. */
function followWithClock(t: TestContext, issuer: ScriptedIssuer, feed: Wishes['feed'] = {}) {
  const prunings: (() => void)[] = [];
  let setMs = 0;
  const platform = {
    clock: { ...systemClock, nowMs: () => epochMs(systemClock.nowMs() + setMs) },
    scheduler: {
      ...systemScheduler,
      every(periodMs: number, work: () => void) {
        if (periodMs === PRUNE_PERIOD_MS) prunings.push(work);
        return systemScheduler.every(periodMs, work);
      },
    },
  };
  return {
    ...follow(t, issuer, { feed, platform }),
    async set(milliseconds: number, pruned = false) {
      setMs = milliseconds;
      if (pruned) for (const prune of prunings) prune();
      await sleep(0);
    },
  };
}

test('what was dropped while the clock was ahead is known again before anything is accepted', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const { verifier, codeOf, feed, set } = followWithClock(t, issuer);
  await verifier.ready();
  const sid = newSessionId();
  const [revoked, good] = [issuer.token({ sid }), issuer.token()];
  issuer.revoke({ kind: 'session', sessionId: sid });
  await until(() => codeOf(revoked) === 'ERR_TOKEN_REVOKED');
  await set(TWO_DAYS_MS, true);
  assert.equal(feed().entries, 0);
  await until(() => feed().reconnects > 0 && feed().state === 'following');
  await set(0);
  assert.notEqual(codeOf(revoked), 'ada');
  await until(() => codeOf(good) === 'ada');
  assert.equal(codeOf(revoked), 'ERR_TOKEN_REVOKED');
});

test('a file that was written while the clock was ahead is no place to go on from', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-ahead-'));
  t.after(() => rm(folder, { recursive: true }));
  const kept = { snapshotPath: join(folder, 'feed') };
  const issuer = await startScriptedIssuer(t);
  const first = followWithClock(t, issuer, kept);
  await first.verifier.ready();
  const sid = newSessionId();
  const [revoked, good] = [issuer.token({ sid }), issuer.token()];
  issuer.revoke({ kind: 'session', sessionId: sid });
  await until(() => first.codeOf(revoked) === 'ERR_TOKEN_REVOKED');
  await first.set(TWO_DAYS_MS, true);
  await first.verifier.close();
  const second = follow(t, issuer, { feed: kept });
  await until(() => second.codeOf(good) === 'ada');
  assert.equal(second.codeOf(revoked), 'ERR_TOKEN_REVOKED');
});

test('a sleep counts also where the clock was set back before it', () => {
  const clock = createFakeClock();
  const issuerClock = new IssuerClock(clock);
  issuerClock.begin({ clock: 'a', nowMs: 1000 }, clock.monotonicMs());
  clock.jump(-3_600_000);
  assert.notEqual(issuerClock.notBefore({ clock: 'a', nowMs: 1000, asOfMs: 1000 }), undefined);
  clock.jump(1_800_000);
  assert.equal(issuerClock.notBefore({ clock: 'a', nowMs: 1000, asOfMs: 1000 }), undefined);
});
