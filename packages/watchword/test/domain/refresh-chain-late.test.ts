import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judgeRefresh, type ChainState } from '../../src/domain/refresh-chain.ts';
import { chainAged, NOW, presented, RESILIENT, S, W } from './support/chain.ts';

/** Presents a generation and gives the outcome with the state that is stored afterwards. */
function present(chain: ChainState, generation: number, nowMs: number) {
  const verdict = judgeRefresh(chain, presented(generation, nowMs), RESILIENT);
  const after = 'next' in verdict && verdict.next !== undefined ? verdict.next : chain;
  return { outcome: verdict.outcome, after };
}

describe('a generation that is resent late', () => {
  test('counts once, however often its parent comes late again', () => {
    let chain = chainAged(W + 1);
    for (const round of [1, 2, 3, 4, 5, 6]) {
      const nowMs = chain.deliveredMs + W + 1;
      const { outcome, after } = present(chain, 6, nowMs);
      assert.equal(outcome, 'resent_late', `round ${round}`);
      assert.equal(after.late, 1);
      assert.equal(after.deliveredMs, nowMs, 'each late resend is a delivery');
      chain = after;
    }
  });

  test('is resent without a write while its parent comes within W of the late resend', () => {
    const { after } = present(chainAged(W + 1), 6, NOW);
    assert.deepEqual(judgeRefresh(after, presented(6, NOW + W), RESILIENT), { outcome: 'resent' });
  });

  test('counts again if it was presented itself before its parent came late once more', () => {
    let { after } = present(chainAged(W + 1), 6, NOW);
    const taken = present(after, 7, NOW + 1);
    assert.equal(taken.outcome, 'current');
    assert.deepEqual(taken.after, { ...after, lateDelivery: 'taken' }, 'only this mark is written');
    ({ after } = present(taken.after, 6, NOW + W + 1));
    assert.equal(after.late, 2);
    assert.equal(after.lateDelivery, 'counted');
  });

  test('is marked as taken once: presenting it again writes nothing', () => {
    const chain = chainAged(0, { late: 1, lateDelivery: 'taken' });
    assert.deepEqual(judgeRefresh(chain, presented(7), RESILIENT), { outcome: 'current' });
  });
});

describe('a rotation', () => {
  test('sets the count back to 0 where its parent was delivered in time', () => {
    const { after } = present(chainAged(S + 1, { late: 3 }), 7, NOW);
    assert.equal(after.late, 0);
  });

  for (const lateDelivery of ['counted', 'taken'] as const) {
    test(`keeps the count where its parent was resent late (${lateDelivery})`, () => {
      const { outcome, after } = present(chainAged(S + 1, { late: 2, lateDelivery }), 7, NOW);
      assert.equal(outcome, 'rotated');
      assert.equal(after.late, 2);
      assert.equal(after.lateDelivery, 'none', 'the new generation itself is not late yet');
    });
  }
});

describe('the fourth late delivery convicts', () => {
  test('of four generations in a row', () => {
    let chain = chainAged(S + 1);
    let nowMs: number = NOW;
    const outcomes: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const newest = chain.generation;
      ({ after: chain } = present(chain, newest, nowMs));
      nowMs += W + 1;
      const late = present(chain, newest, nowMs);
      outcomes.push(late.outcome);
      chain = late.after;
      nowMs += S + 1;
    }
    assert.deepEqual(outcomes, ['resent_late', 'resent_late', 'resent_late', 'reused']);
  });

  test('not of three, one that came in time, and three more', () => {
    let chain = chainAged(S + 1);
    let nowMs: number = NOW;
    for (const isLate of [true, true, true, false, true, true, true]) {
      const newest = chain.generation;
      ({ after: chain } = present(chain, newest, nowMs));
      if (isLate) {
        nowMs += W + 1;
        const late = present(chain, newest, nowMs);
        assert.equal(late.outcome, 'resent_late');
        chain = late.after;
      }
      nowMs += S + 1;
    }
    assert.equal(chain.late, 3);
  });

  test('of one generation that both parties keep presenting', () => {
    let chain = chainAged(W + 1);
    const outcomes: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const nowMs = chain.deliveredMs + W + 1;
      const parent = present(chain, 6, nowMs);
      outcomes.push(parent.outcome);
      ({ after: chain } = present(parent.after, 7, nowMs + 1));
    }
    assert.deepEqual(outcomes, ['resent_late', 'resent_late', 'resent_late', 'reused']);
  });

  test('but a third that was counted may be repeated', () => {
    const chain = chainAged(W + 1, { late: 3, lateDelivery: 'counted' });
    const { outcome, after } = present(chain, 6, NOW);
    assert.equal(outcome, 'resent_late');
    assert.equal(after.late, 3);
  });

  test('and a third that was counted and taken may not', () => {
    const chain = chainAged(W + 1, { late: 3, lateDelivery: 'taken' });
    assert.deepEqual(judgeRefresh(chain, presented(6), RESILIENT), { outcome: 'reused' });
  });
});
