import type { DatabaseSync } from 'node:sqlite';
import { sessionIdBytes, sessionIdFromBytes } from '../../domain/ids.ts';
import type { LogHead, RevocationRecord, RevocationTarget } from '../../domain/revocation.ts';
import type { EpochMs } from '../../domain/time.ts';
import type {
  RevocationLifetimes,
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
import { CUTOFF } from './session-rows.ts';
import { headFromRow, type HeadRow } from '../log-rows.ts';
import { INSERT_REVOCATION, revocationParameters } from './revocation-rows.ts';
import { assertStorable } from '../storable-text.ts';

/** The whole of a revocation; to be called inside a transaction that may write. */
export type Revoke = (
  requests: readonly RevocationRequest[],
  lifetimes: RevocationLifetimes,
) => RevocationResult;

type EndedSession = RevocationResult['endedSessions'][number];
type SessionRequest = Extract<RevocationRequest, { kind: 'session' }>;

interface Outcome {
  readonly entry?: RevocationEntry;
  readonly ended: readonly EndedSession[];
}

interface EndedRow {
  readonly id: Uint8Array;
  readonly subject: string;
}

export function createRevoke(database: DatabaseSync, context: StoreContext): Revoke {
  const cutOff = createCutOff(database);
  const endSession = createEndSession(database);
  const append = createAppend(database, context.digest);

  function apply(request: RevocationRequest, atMs: EpochMs, lifetimes: RevocationLifetimes): Outcome {
    switch (request.kind) {
      case 'all':
        return cutOff(undefined, atMs, lifetimes);
      case 'subject':
        assertStorable(request.subject, 'The subject of a revocation');
        return cutOff(request.subject, atMs, lifetimes);
      case 'session':
        return endSession(request, atMs, lifetimes);
      case 'token':
        return entryAlone({ kind: 'token', tokenId: request.tokenId }, atMs, lifetimes);
      case 'key':
        return entryAlone({ kind: 'key', keyId: request.keyId }, atMs, lifetimes);
    }
  }

  return (requests, lifetimes) => {
    const atMs = context.clock.nowMs();
    const outcomes = requests.map((request) => apply(request, atMs, lifetimes));
    const entries = outcomes.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
    return { ...append(entries), endedSessions: outcomes.flatMap(({ ended }) => ended) };
  };
}

function entryAlone(target: RevocationTarget, atMs: EpochMs, lifetimes: RevocationLifetimes): Outcome {
  return { ended: [], entry: tokenLongEntry(target, { atMs, newestMs: atMs }, lifetimes) };
}

/** Records a cut-off for a subject, whose rows it ends, or without one for everybody. */
function createCutOff(database: DatabaseSync) {
  const greatestStarted = {
    all: database.prepare('SELECT max(started_ms) AS started_ms FROM sessions'),
    subject: database.prepare('SELECT max(started_ms) AS started_ms FROM sessions WHERE subject = ?'),
  };
  // Never lowered: a clock that was set back must not let sessions start behind a cut-off that was
  // acknowledged.
  const record = database.prepare(`
    INSERT INTO cutoffs (kind, target, before_ms, expires_ms) VALUES (?, ?, ?, ?)
    ON CONFLICT (kind, target) DO UPDATE SET
      before_ms = max(before_ms, excluded.before_ms), expires_ms = max(expires_ms, excluded.expires_ms)`);
  // Of `all` the cut-off itself is the end of the rows: there may be millions, and nobody could wait for them.
  const end = database.prepare(`
    UPDATE sessions SET ended_ms = ?, ended_reason = 'revoked'
    WHERE subject = ? AND ended_ms IS NULL AND started_ms >= ${CUTOFF} RETURNING id, subject`);

  return (subject: string | undefined, atMs: EpochMs, lifetimes: RevocationLifetimes): Outcome => {
    const kind = subject === undefined ? 'all' : 'subject';
    const covered = subject === undefined ? [] : [subject];
    const greatestStartedMs = greatestStarted[kind].get(...covered)?.['started_ms'] as number | null;
    const beforeMs = cutoffMs(atMs, greatestStartedMs ?? undefined);
    const target: CutoffTarget =
      subject === undefined ? { kind: 'all', beforeMs } : { kind: 'subject', subject, beforeMs };
    const entry = cutoffEntry(target, atMs, lifetimes);
    // Before the cut-off is recorded: what an earlier one has ended is not ended again.
    const rows = (subject === undefined ? [] : end.all(atMs, subject)) as unknown as EndedRow[];
    record.run(kind, subject ?? '', beforeMs, entry.expiresMs);
    return {
      entry,
      ended: rows.map((row) => ({ sessionId: sessionIdFromBytes(row.id), subject: row.subject })),
    };
  };
}

function createEndSession(database: DatabaseSync) {
  const end = database.prepare(`
    UPDATE sessions SET ended_ms = ?, ended_reason = ?
    WHERE id = ? AND ended_ms IS NULL AND started_ms >= ${CUTOFF}
    RETURNING subject, max(started_ms, last_refreshed_ms, delivered_ms) AS newest_ms`);

  return (request: SessionRequest, atMs: EpochMs, lifetimes: RevocationLifetimes): Outcome => {
    const { sessionId, reason } = request;
    const [row] = end.all(atMs, reason, sessionIdBytes(sessionId));
    if (row === undefined) return { ended: [] };
    const newestMs = row['newest_ms'] as number;
    const entry = tokenLongEntry({ kind: 'session', sessionId }, { atMs, newestMs }, lifetimes);
    return { entry, ended: [{ sessionId, subject: row['subject'] as string }] };
  };
}

/**
 * The last step of a revocation: the head is read, each entry is put behind the one before, and the head
 * moves.
 */
function createAppend(database: DatabaseSync, digest: StoreContext['digest']) {
  const readHead = database.prepare('SELECT epoch, sequence, hash FROM feed_head');
  const insert = database.prepare(INSERT_REVOCATION);
  const moveHead = database.prepare('UPDATE feed_head SET sequence = ?, hash = ?');

  return (entries: readonly RevocationEntry[]): { records: RevocationRecord[]; head: LogHead } => {
    let head = headFromRow(readHead.get() as unknown as HeadRow);
    const records = entries.map((entry) => {
      const record = chainEntry(head, entry, digest);
      insert.run(...revocationParameters(record));
      head = { ...head, sequence: record.sequence, hash: record.hash };
      return record;
    });
    if (records.length > 0) moveHead.run(head.sequence, head.hash);
    return { records, head: { ...head, hash: head.hash.slice() } };
  };
}
