import { bundle } from './bundle.ts';
import type { Benchmark } from './benchmark.ts';
import { feed } from './feed.ts';
import { guard } from './guard.ts';
import { refreshHttp } from './refresh-http.ts';
import { revocation } from './revocation.ts';
import { rotation } from './rotation.ts';
import { sign } from './sign.ts';
import { verify } from './verify.ts';

export const BENCHMARKS: ReadonlyMap<string, Benchmark> = new Map([
  ['verify', verify],
  ['sign', sign],
  ['revocation', revocation],
  ['rotation', rotation],
  ['refresh-http', refreshHttp],
  ['feed', feed],
  ['guard', guard],
  ['bundle', bundle],
]);
