import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStolenTokens } from '../../src/demo/stolen-tokens.ts';

test('the thief holds the newest copy of a session, a hundred sessions, and each for half an hour', () => {
  let nowMs = 0;
  const stolen = createStolenTokens(() => nowMs);
  stolen.keep('s0', 'first', 1);
  stolen.keep('s0', 'second', 2);
  assert.deepEqual(stolen.find('s0'), { token: 'second', generation: 2, stolenAtMs: 0 });

  nowMs = 60_000;
  for (let number = 1; number <= 100; number += 1) stolen.keep(`s${number}`, 'token', 1);
  assert.equal(stolen.find('s0'), undefined, 'the oldest is forgotten');
  assert.equal(stolen.find('s1')?.token, 'token');

  nowMs += 30 * 60_000 - 1;
  assert.equal(stolen.find('s100')?.token, 'token');
  nowMs += 1;
  assert.equal(stolen.find('s100'), undefined);
  stolen.keep('s1', 'third', 3);
  stolen.forget('s1');
  assert.equal(stolen.find('s1'), undefined);
});
