import { performance } from 'node:perf_hooks';
import { epochMs } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';

export const systemClock: Clock = {
  nowMs: () => epochMs(Date.now()),
  monotonicMs: () => performance.now(),
};
