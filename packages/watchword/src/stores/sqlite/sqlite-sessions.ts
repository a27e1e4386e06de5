import { sessionIdBytes } from '../../domain/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SessionStore } from '../../ports/store/session-store.ts';
import { sessionStartMs } from '../revocation-entry.ts';
import {
  chainParameters,
  CUTOFF,
  INSERT_SESSION,
  recordFromRow,
  SESSION_COLUMNS,
  sessionFromRow,
  sessionParameters,
  type SessionRow,
} from './session-rows.ts';
import type { SqliteAccess } from './sqlite-access.ts';
import { isStorable } from './storable-text.ts';

const FIND = `SELECT ${SESSION_COLUMNS} FROM sessions WHERE id = ?`;

const LIST_LIVE = `
  SELECT ${SESSION_COLUMNS} FROM sessions
  WHERE subject = ? AND ended_ms IS NULL AND started_ms >= ${CUTOFF} AND idle_expires_ms > ? AND absolute_expires_ms > ?
  ORDER BY started_ms DESC, id DESC LIMIT ?`;

const GREATEST_CUTOFF = `
  SELECT max(before_ms) AS before_ms FROM cutoffs
  WHERE (kind = 'all' AND target = '') OR (kind = 'subject' AND target = ?)`;

/** One statement, and therefore atomic by itself: compare, check the cut-offs, and set. */
const ADVANCE = `
  UPDATE sessions SET
    generation = ?, key_version = ?, delivered_ms = ?, settled = ?, late = ?, late_delivery = ?,
    last_refreshed_ms = ?, idle_expires_ms = ?
  WHERE id = ?
    AND generation = ? AND key_version = ? AND delivered_ms = ? AND settled = ? AND late = ? AND late_delivery = ?
    AND ended_ms IS NULL
    AND started_ms >= ${CUTOFF}`;

const SETTLE = `
  UPDATE sessions SET settled = 1
  WHERE id = ? AND generation = ? AND settled = 0 AND ended_ms IS NULL AND started_ms >= ${CUTOFF}`;

const DELETE_EXPIRED = `
  DELETE FROM sessions WHERE rowid IN (
    SELECT rowid FROM sessions WHERE absolute_expires_ms < ? ORDER BY absolute_expires_ms LIMIT ?)`;

export function createSqliteSessions(access: SqliteAccess, clock: Clock): SessionStore {
  const { database, turns, transactions } = access;
  const find = database.prepare(FIND);
  const listLive = database.prepare(LIST_LIVE);
  const greatestCutoff = database.prepare(GREATEST_CUTOFF);
  const insert = database.prepare(INSERT_SESSION);
  const advance = database.prepare(ADVANCE);
  const settle = database.prepare(SETTLE);
  const deleteExpired = database.prepare(DELETE_EXPIRED);

  return {
    start: (subject, build) =>
      turns.write(() =>
        transactions.write(() => {
          const greatestCutoffMs = greatestCutoff.get(subject)?.['before_ms'] as number | null;
          const record = build(sessionStartMs(clock.nowMs(), greatestCutoffMs ?? undefined));
          insert.run(...sessionParameters(record));
          return record;
        }),
      ),

    find: (id) =>
      turns.read(() => {
        const nowMs = clock.nowMs();
        const row = find.get(sessionIdBytes(id)) as SessionRow | undefined;
        return row === undefined ? undefined : { record: recordFromRow(row), nowMs };
      }),

    listLive: (subject, limit) =>
      turns.read(() => {
        if (!isStorable(subject)) return [];
        const nowMs = clock.nowMs();
        const rows = listLive.all(subject, nowMs, nowMs, Math.max(0, limit)) as unknown as SessionRow[];
        return rows.map(sessionFromRow);
      }),

    advance: ({ sessionId, expected, next, lastRefreshedMs, idleExpiresMs }) =>
      turns.write(() => {
        const set = [...chainParameters(next), lastRefreshedMs, idleExpiresMs];
        const { changes } = advance.run(...set, sessionIdBytes(sessionId), ...chainParameters(expected));
        return changes === 1 ? 'advanced' : 'conflict';
      }),

    settle: (id, generation) => turns.write(() => settle.run(sessionIdBytes(id), generation).changes === 1),

    deleteExpired: (beforeMs, limit) =>
      turns.write(() => Number(deleteExpired.run(beforeMs, Math.max(0, limit)).changes)),
  };
}
