import { createHash, randomBytes } from 'node:crypto';
import { createSessionId, type SessionId } from '../../src/domain/ids.ts';
import { startChain } from '../../src/domain/refresh-chain.ts';
import type { SessionRecord } from '../../src/domain/session.ts';
import { epochMs, type EpochMs } from '../../src/domain/time.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { systemRandom } from '../../src/platform/system-random.ts';
import { systemScheduler } from '../../src/platform/system-scheduler.ts';
import type { ChainStep } from '../../src/ports/store/session-store.ts';
import type { StoreContext } from '../../src/ports/store/store.ts';

export const DAY_MS = 86_400_000;

export const LIFETIMES = { tokenMs: 3_600_000, cutoffMs: 31 * DAY_MS };

/** What a store gets in production: real time, real randomness. */
export function realContext(overrides: Partial<StoreContext> = {}): StoreContext {
  return {
    clock: systemClock,
    scheduler: systemScheduler,
    random: systemRandom,
    digest: sha256,
    patienceMs: 10_000,
    ...overrides,
  };
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

/** A row as the engine would build it. */
export function sessionRow(startedMs: EpochMs, subject = 'alice'): SessionRecord {
  return {
    session: {
      id: createSessionId(startedMs, new Uint8Array(randomBytes(10))),
      subject,
      clientId: 'app',
      delivery: 'cookie',
      remembered: true,
      audience: ['https://app.example'],
      scope: ['read'],
      amr: ['pwd'],
      claims: {},
      authenticatedMs: startedMs,
      startedMs,
      lastRefreshedMs: startedMs,
      idleExpiresMs: epochMs(startedMs + 7 * DAY_MS),
      absoluteExpiresMs: epochMs(startedMs + 30 * DAY_MS),
    },
    chain: startChain(1),
    share: new Uint8Array(randomBytes(32)),
  };
}

/** The rotation of a chain that never was anything but rotated. */
export function rotationOf(sessionId: SessionId, generation: number): ChainStep {
  const expected = { ...startChain(1), generation };
  const atMs = epochMs(Date.now());
  return {
    sessionId,
    expected,
    next: { ...expected, generation: generation + 1 },
    lastRefreshedMs: atMs,
    idleExpiresMs: epochMs(atMs + 7 * DAY_MS),
    place: {},
  };
}
