import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judgeRefresh, settlingTimeMs, startChain } from '../../src/domain/refresh-chain.ts';
import { chainAged, NOW, NO_WINDOW, presented, RESILIENT, S, W } from './support/chain.ts';

describe('the newest generation comes', () => {
  for (const ageMs of [0, 1, W, W + 1, S - 1, S]) {
    test(`${ageMs} ms after it was delivered, S being ${S}: current, and nothing is written`, () => {
      assert.deepEqual(judgeRefresh(chainAged(ageMs), presented(7), RESILIENT), { outcome: 'current' });
    });
  }

  test('later than S after it was delivered: rotated, and every member of the new state is as the table says', () => {
    const chain = chainAged(S + 1, { settled: true, late: 2 });
    assert.deepEqual(judgeRefresh(chain, presented(7), RESILIENT), {
      outcome: 'rotated',
      next: { generation: 8, keyVersion: 5, deliveredMs: NOW, settled: false, late: 0, lateDelivery: 'none' },
    });
  });

  test('for the first time since the sign-in, in the same millisecond: rotated, as it counts as delivered long ago', () => {
    const verdict = judgeRefresh(startChain(5), presented(1), RESILIENT);
    assert.equal(verdict.outcome, 'rotated');
  });

  test('before it was delivered, because the clock was set back: current', () => {
    assert.deepEqual(judgeRefresh(chainAged(-1), presented(7), RESILIENT), { outcome: 'current' });
    assert.deepEqual(judgeRefresh(chainAged(-86_400_000), presented(7), RESILIENT), { outcome: 'current' });
  });

  test('settled or not, it is current within S', () => {
    const chain = chainAged(S, { settled: true });
    assert.deepEqual(judgeRefresh(chain, presented(7), RESILIENT), { outcome: 'current' });
  });
});

describe('the parent comes while its successor is not settled', () => {
  for (const ageMs of [0, 1, W - 1, W]) {
    test(`${ageMs} ms after that was delivered, W being ${W}: resent, and nothing is written`, () => {
      assert.deepEqual(judgeRefresh(chainAged(ageMs), presented(6), RESILIENT), { outcome: 'resent' });
    });
  }

  for (const ageMs of [W + 1, S, S + 1, 30 * 86_400_000]) {
    test(`${ageMs} ms after: resent late, which counts as delivered now`, () => {
      assert.deepEqual(judgeRefresh(chainAged(ageMs), presented(6), RESILIENT), {
        outcome: 'resent_late',
        next: { ...chainAged(0), late: 1, lateDelivery: 'counted' },
      });
    });
  }

  test('before that was delivered, because the clock was set back: resent', () => {
    assert.deepEqual(judgeRefresh(chainAged(-1), presented(6), RESILIENT), { outcome: 'resent' });
    assert.deepEqual(judgeRefresh(chainAged(-86_400_000), presented(6), RESILIENT), { outcome: 'resent' });
  });

  test('what is resent is issued under the key that the generation was issued under', () => {
    const late = judgeRefresh(chainAged(W + 1, { keyVersion: 2 }), presented(6), RESILIENT);
    assert.equal(late.outcome === 'resent_late' && late.next.keyVersion, 2);
  });
});

describe('the parent comes after its successor has settled: reused', () => {
  for (const ageMs of [-1, 0, W, W + 1, S + 1]) {
    test(`${ageMs} ms after that was delivered`, () => {
      const chain = chainAged(ageMs, { settled: true });
      assert.deepEqual(judgeRefresh(chain, presented(6), RESILIENT), { outcome: 'reused' });
    });
  }
});

describe('an ancestor comes: reused, settled or not, however soon', () => {
  for (const generation of [5, 4, 1]) {
    for (const ageMs of [-1, 0, W + 1]) {
      for (const settled of [false, true]) {
        test(`generation ${generation} of 7, ${ageMs} ms after the delivery, ${settled ? '' : 'not '}settled`, () => {
          const chain = chainAged(ageMs, { settled });
          assert.deepEqual(judgeRefresh(chain, presented(generation), RESILIENT), { outcome: 'reused' });
        });
      }
    }
  }
});

describe('a generation comes that the store has not reached: ahead, and nothing is written', () => {
  for (const generation of [8, 9, 0xffff_ffff]) {
    test(`generation ${generation} of 7`, () => {
      for (const ageMs of [-1, 0, S + 1]) {
        assert.deepEqual(judgeRefresh(chainAged(ageMs), presented(generation), RESILIENT), {
          outcome: 'ahead',
        });
      }
    });
  }
});

describe('W = 0 makes every refresh rotate', () => {
  test('S is 0 as well', () => assert.equal(settlingTimeMs(NO_WINDOW), 0));

  for (const ageMs of [0, 1, S, -1, -86_400_000]) {
    test(`the newest, ${ageMs} ms after it was delivered`, () => {
      assert.equal(judgeRefresh(chainAged(ageMs), presented(7), NO_WINDOW).outcome, 'rotated');
    });
  }

  test('the parent is never in time: it is resent late, and the fourth in a row convicts', () => {
    assert.equal(judgeRefresh(chainAged(0), presented(6), NO_WINDOW).outcome, 'resent_late');
    assert.equal(judgeRefresh(chainAged(0, { late: 3 }), presented(6), NO_WINDOW).outcome, 'reused');
  });
});

test('S is four times W', () => {
  assert.equal(S, 40_000);
  assert.equal(settlingTimeMs({ rotation: 'resilient', raceWindowMs: 250 }), 1000);
});
