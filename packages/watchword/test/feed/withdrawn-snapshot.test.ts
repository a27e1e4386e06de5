import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineContext } from '../../src/engine/context.ts';
import type { Checkpoints } from '../../src/engine/feed/checkpoints.ts';
import { FEED_LIMITS } from '../../src/engine/feed/limits.ts';
import { Snapshots } from '../../src/engine/feed/snapshots.ts';
import { createRevocationView } from '../../src/engine/revocation/view.ts';
import { GENESIS_HASH } from '../../src/domain/revocation.ts';
import { epochMs } from '../../src/domain/time.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { createManualScheduler } from '../../src/testing/manual-scheduler.ts';

test('a snapshot goes no further once its credential was withdrawn, however slowly it is read', async () => {
  const clock = createFakeClock();
  const view = createRevocationView(clock, { record: () => undefined });
  for (let count = 0; count < 20_000; count += 1) {
    const target = { kind: 'subject', subject: `${'s'.repeat(200)}${count}`, beforeMs: epochMs(1) } as const;
    view.apply({ target, expiresMs: epochMs(2) });
  }
  const head = { epoch: '0'.repeat(32), sequence: 1, hash: GENESIS_HASH };
  let isAllowed = true;
  const snapshots = new Snapshots({
    context: {
      clock,
      scheduler: createManualScheduler(clock),
      settings: { issuer: 'https://app.example' } as EngineContext['settings'],
    },
    checkpoints: { current: () => ({ head, asOfMs: 0 }), sign: () => 'a.b.c' } as unknown as Checkpoints,
    view,
    isStillAllowed: async () => isAllowed,
    limits: FEED_LIMITS,
  });
  let how = '';
  let chunks = 0;
  snapshots.body({ clientId: 'billing', proof: new Uint8Array(32) }, undefined).open({
    write: () => {
      chunks += 1;
      clock.advance(1100);
      if (chunks === 3) isAllowed = false;
      return 0;
    },
    onceDrained: (listener) => listener(),
    end: () => (how = 'end'),
    abort: () => (how = 'abort'),
  });
  for (let turns = 0; turns < 200 && how === ''; turns += 1) await sleep(1);
  assert.deepEqual([how, chunks], ['abort', 3]);
});
