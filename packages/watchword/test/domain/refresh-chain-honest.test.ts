import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'node:test';
import { settlingTimeMs } from '../../src/domain/refresh-chain.ts';
import { playHonestly, type Step } from './support/honest-client.ts';
import { holds } from './support/property.ts';

const w = 8;
const policy = { rotation: 'resilient' as const, raceWindowMs: w };

const waitMs = fc.constantFrom(
  0,
  0,
  1,
  w / 2,
  w - 1,
  w,
  w + 1,
  2 * w,
  3 * w,
  4 * w - 1,
  4 * w,
  4 * w + 1,
  5 * w,
  20 * w,
);
const withinHalf = fc.constantFrom(0, 1, w / 2 - 1, w / 2);
const refresh = fc.record({
  kind: fc.constant('refresh' as const),
  waitMs,
  tab: fc.integer({ min: 0, max: 1 }),
  requestMs: withinHalf,
  answerMs: withinHalf,
  diskMs: withinHalf,
  lost: fc.constantFrom(
    'nothing' as const,
    'nothing' as const,
    'nothing' as const,
    'answer' as const,
    'request' as const,
  ),
});
const use = fc.record({ kind: fc.constant('use' as const), waitMs, requestMs: withinHalf });
const crash = fc.record({ kind: fc.constant('crash' as const), waitMs });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: refresh },
  { weight: 2, arbitrary: use },
  { weight: 1, arbitrary: crash },
);

test('two tabs, lost and overtaking messages, and crashes sign nobody out, short of four late deliveries in a row', () => {
  holds(
    fc.property(fc.array(step, { maxLength: 24 }), (steps) => {
      const conviction = playHonestly(steps, policy, settlingTimeMs(policy));
      if (conviction === undefined) return;
      assert.ok(conviction.lateInARow >= 4, `convicted: ${JSON.stringify(conviction)}`);
      assert.equal(conviction.presented, conviction.chain.generation - 1);
      assert.equal(conviction.chain.settled, false);
    }),
    5000,
  );
});

test('the model is able to fail: if use settles after one window, it signs an honest client out', () => {
  const lostToACrash: Step[] = [
    { waitMs: 1, kind: 'refresh', tab: 1, requestMs: 4, answerMs: 3, diskMs: 4, lost: 'nothing' },
    { waitMs: 9, kind: 'use', requestMs: 4 },
    { waitMs: 0, kind: 'crash' },
    { waitMs: 8, kind: 'refresh', tab: 1, requestMs: 1, answerMs: 1, diskMs: 0, lost: 'nothing' },
  ];
  assert.ok(playHonestly(lostToACrash, policy, 4) !== undefined);
  assert.equal(playHonestly(lostToACrash, policy, settlingTimeMs(policy)), undefined);
});
