import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProbes } from '../../src/engine/probes.ts';
import type { EngineContext } from '../../src/engine/context.ts';
import { epochMs } from '../../src/domain/time.ts';
import { systemRandom } from '../../src/platform/system-random.ts';

const KEY = systemRandom.bytes(32);

test('a probe is answered for a minute, by clocks that are as far apart', () => {
  let nowMs = 1_800_000_000_000;
  const context = {
    clock: { nowMs: () => epochMs(nowMs) },
    random: systemRandom,
  } as unknown as EngineContext;
  const probes = createProbes(context, { probeKey: () => KEY });
  const probe = probes.create();
  const proof = probes.answer(probe);
  assert.ok(proof !== undefined && probes.isAnswer(probe, proof));
  assert.ok(!probes.isAnswer(probes.create(), proof), 'each has a proof of its own');
  for (const [awayMs, isAnswered] of [
    [60_000, true],
    [-60_000, true],
    [60_001, false],
    [-60_001, false],
  ] as const) {
    nowMs = 1_800_000_000_000 + awayMs;
    assert.equal(probes.answer(probe) !== undefined, isAnswered, `${awayMs} ms`);
  }
});

test('a probe of another key is none', () => {
  const context = {
    clock: { nowMs: () => epochMs(1_800_000_000_000) },
    random: systemRandom,
  } as unknown as EngineContext;
  const [ours, theirs] = [KEY, systemRandom.bytes(32)].map((key) =>
    createProbes(context, { probeKey: () => key }),
  );
  assert.equal(ours?.answer(theirs?.create() ?? ''), undefined);
});
