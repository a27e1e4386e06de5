import type { ChainState } from '../../domain/refresh-chain.ts';
import { settlingTimeMs } from '../../domain/refresh-chain.ts';
import { epochMs, type EpochMs } from '../../domain/time.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { EngineContext } from '../context.ts';
import { watchForJumps } from '../refresh/clock-jumps.ts';
import { REST_AFTER_FAILURE_MS, storeTimeMs, type KnownSession } from './known-session.ts';

/** What the use of an id brings about: it moves the idle expiry, and it settles the generation that it is of. */
export interface WriteBehind {
  /** Notes a use; costs a comparison or two, and now and then a write that nobody waits for. */
  noteUse(known: KnownSession): void;
  /** Is told each reading of the store's clock, so that its jumps make nothing look old. */
  noteReading(known: KnownSession): void;
  /** Ends with what was begun. */
  flush(): Promise<void>;
}

/** Idle expiry is exact to a thousandth, but written no oftener than once a minute. */
const IDLE_SHARE = 1000;
const LEAST_PERIOD_MS = 60_000;
/** Of a short idle time a tenth is as much as may be missing. */
const SHORT_IDLE_SHARE = 10;

/** More at once are left for a later use to write. */
const MOST_WRITES = 1000;

export function createWriteBehind(
  { store, clock, settings, events }: EngineContext,
  /** The row is no longer what was read. */
  onConflict: (known: KnownSession) => void,
): WriteBehind {
  const { idleTtlMs, chain: policy } = settings;
  const periodMs = Math.min(Math.max(LEAST_PERIOD_MS, idleTtlMs / IDLE_SHARE), idleTtlMs / SHORT_IDLE_SHARE);
  const settlingMs = settlingTimeMs(policy);
  const trustedSince = watchForJumps(policy);
  let trustedSinceMs = epochMs(0);
  const writing = new Map<SessionId, Promise<void>>();

  /**
   * An id says nothing of when it was given out, but not before the row says that it was. Whoever was given it once more since, as an
   * answer that may have been lost, was given it within the race window of that.
   */
  function settles({ presented, chain }: KnownSession, nowMs: EpochMs): boolean {
    const { generation, deliveredMs, settled } = chain;
    // The first has no parent. Under the textbook's rules a parent is dead at once.
    if (policy.rotation === 'strict' || settled || presented.generation !== generation || generation === 1) {
      return false;
    }
    return nowMs - deliveredMs > settlingMs && deliveredMs >= trustedSinceMs;
  }

  async function write(known: KnownSession, next: ChainState, idleExpiresMs: EpochMs): Promise<void> {
    const { session, chain } = known;
    const { lastRefreshedMs } = session;
    const step = { sessionId: session.id, expected: chain, next, lastRefreshedMs, idleExpiresMs };
    try {
      if ((await store.sessions.advance(step)) === 'conflict') return onConflict(known);
    } catch {
      known.restsUntilMs = clock.monotonicMs() + REST_AFTER_FAILURE_MS;
      return;
    }
    known.chain = next;
    known.idleExpiresMs = idleExpiresMs;
    if (next.settled === chain.settled) return;
    const { id: sessionId, subject } = session;
    events.record('chain_settled', { sessionId, subject, generation: next.generation });
  }

  return {
    noteReading({ reading: { storeMs, endedMs } }) {
      trustedSinceMs = trustedSince(storeMs, endedMs);
    },
    noteUse(known) {
      const monotonicMs = clock.monotonicMs();
      const nowMs = storeTimeMs(known, monotonicMs);
      const { id, absoluteExpiresMs } = known.session;
      const idleExpiresMs = epochMs(Math.min(nowMs + idleTtlMs, absoluteExpiresMs));
      const isSettling = settles(known, nowMs);
      if (idleExpiresMs - known.idleExpiresMs < periodMs && !isSettling) return;
      if (writing.has(id) || writing.size >= MOST_WRITES || monotonicMs < known.restsUntilMs) return;
      const next = isSettling ? { ...known.chain, settled: true } : known.chain;
      const written = write(known, next, epochMs(Math.max(idleExpiresMs, known.idleExpiresMs)));
      writing.set(
        id,
        written.finally(() => writing.delete(id)),
      );
    },
    async flush() {
      await Promise.all(writing.values());
    },
  };
}
