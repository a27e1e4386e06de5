import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createGate } from '../../src/engine/accounts/gate.ts';
import { rejection } from '../facade/support/errors.ts';

/** Work that ends when it is told to. */
function heldWork() {
  const running: PromiseWithResolvers<string>[] = [];
  const state = { started: 0, mostAtOnce: 0, atOnce: 0 };
  async function work(): Promise<string> {
    state.started += 1;
    state.atOnce += 1;
    state.mostAtOnce = Math.max(state.mostAtOnce, state.atOnce);
    const held = Promise.withResolvers<string>();
    running.push(held);
    return held.promise.finally(() => (state.atOnce -= 1));
  }
  return { state, work, running };
}

describe('a gate', () => {
  test('lets as many run at once as it may, and the others in turn', async () => {
    const gate = createGate({ atOnce: 3, waiting: 10 });
    const { state, work, running } = heldWork();
    const passing = Array.from({ length: 8 }, () => gate.pass(work));
    await turn();
    assert.equal(state.started, 3);
    for (let round = 0; round < 8; round += 1) {
      running[round]?.resolve(`result ${round}`);
      await turn();
      assert.equal(state.started, Math.min(8, 4 + round));
    }
    assert.deepEqual(
      await Promise.all(passing),
      Array.from({ length: 8 }, (_, n) => `result ${n}`),
    );
    assert.equal(state.mostAtOnce, 3);
  });

  test('refuses at once, without running it, what is too much to wait', async () => {
    const gate = createGate({ atOnce: 1, waiting: 2 });
    const { state, work, running } = heldWork();
    const passing = [gate.pass(work), gate.pass(work), gate.pass(work)];
    const error = await rejection(gate.pass(work));
    assert.equal(error.code, 'ERR_OVERLOADED');
    assert.equal(error.status, 503);
    await turn();
    assert.equal(state.started, 1);
    for (let round = 0; round < 3; round += 1) {
      running[round]?.resolve('');
      await turn();
    }
    await Promise.all(passing);
    assert.equal(state.started, 3);
  });

  test('goes on after work that failed, in whatever way', async () => {
    const gate = createGate({ atOnce: 1, waiting: 1 });
    const ways: readonly (() => Promise<never>)[] = [
      () => Promise.reject(new Error('no')),
      () => {
        throw new Error('no');
      },
    ];
    for (let round = 0; round < 20; round += 1) {
      await assert.rejects(gate.pass(ways[round % 2] ?? assert.fail()), /no/);
    }
    assert.equal(await gate.pass(async () => 'in'), 'in');
  });

  test('never runs more than it may, however work ends and comes', async () => {
    const gate = createGate({ atOnce: 2, waiting: 1000 });
    let running = 0;
    let most = 0;
    const passing = Array.from({ length: 300 }, (_, n) =>
      gate.pass(async () => {
        running += 1;
        most = Math.max(most, running);
        for (let turns = n % 4; turns > 0; turns -= 1) await turn();
        running -= 1;
        if (n % 5 === 0) throw new Error('no');
      }),
    );
    await Promise.allSettled(passing);
    assert.deepEqual([most, running], [2, 0]);
  });
});
