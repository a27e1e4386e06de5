import { tokenIssuedMs } from '../../crypto/token-id.ts';
import type { RevocationRecord } from '../../domain/revocation.ts';
import { targetId } from '../../domain/revocation.ts';
import type { SessionEndReason } from '../../domain/session.ts';
import type {
  RevocationLifetimes,
  RevocationRequest,
  RevocationResult,
} from '../../ports/store/revocation-log.ts';
import type { EngineContext } from '../context.ts';

export interface Revoker {
  /** Durable, and in force in this process, when it resolves. All requests succeed or none. */
  revoke(requests: readonly RevocationRequest[]): Promise<RevocationResult>;
  /** What follows a revocation that became durable elsewhere, such as in the transaction of a key change. */
  announce(result: RevocationResult, reason: SessionEndReason): void;
  /** How long entries have to be kept that are made now. */
  readonly lifetimes: () => Promise<RevocationLifetimes>;
}

/** Ids are whatever the caller says: one that was made up must not be kept for ever. */
const LARGEST_SETBACK_MS = 86_400_000;

export function createRevoker(
  { store, events, clock }: EngineContext,
  /** Has what became durable be in force in this process, and hands it on. */
  committed: (result: RevocationResult) => void,
  lifetimes: () => Promise<RevocationLifetimes>,
): Revoker {
  function announce(result: RevocationResult, reason: SessionEndReason): void {
    const { records, endedSessions } = result;
    committed(result);
    for (const record of records) recordEvent(record);
    for (const { sessionId, subject } of endedSessions) {
      events.record('session_ended', { sessionId, subject, reason });
    }
  }

  function recordEvent({ target, sequence }: RevocationRecord): void {
    events.record('revocation_recorded', { kind: target.kind, id: targetId(target), sequence });
  }

  /** How far in the future a token was minted, because the clock was set back since: it lives longer by that. */
  function mintedAheadMs(request: RevocationRequest): number {
    if (request.kind !== 'token') return 0;
    return Math.min(LARGEST_SETBACK_MS, tokenIssuedMs(request.tokenId) - clock.nowMs());
  }

  return {
    announce,
    lifetimes,
    async revoke(requests) {
      const { tokenMs, cutoffMs } = await lifetimes();
      const aheadMs = Math.max(0, ...requests.map((request) => mintedAheadMs(request)));
      const result = await store.revocations.revoke(requests, { tokenMs: tokenMs + aheadMs, cutoffMs });
      const [first] = requests;
      announce(result, first?.kind === 'session' ? first.reason : 'revoked');
      return result;
    },
  };
}
