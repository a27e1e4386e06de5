import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judgeRefresh, startChain } from '../../src/domain/refresh-chain.ts';
import { chainAged, NOW, presented, S, STRICT, W } from './support/chain.ts';

describe('strict rotation, the textbook', () => {
  for (const ageMs of [-1, 0, 1, W, S, S + 1]) {
    test(`the newest rotates ${ageMs} ms after it was delivered`, () => {
      const verdict = judgeRefresh(chainAged(ageMs, { late: 0 }), presented(7), STRICT);
      assert.deepEqual(verdict, {
        outcome: 'rotated',
        next: {
          generation: 8,
          keyVersion: 5,
          deliveredMs: NOW,
          settled: false,
          late: 0,
          lateDelivery: 'none',
        },
      });
    });

    test(`its parent is reused ${ageMs} ms after, at once, settled or not`, () => {
      for (const settled of [false, true]) {
        const verdict = judgeRefresh(chainAged(ageMs, { settled }), presented(6), STRICT);
        assert.deepEqual(verdict, { outcome: 'reused' });
      }
    });
  }

  test('any ancestor is reused', () => {
    assert.deepEqual(judgeRefresh(chainAged(0), presented(1), STRICT), { outcome: 'reused' });
  });

  test('the first token rotates', () => {
    assert.equal(judgeRefresh(startChain(1), presented(1), STRICT).outcome, 'rotated');
  });

  test('a generation that the store has not reached convicts nobody', () => {
    assert.deepEqual(judgeRefresh(chainAged(0), presented(8), STRICT), { outcome: 'ahead' });
  });
});
