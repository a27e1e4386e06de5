import type { Benchmark } from './benchmark.ts';
import { refreshHttp } from './refresh-http.ts';
import { rotation } from './rotation.ts';

export const BENCHMARKS: ReadonlyMap<string, Benchmark> = new Map([
  ['rotation', rotation],
  ['refresh-http', refreshHttp],
]);
