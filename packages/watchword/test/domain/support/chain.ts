import { settlingTimeMs, type ChainPolicy, type ChainState } from '../../../src/domain/refresh-chain.ts';
import { epochMs } from '../../../src/domain/time.ts';

/** W of these tests. */
export const W = 10_000;
export const RESILIENT: ChainPolicy = { rotation: 'resilient', raceWindowMs: W };
export const STRICT: ChainPolicy = { rotation: 'strict', raceWindowMs: W };
export const NO_WINDOW: ChainPolicy = { rotation: 'resilient', raceWindowMs: 0 };
/** S of these tests. */
export const S = settlingTimeMs(RESILIENT);

export const NOW = epochMs(1_767_225_600_000);

/** A chain at generation 7 that was delivered `ageMs` ago. */
export function chainAged(ageMs: number, overrides: Partial<ChainState> = {}): ChainState {
  const deliveredMs = epochMs(NOW - ageMs);
  return {
    generation: 7,
    keyVersion: 3,
    deliveredMs,
    settled: false,
    late: 0,
    lateDelivery: 'none',
    ...overrides,
  };
}

/** `generation` as it comes in now, while 5 is the newest version of the server's key. */
export function presented(generation: number, nowMs: number = NOW) {
  return { generation, nowMs: epochMs(nowMs), newestKeyVersion: 5 };
}
