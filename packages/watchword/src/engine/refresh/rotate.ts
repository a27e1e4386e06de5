import { formatRefreshToken, type PresentedRefreshToken } from '../../crypto/refresh-token.ts';
import type { RefreshRefusal } from '../../domain/events.ts';
import { judgeRefresh, type ChainState, type ChainVerdict } from '../../domain/refresh-chain.ts';
import { sessionStatus, type Delivery, type Session, type SessionRecord } from '../../domain/session.ts';
import { epochMs, type EpochMs } from '../../domain/time.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { SessionReading } from '../../ports/store/session-store.ts';
import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import type { Revoker } from '../revocation/revoke.ts';
import type { MintedToken, TokenMint } from '../tokens/mint.ts';
import type { IssuedTokens, RefreshOutcome } from './outcome.ts';
import { proveRefreshToken } from './prove.ts';

/** Where a refresh token was presented. */
export interface RefreshChannel {
  readonly clientId: string;
  readonly delivery: Delivery;
}

export interface Refresher {
  /** Presents a refresh token. Of any number of concurrent presentations at most one rotates. */
  refresh(presented: unknown, channel: RefreshChannel): Promise<RefreshOutcome>;
  /** The tokens of a session's newest generation, for the answer that starts it. */
  firstTokens(record: SessionRecord): Promise<IssuedTokens>;
}

export interface RefresherParts {
  readonly context: EngineContext;
  readonly keys: KeyKeeper;
  readonly mint: TokenMint;
  readonly revoker: Revoker;
}

export function createRefresher({ context, keys, mint, revoker }: RefresherParts): Refresher {
  const { settings, clock, store, events } = context;

  async function refresh(presented: unknown, channel: RefreshChannel): Promise<RefreshOutcome> {
    const begunMs = clock.monotonicMs();
    for (;;) {
      const proof = await proveRefreshToken(presented, context, keys);
      if (proof.kind === 'refused') return refuse(proof.reason, proof.sessionId);
      const { session } = proof.reading.record;
      const objection = objectTo(session, channel, proof.reading.nowMs);
      if (objection !== undefined) return refuse(objection, session.id);
      assertInTime(begunMs);
      const outcome = await attempt(proof.token, proof.reading);
      // Somebody else moved the chain between our look and our step: look again.
      if (outcome !== 'conflict') return outcome;
    }
  }

  function refuse(reason: RefreshRefusal, sessionId?: Session['id']): RefreshOutcome {
    events.record('refresh_refused', { reason, ...(sessionId !== undefined && { sessionId }) });
    return { kind: 'refused', reason };
  }

  /** The race window bounds a round trip, so an answer that would come later than that is not begun. */
  function assertInTime(begunMs: number): void {
    const { raceWindowMs } = settings.chain;
    if (raceWindowMs > 0 && clock.monotonicMs() - begunMs > raceWindowMs / 2) {
      throw new WatchwordError('ERR_OVERLOADED', { detail: 'a refresh took longer than half the race window' });
    }
  }

  async function attempt(
    token: PresentedRefreshToken,
    { record, nowMs }: SessionReading,
  ): Promise<RefreshOutcome | 'conflict'> {
    const { session, chain } = record;
    const newestKeyVersion = keys.newestRefreshKey().version;
    const verdict = judgeRefresh(chain, { generation: token.generation, nowMs, newestKeyVersion }, settings.chain);
    const about = { sessionId: session.id, subject: session.subject, generation: chain.generation };
    switch (verdict.outcome) {
      case 'ahead':
        events.record('store_rolled_back', { ...about, presentedGeneration: token.generation });
        return { kind: 'ahead' };
      case 'reused':
        return convict(session, chain, token);
      case 'rotated':
      case 'current':
      case 'resent':
      case 'resent_late':
        return deliver(verdict, record, nowMs);
    }
  }

  async function convict(session: Session, chain: ChainState, token: PresentedRefreshToken): Promise<RefreshOutcome> {
    await revoker.revoke([{ kind: 'session', sessionId: session.id, reason: 'reused' }]);
    events.record('refresh_reused', {
      sessionId: session.id,
      subject: session.subject,
      generation: chain.generation,
      presentedGeneration: token.generation,
    });
    return { kind: 'reused', session };
  }

  async function deliver(
    verdict: Exclude<ChainVerdict, { outcome: 'reused' | 'ahead' }>,
    record: SessionRecord,
    nowMs: EpochMs,
  ): Promise<RefreshOutcome | 'conflict'> {
    const next = 'next' in verdict ? verdict.next : undefined;
    const chain = next ?? record.chain;
    // Minted before the step: whatever fails in it, such as a hook of the application, has changed nothing.
    const accessToken = await mint.accessToken(record.session, chain.generation);
    const session = next === undefined ? record.session : await step(record, next, nowMs);
    if (session === undefined) return 'conflict';
    const about = { sessionId: session.id, subject: session.subject, generation: chain.generation };
    if (verdict.outcome === 'resent_late') events.record('refresh_resent_late', { ...about, late: chain.late });
    else events.record(`refresh_${verdict.outcome}`, about);
    return { kind: verdict.outcome, ...issued(session, chain, record.share, accessToken) };
  }

  async function step(record: SessionRecord, next: ChainState, nowMs: EpochMs): Promise<Session | undefined> {
    const { session, chain } = record;
    const idleExpiresMs = epochMs(Math.min(nowMs + settings.idleTtlMs, session.absoluteExpiresMs));
    const moved = { lastRefreshedMs: nowMs, idleExpiresMs };
    const result = await store.sessions.advance({ sessionId: session.id, expected: chain, next, ...moved });
    return result === 'advanced' ? { ...session, ...moved } : undefined;
  }

  function issued(session: Session, chain: ChainState, share: Uint8Array, accessToken: MintedToken): IssuedTokens {
    const key = keys.refreshKey(chain.keyVersion);
    if (key === undefined) throw new WatchwordError('ERR_INTERNAL', { detail: 'a refresh key is missing' });
    const refreshToken = formatRefreshToken(session.id, chain.generation, key, share);
    return { session, generation: chain.generation, refreshToken, accessToken };
  }

  return {
    refresh,
    async firstTokens({ session, chain, share }) {
      return issued(session, chain, share, await mint.accessToken(session, chain.generation));
    },
  };
}

/** What is wrong with a proven token's session or channel, before its generation is looked at. */
function objectTo(session: Session, channel: RefreshChannel, nowMs: EpochMs): RefreshRefusal | undefined {
  if (session.clientId !== channel.clientId) return 'wrong_client';
  if (session.delivery !== channel.delivery) return 'wrong_delivery';
  const status = sessionStatus(session, nowMs);
  return status === 'live' ? undefined : status;
}
