import type { SessionId } from '../../domain/ids.ts';
import { GENESIS_HASH, type LogHead, type RevocationRecord } from '../../domain/revocation.ts';
import type { Session, SessionRecord } from '../../domain/session.ts';
import { epochMs, type EpochMs } from '../../domain/time.ts';
import type { AccountRecord } from '../../ports/store/account-store.ts';
import type { ClientRecord } from '../../ports/store/client-store.ts';
import type { StoredRoot, StoredSigningKey } from '../../ports/store/key-store.ts';
import type { LongestLifetimes } from '../../ports/store/store.ts';
import type { VerifierRow } from '../../ports/store/verifier-store.ts';
import type { KeptExchange } from './memory-exchanges.ts';

export interface Cutoff {
  readonly beforeMs: EpochMs;
  readonly expiresMs: EpochMs;
}

/**
 * All that a memory store keeps. Every instance that one factory opens works on the same state, as processes
 * do on one file. What is inside is never handed out and never taken in: copies are.
 */
export interface MemoryState {
  readonly sessions: Map<SessionId, SessionRecord>;
  /** By the subject that is covered; `undefined` covers everybody. */
  readonly cutoffs: Map<string | undefined, Cutoff>;
  log: RevocationRecord[];
  head: LogHead;
  keyRevision: number;
  readonly signingKeys: Map<string, StoredSigningKey>;
  readonly roots: Map<string, StoredRoot>;
  readonly accounts: Map<string, AccountRecord>;
  readonly accountIdsByEmail: Map<string, string>;
  /** By id; `undefined` for one that was deleted. */
  readonly clients: Map<string, ClientRecord | undefined>;
  /** By the numbers of the key. */
  readonly exchanges: Map<string, KeptExchange>;
  /** By instance and client. */
  readonly verifiers: Map<string, VerifierRow>;
  lifetimes: LongestLifetimes;
  restoreAcceptedUntilMs: EpochMs;
}

/** An epoch of the log, as hex digits. */
export function epochOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function createMemoryState(epochBytes: Uint8Array): MemoryState {
  const epoch = epochOf(epochBytes);
  return {
    sessions: new Map(),
    cutoffs: new Map(),
    log: [],
    head: { epoch, sequence: 0, hash: GENESIS_HASH.slice() },
    keyRevision: 0,
    signingKeys: new Map(),
    roots: new Map(),
    accounts: new Map(),
    accountIdsByEmail: new Map(),
    clients: new Map(),
    exchanges: new Map(),
    verifiers: new Map(),
    lifetimes: { tokenMs: 0, sessionMs: 0 },
    restoreAcceptedUntilMs: epochMs(0),
  };
}

/** The greatest cut-off that covers a subject; `undefined` if there is none. */
export function greatestCutoffMs(state: MemoryState, subject: string): number | undefined {
  const everybody = state.cutoffs.get(undefined)?.beforeMs;
  const own = state.cutoffs.get(subject)?.beforeMs;
  if (everybody === undefined || own === undefined) return everybody ?? own;
  return Math.max(everybody, own);
}

/** A session with what the cut-offs say about it: what started before one that covers it has ended. */
export function asItStands(state: MemoryState, session: Session): Session {
  const beforeMs = greatestCutoffMs(state, session.subject);
  if (session.ended !== undefined || beforeMs === undefined || session.startedMs >= beforeMs) return session;
  return { ...session, ended: { atMs: epochMs(beforeMs), reason: 'revoked' } };
}
