import { isTokenIdOf, tokenIssuedMs } from '../../crypto/token-id.ts';
import type { SessionId, TokenId } from '../../domain/ids.ts';
import { settlingTimeMs } from '../../domain/refresh-chain.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import type { VerifiedToken } from '../tokens/verified-token.ts';
import { watchForJumps } from './clock-jumps.ts';

/** That somewhere else an access token was seen in use, which only somebody can say who saw it. */
export interface UseReport {
  readonly tokenId: TokenId;
  readonly sessionId: SessionId;
  readonly generation: number;
  /** How old it was. */
  readonly ageMs: number;
}

/** Settles generations whose access tokens are seen in use: one write per session and generation. */
export interface Settler {
  /** Notes a use; costs a comparison or two and no I/O. */
  noteUse(token: VerifiedToken): void;
  /** The same of a token that another service verified. What cannot be true or is not new is dropped. */
  noteReport(report: UseReport): void;
  /** Forgets what is settled, because the store may have forgotten it. */
  forget(): void;
  /** Writes what is noted. */
  flush(): Promise<void>;
}

interface Settlement {
  readonly generation: number;
  /** `undefined` where a report did not name it. */
  readonly subject: string | undefined;
}

const FLUSH_AFTER_MS = 20;

/** For how long it is remembered at least that a generation is settled. */
const LEAST_MEMORY_MS = 10_000;

/** Beyond this many sessions the oldest is forgotten, which costs it one more write and nothing else. */
const REMEMBERED_SESSIONS = 100_000;

/** Reports may be dropped under load: a later use of the same token makes another. */
const PENDING_SESSIONS = 10_000;

/** Uses that this process saw itself find room in any case. */
const REPORTED_SESSIONS = 5000;

export function createSettler(
  { settings, clock, scheduler, store, events }: EngineContext,
  keys: Pick<KeyKeeper, 'tokenIdKey'>,
): Settler {
  const settlingMs = settlingTimeMs(settings.chain);
  const trustedSince = watchForJumps(settings.chain);
  const trustedSinceMs = (): EpochMs => trustedSince(clock.nowMs(), clock.monotonicMs());
  trustedSinceMs();
  const remembered = new Map<SessionId, number>();
  const pending = new Map<SessionId, Settlement>();
  let forgetAtMs = 0;
  let flushing: Promise<void> | undefined;
  let cancelTimer: (() => void) | undefined;

  function remember(id: SessionId, generation: number): void {
    remembered.delete(id);
    remembered.set(id, generation);
    const [oldest] = remembered.keys();
    if (remembered.size > REMEMBERED_SESSIONS && oldest !== undefined) remembered.delete(oldest);
  }

  /** The row of a restored store may have been behind when it was to be settled. */
  function forgetNowAndThen(): void {
    const nowMs = clock.monotonicMs();
    if (nowMs < forgetAtMs) return;
    forgetAtMs = nowMs + Math.max(settlingMs, LEAST_MEMORY_MS);
    remembered.clear();
  }

  async function settlePending(): Promise<void> {
    for (const [id, { generation, subject }] of pending) {
      pending.delete(id);
      try {
        const settled = await store.sessions.settle(id, generation);
        if (settled) await tell(id, generation, subject);
      } catch {
        if (remembered.get(id) === generation) remembered.delete(id);
      }
    }
  }

  async function tell(sessionId: SessionId, generation: number, known: string | undefined): Promise<void> {
    const subject = known ?? (await subjectOf(sessionId));
    if (subject !== undefined) events.record('chain_settled', { sessionId, subject, generation });
  }

  /** Settled it is, whether or not it can be told of whom. */
  async function subjectOf(id: SessionId): Promise<string | undefined> {
    const reading = await store.sessions.find(id).catch(() => undefined);
    return reading?.record.session.subject;
  }

  /** Whether a generation is worth a look: the textbook knows no settling, there a parent is dead at once. */
  function isNews(sessionId: SessionId, generation: number): boolean {
    if (settings.chain.rotation === 'strict') return false;
    forgetNowAndThen();
    return (remembered.get(sessionId) ?? 0) < generation;
  }

  /** By the clock and by what the id says, if the clock was right then. */
  function isOlderThan(tokenId: TokenId, ageMs: number): boolean {
    const issuedMs = tokenIssuedMs(tokenId);
    return clock.nowMs() - issuedMs > ageMs && issuedMs >= trustedSinceMs();
  }

  function settleSoon(id: SessionId, settlement: Settlement): void {
    remember(id, settlement.generation);
    pending.set(id, settlement);
    if (flushing === undefined) flushSoon();
  }

  function flush(): Promise<void> {
    cancelTimer?.();
    cancelTimer = undefined;
    flushing ??= settlePending().finally(() => {
      flushing = undefined;
      if (pending.size > 0) flushSoon();
    });
    return flushing;
  }

  function flushSoon(): void {
    cancelTimer ??= scheduler.after(FLUSH_AFTER_MS, () => void flush());
  }

  return {
    flush,
    forget: () => remembered.clear(),
    noteUse({ sessionId, generation, tokenId, subject, issuedAtSeconds }) {
      if (sessionId === undefined || !isNews(sessionId, generation)) return;
      // Younger use proves nothing: the client may crash before it has stored what it was given.
      if (clock.nowMs() - issuedAtSeconds * 1000 <= settlingMs || !isOlderThan(tokenId, settlingMs)) return;
      if (pending.size < PENDING_SESSIONS) settleSoon(sessionId, { generation, subject });
    },
    noteReport({ sessionId, generation, tokenId, ageMs }) {
      if (ageMs <= settlingMs || pending.size >= REPORTED_SESSIONS) return;
      if (!isNews(sessionId, generation)) return;
      // When it was used is the verifier's word; that it can have been that old by then is not.
      if (!isOlderThan(tokenId, ageMs)) return;
      if (!isTokenIdOf(tokenId, { sessionId, generation }, keys.tokenIdKey())) return;
      settleSoon(sessionId, { generation, subject: undefined });
    },
  };
}
