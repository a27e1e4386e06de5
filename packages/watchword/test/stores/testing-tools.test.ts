import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { createManualScheduler } from '../../src/testing/manual-scheduler.ts';
import { createSeededRandom } from '../../src/testing/seeded-random.ts';

test('the fake clock passes time on both clocks, and jumps on one', () => {
  const clock = createFakeClock(1000);
  clock.advance(5);
  clock.jump(-100);
  assert.equal(clock.nowMs(), 905);
  assert.equal(clock.monotonicMs(), 5);
  assert.throws(() => clock.advance(-1), RangeError);
});

test('the manual scheduler runs what is due, in order and each at its own time', async () => {
  const clock = createFakeClock(0);
  const scheduler = createManualScheduler(clock);
  const ran: string[] = [];
  const note = (what: string) => ran.push(`${what} at ${clock.monotonicMs()}`);
  scheduler.after(30, () => note('once'));
  scheduler.after(10, () => note('never'))();
  const stop = scheduler.every(20, () => note('again'));
  void scheduler.sleep(25).then(async () => {
    note('slept');
    await scheduler.sleep(10);
    note('slept twice');
    stop();
  });
  await scheduler.advance(19);
  assert.deepEqual(ran, []);
  await scheduler.advance(100);
  assert.deepEqual(ran, ['again at 20', 'slept at 25', 'once at 30', 'slept twice at 35']);
  assert.equal(clock.monotonicMs(), 119);
  assert.equal(scheduler.waiting, 0);
});

test('seeded randomness is the same for one seed, differs between seeds, and covers its range', () => {
  const bytesOf = (seed: number) => Buffer.from(createSeededRandom(seed).bytes(16)).toString('hex');
  assert.equal(bytesOf(7), bytesOf(7));
  assert.equal(new Set([0, 1, 2, 7, -1, 2 ** 32, 2 ** 40].map(bytesOf)).size, 7);
  const random = createSeededRandom(1);
  const counts = new Map<number, number>();
  for (let round = 0; round < 6000; round += 1) {
    const face = random.below(6);
    counts.set(face, (counts.get(face) ?? 0) + 1);
    assert.ok(random.jitter() < 1);
  }
  assert.deepEqual([...counts.keys()].toSorted(), [0, 1, 2, 3, 4, 5]);
  for (const count of counts.values()) assert.ok(count > 850 && count < 1150);
});
