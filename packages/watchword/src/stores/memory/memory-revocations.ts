import type { RevocationRecord, RevocationTarget } from '../../domain/revocation.ts';
import type { SessionEndReason, SessionRecord } from '../../domain/session.ts';
import { epochMs, type EpochMs } from '../../domain/time.ts';
import type {
  RevocationLifetimes,
  RevocationLog,
  RevocationRequest,
  RevocationResult,
} from '../../ports/store/revocation-log.ts';
import type { StoreContext } from '../../ports/store/store.ts';
import {
  chainEntry,
  cutoffEntry,
  cutoffMs,
  tokenLongEntry,
  type CutoffTarget,
  type RevocationEntry,
} from '../revocation-entry.ts';
import { asItStands, epochOf, type MemoryState } from './memory-state.ts';

const EPOCH_BYTES = 16;

type EndedSession = RevocationResult['endedSessions'][number];

interface Outcome {
  readonly entry?: RevocationEntry;
  readonly ended: readonly EndedSession[];
}

export function createMemoryRevocations(state: MemoryState, context: StoreContext): RevocationLog {
  return {
    revoke: async (requests, lifetimes) => revokeInMemory(state, context, requests, lifetimes),

    head: async () => structuredClone(state.head),

    beginEpoch: async (current) => {
      if (state.head.epoch === current) {
        state.head = { ...state.head, epoch: epochOf(context.random.bytes(EPOCH_BYTES)) };
      }
      return structuredClone(state.head);
    },

    readAfter: async (sequence, limit) => {
      const nowMs = context.clock.nowMs();
      return state.log
        .filter((record) => record.sequence > sequence && record.expiresMs > nowMs)
        .slice(0, Math.max(0, limit))
        .map((record) => structuredClone(record));
    },

    deleteExpired: async (beforeMs, limit) => {
      const entries = state.log.filter((record) => record.expiresMs < beforeMs).slice(0, Math.max(0, limit));
      const doomed = new Set(entries);
      state.log = state.log.filter((record) => !doomed.has(record));
      const cutoffs = [...state.cutoffs]
        .filter(([, cutoff]) => cutoff.expiresMs < beforeMs)
        .slice(0, Math.max(0, limit - entries.length));
      for (const [subject] of cutoffs) state.cutoffs.delete(subject);
      return entries.length + cutoffs.length;
    },
  };
}

/** The whole of a revocation, without awaiting anything: a step of a key change may contain it. */
export function revokeInMemory(
  state: MemoryState,
  context: StoreContext,
  requests: readonly RevocationRequest[],
  lifetimes: RevocationLifetimes,
): RevocationResult {
  const atMs = context.clock.nowMs();
  const outcomes = requests.map((request) => applyRequest(state, request, atMs, lifetimes));
  const records: RevocationRecord[] = [];
  for (const { entry } of outcomes) {
    if (entry === undefined) continue;
    const record = chainEntry(state.head, entry, context.digest);
    state.log.push(record);
    state.head = { ...state.head, sequence: record.sequence, hash: record.hash };
    records.push(structuredClone(record));
  }
  return {
    records,
    endedSessions: outcomes.flatMap(({ ended }) => ended),
    head: structuredClone(state.head),
  };
}

function applyRequest(
  state: MemoryState,
  request: RevocationRequest,
  atMs: EpochMs,
  lifetimes: RevocationLifetimes,
): Outcome {
  switch (request.kind) {
    case 'all':
      return cutOff(state, undefined, atMs, lifetimes);
    case 'subject':
      return cutOff(state, request.subject, atMs, lifetimes);
    case 'session': {
      const record = state.sessions.get(request.sessionId);
      if (record === undefined || asItStands(state, record.session).ended !== undefined) return { ended: [] };
      const ended = [endSession(state, record, atMs, request.reason)];
      const { startedMs, lastRefreshedMs } = record.session;
      const newestMs = Math.max(startedMs, lastRefreshedMs, record.chain.deliveredMs);
      const target = { kind: 'session', sessionId: request.sessionId } as const;
      return { ended, entry: tokenLongEntry(target, { atMs, newestMs }, lifetimes) };
    }
    case 'token':
      return entryAlone({ kind: 'token', tokenId: request.tokenId }, atMs, lifetimes);
    case 'key':
      return entryAlone({ kind: 'key', keyId: request.keyId }, atMs, lifetimes);
  }
}

function entryAlone(target: RevocationTarget, atMs: EpochMs, lifetimes: RevocationLifetimes): Outcome {
  return { ended: [], entry: tokenLongEntry(target, { atMs, newestMs: atMs }, lifetimes) };
}

/** Without a `subject` it hits everybody. */
function cutOff(
  state: MemoryState,
  subject: string | undefined,
  atMs: EpochMs,
  lifetimes: RevocationLifetimes,
): Outcome {
  const covered = [...state.sessions.values()].filter(
    ({ session }) => subject === undefined || session.subject === subject,
  );
  let greatestStartedMs: number | undefined;
  for (const { session } of covered) greatestStartedMs = Math.max(greatestStartedMs ?? 0, session.startedMs);
  const beforeMs = cutoffMs(atMs, greatestStartedMs);
  const target: CutoffTarget =
    subject === undefined ? { kind: 'all', beforeMs } : { kind: 'subject', subject, beforeMs };
  const entry = cutoffEntry(target, atMs, lifetimes);
  const live = covered.filter(({ session }) => asItStands(state, session).ended === undefined);
  const recorded = state.cutoffs.get(subject);
  state.cutoffs.set(subject, {
    beforeMs: epochMs(Math.max(beforeMs, recorded?.beforeMs ?? 0)),
    expiresMs: epochMs(Math.max(entry.expiresMs, recorded?.expiresMs ?? 0)),
  });
  if (subject === undefined) return { entry, ended: [] };
  return { entry, ended: live.map((record) => endSession(state, record, atMs, 'revoked')) };
}

function endSession(
  state: MemoryState,
  record: SessionRecord,
  atMs: EpochMs,
  reason: SessionEndReason,
): EndedSession {
  const { id, subject } = record.session;
  state.sessions.set(id, { ...record, session: { ...record.session, ended: { atMs, reason } } });
  return { sessionId: id, subject };
}
