import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'node:test';
import { judgeRefresh, type ChainState } from '../../src/domain/refresh-chain.ts';
import { epochMs } from '../../src/domain/time.ts';
import { chainAged, NOW, presented, RESILIENT, S, W } from './support/chain.ts';
import { holds } from './support/property.ts';

describe('a thief', () => {
  test('who presents any old token after its successor was seen in use is caught, however long that is ago', () => {
    holds(
      fc.property(
        fc.integer({ min: 2, max: 50 }),
        fc.integer({ min: 1, max: 49 }),
        fc.integer({ min: -S, max: 30 * 86_400_000 }),
        (newest, by, ageMs) => {
          fc.pre(by < newest);
          const chain = chainAged(ageMs, { generation: newest, settled: true });
          assert.deepEqual(judgeRefresh(chain, presented(newest - by), RESILIENT), { outcome: 'reused' });
        },
      ),
    );
  });

  test('who was first, and used what he got, is caught when the victim comes', () => {
    const stolen = judgeRefresh(chainAged(S + 1), presented(7), RESILIENT);
    assert.ok(stolen.outcome === 'rotated');
    const used: ChainState = { ...stolen.next, settled: true };
    assert.deepEqual(judgeRefresh(used, presented(7, NOW + S + 1), RESILIENT), { outcome: 'reused' });
  });

  test('who never uses an access token is caught at the fourth late resend, as long as the two keep W apart', () => {
    holds(
      fc.property(
        fc.array(fc.integer({ min: W + 1, max: 5 * S }), { minLength: 60, maxLength: 60 }),
        (waitsMs) => {
          const held = [7, 7];
          let chain = chainAged(S + 1);
          let nowMs: number = NOW;
          let resends = 0;
          for (const [turn, waitMs] of waitsMs.entries()) {
            nowMs += waitMs;
            const party = turn % 2;
            const verdict = judgeRefresh(
              chain,
              { ...presented(held[party] ?? 0), nowMs: epochMs(nowMs) },
              RESILIENT,
            );
            if (verdict.outcome === 'reused') {
              assert.ok(resends <= 3, `caught after ${resends} late resends`);
              return;
            }
            if ('next' in verdict && verdict.next !== undefined) chain = verdict.next;
            if (verdict.outcome === 'resent_late') resends += 1;
            held[party] = chain.generation;
          }
          assert.fail('two parties held one session for 60 presentations, and nobody was caught');
        },
      ),
    );
  });
});
