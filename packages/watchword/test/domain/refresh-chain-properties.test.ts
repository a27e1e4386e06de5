import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'node:test';
import { judgeRefresh, type ChainPolicy, type ChainState } from '../../src/domain/refresh-chain.ts';
import { epochMs } from '../../src/domain/time.ts';
import { NOW } from './support/chain.ts';
import { holds } from './support/property.ts';

const windowMs = fc.constantFrom(0, 1, 250, 10_000, 60_000);
const policy: fc.Arbitrary<ChainPolicy> = fc.record({
  rotation: fc.constantFrom('resilient' as const, 'strict' as const),
  raceWindowMs: windowMs,
});
/** Ages on and beside every boundary there is, and everywhere else. */
const ageMs = fc.oneof(
  fc.integer({ min: -400_000, max: 400_000 }),
  fc.tuple(windowMs, fc.constantFrom(0, 1, 4), fc.integer({ min: -1, max: 1 })).map(([w, n, d]) => w * n + d),
  fc.constant(NOW as number),
);
const chain: fc.Arbitrary<ChainState> = fc
  .record({
    generation: fc.integer({ min: 1, max: 12 }),
    keyVersion: fc.integer({ min: 0, max: 255 }),
    ageMs,
    settled: fc.boolean(),
    late: fc.integer({ min: 0, max: 3 }),
    lateDelivery: fc.constantFrom('none' as const, 'counted' as const, 'taken' as const),
  })
  .map(({ ageMs: age, ...rest }) => ({ ...rest, deliveredMs: epochMs(NOW - age) }));
const generation = fc.integer({ min: 1, max: 14 });
const situation = fc.tuple(chain, generation, fc.integer({ min: 0, max: 255 }), policy);

function judge([state, presentedGeneration, newestKeyVersion, rules]: [
  ChainState,
  number,
  number,
  ChainPolicy,
]) {
  const before = structuredClone(state);
  const verdict = judgeRefresh(
    state,
    { generation: presentedGeneration, nowMs: NOW, newestKeyVersion },
    rules,
  );
  assert.deepEqual(state, before, 'the state that is judged is not changed');
  return { verdict, next: 'next' in verdict ? verdict.next : undefined };
}

describe('whatever the chain and whatever is presented', () => {
  test('the generation never falls, rises by one at most, and only by a rotation', () => {
    holds(
      fc.property(situation, (given) => {
        const { verdict, next } = judge(given);
        const by = (next?.generation ?? given[0].generation) - given[0].generation;
        assert.equal(by, verdict.outcome === 'rotated' ? 1 : 0);
      }),
      2000,
    );
  });

  test('resent, reused and ahead write nothing', () => {
    holds(
      fc.property(situation, (given) => {
        const { verdict, next } = judge(given);
        if (['resent', 'reused', 'ahead'].includes(verdict.outcome)) assert.equal(next, undefined);
        if (['rotated', 'resent_late'].includes(verdict.outcome)) assert.ok(next !== undefined);
      }),
      2000,
    );
  });

  test('current writes nothing but that a late delivery was taken', () => {
    holds(
      fc.property(situation, (given) => {
        const { verdict, next } = judge(given);
        if (verdict.outcome !== 'current') return;
        const isCounted = given[0].lateDelivery === 'counted';
        assert.deepEqual(next, isCounted ? { ...given[0], lateDelivery: 'taken' } : undefined);
      }),
      2000,
    );
  });

  test('nobody is convicted for the newest token, nor for one that is ahead', () => {
    holds(
      fc.property(situation, (given) => {
        const { verdict } = judge(given);
        if (given[1] >= given[0].generation) assert.notEqual(verdict.outcome, 'reused');
      }),
      2000,
    );
  });

  test('what is stored stays inside the bounds of a row', () => {
    holds(
      fc.property(situation, (given) => {
        const { next } = judge(given);
        if (next === undefined) return;
        assert.ok(next.late >= 0 && next.late <= 3, `late ${next.late}`);
        assert.ok(next.deliveredMs === NOW || next.deliveredMs === given[0].deliveredMs);
        assert.ok(next.keyVersion === given[0].keyVersion || next.keyVersion === given[2]);
        assert.ok(!next.settled || given[0].settled, 'only use settles');
      }),
      2000,
    );
  });

  test('the loser of a race gets what the winner got: the same again at the same time convicts nobody', () => {
    holds(
      fc.property(situation, (given) => {
        const { verdict, next } = judge(given);
        const [, presentedGeneration, newest, rules] = given;
        if (rules.rotation === 'strict' || rules.raceWindowMs === 0 || next === undefined) return;
        const again = judge([next, presentedGeneration, newest, rules]);
        assert.equal(again.verdict.outcome, verdict.outcome === 'current' ? 'current' : 'resent');
      }),
      2000,
    );
  });
});
