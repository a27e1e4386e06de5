import type { Benchmark } from './benchmark.ts';
import { rotation } from './rotation.ts';

export const BENCHMARKS: ReadonlyMap<string, Benchmark> = new Map([['rotation', rotation]]);
