import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RemoteFault } from '../../src/engine/remote-feed/feed-problem.ts';
import { RetryDelay } from '../../src/engine/remote-feed/retry-delay.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { createSeededRandom } from '../../src/testing/seeded-random.ts';

const broken = new RemoteFault('ended', 'the issuer ended the stream');
const clock = createFakeClock();

function failing(times: number, seed: number): RetryDelay {
  const delay = new RetryDelay(clock, createSeededRandom(seed));
  for (let count = 0; count < times; count += 1) delay.after(broken);
  return delay;
}

/** The shortest and the longest of many that differ by chance alone. */
function range(pauseOf: (seed: number) => number): readonly [number, number] {
  const pauses = Array.from({ length: 200 }, (_, seed) => pauseOf(seed));
  return [Math.min(...pauses), Math.max(...pauses)];
}

test('pauses begin at a tenth of a second, double, end at two seconds, and are never the same for all', () => {
  for (const [times, longestMs] of [100, 200, 400, 800, 1600, 2000, 2000].entries()) {
    const [least, most] = range((seed) => failing(times, seed).after(broken));
    assert.ok(least >= longestMs / 2 && least < longestMs * 0.6, `${least} of ${longestMs}`);
    assert.ok(most <= longestMs && most > longestMs * 0.9, `${most} of ${longestMs}`);
  }
});

test('who followed for as long as the longest pause begins anew, who was cut off sooner does not', () => {
  const after = (followedMs: number, seed: number): number => {
    const delay = failing(20, seed);
    delay.following();
    clock.advance(followedMs);
    return delay.after(broken);
  };
  assert.ok(range((seed) => after(2000, seed))[1] <= 100);
  assert.ok(range((seed) => after(1999, seed))[0] >= 1000);
});

test('an issuer that asks to be left alone is, and not for much longer than it asks', () => {
  const asking = new RemoteFault('busy', 'the issuer answers 503', 2000);
  const [least, most] = range((seed) => failing(20, seed).after(asking));
  assert.ok(least >= 2000 && most <= 3000, `${least} to ${most}`);
});

test('where the credential is refused it is tried about twice a minute', () => {
  const refused = new RemoteFault('credential', 'the issuer answers 401');
  const [least, most] = range((seed) => failing(0, seed).after(refused));
  assert.ok(least >= 20_000 && most <= 40_000, `${least} to ${most}`);
});
