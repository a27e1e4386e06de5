import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { outlives, remainingMs, spanFromNow, spanFromTab } from '../src/span.ts';

test('time passes on the clock that is ahead, and a clock that is set back stops nothing', (t) => {
  let monotonic = 1_000;
  let wall = 5_000_000;
  mock.method(performance, 'now', () => monotonic);
  mock.method(Date, 'now', () => wall);
  t.after(() => mock.restoreAll());
  const span = spanFromNow(900);
  assert.equal(remainingMs(span), 900);
  monotonic += 100;
  assert.equal(remainingMs(span), 800);
  // A device that slept with its monotonic clock.
  wall += 500;
  assert.equal(remainingMs(span), 400);
  wall -= 1_000_000;
  assert.equal(remainingMs(span), 800);

  // Another tab's monotonic clock is another; its wall clock is ours, and may have been set back since.
  assert.equal(remainingMs(spanFromTab({ lengthMs: 900, monotonicMs: 77_000, wallMs: wall - 300 })), 600);
  assert.equal(remainingMs(spanFromTab({ lengthMs: 900, monotonicMs: 0, wallMs: wall + 9_000 })), 900);
});

test('two measurements of one end are told from a later end', () => {
  const long = spanFromNow(60_000);
  assert.ok(outlives(long, undefined));
  assert.ok(!outlives(undefined, undefined));
  assert.ok(!outlives({ ...long, lengthMs: 60_500 }, long));
  assert.ok(outlives({ ...long, lengthMs: 70_000 }, long));
});
