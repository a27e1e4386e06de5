import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitMs } from '../src/answers.ts';

test('each failure in a row is followed by a longer wait, up to a minute, spread by a quarter', () => {
  for (const [failures, leastMs] of [
    [0, 1_000],
    [1, 2_000],
    [5, 32_000],
    [6, 60_000],
    [2_000, 60_000],
  ] as const) {
    const waits = Array.from({ length: 50 }, () => waitMs(failures, null));
    assert.ok(waits.every((wait) => wait >= leastMs && wait <= leastMs * 1.25));
    assert.ok(new Set(waits).size > 10, 'spread');
  }
});

test('the server is never asked before it said, however far that is, within reason', () => {
  for (const [asked, leastMs] of [
    ['60', 60_000],
    ['0', 1_000],
    ['86400', 600_000],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 1_000],
    ['-5', 1_000],
    [undefined, 1_000],
  ] as const) {
    const wait = waitMs(0, asked);
    assert.ok(wait >= leastMs && wait <= leastMs * 1.25, `${asked}: ${wait}`);
  }
});
