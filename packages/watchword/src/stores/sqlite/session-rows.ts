import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { sessionIdBytes } from '../../domain/ids.ts';
import type { SessionRecord } from '../../domain/session.ts';
import { sessionValues } from '../session-row.ts';

/** The greatest cut-off that covers the row at hand: what started before it has ended, whatever its own columns say. */
export const CUTOFF = `max(
  coalesce((SELECT before_ms FROM cutoffs WHERE kind = 'all' AND target = ''), 0),
  coalesce((SELECT before_ms FROM cutoffs WHERE kind = 'subject' AND target = sessions.subject), 0))`;

/** The columns that a `SessionRow` has, in its order. */
export const SESSION_COLUMNS = `
  id, subject, client_id, delivery, remembered, audience, scope, amr, claims,
  authenticated_ms, started_ms, last_refreshed_ms, idle_expires_ms, absolute_expires_ms, ended_ms, ended_reason,
  share, generation, key_version, delivered_ms, settled, late, late_delivery, address_prefix, user_agent,
  ${CUTOFF} AS cutoff_ms`;

/** A statement that gives each row as an array: an object with a member for each column costs as much as finding it. */
export function prepareRows(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}

export const INSERT_SESSION = `
  INSERT INTO sessions (
    id, subject, client_id, delivery, remembered, audience, scope, amr, claims,
    authenticated_ms, started_ms, last_refreshed_ms, idle_expires_ms, absolute_expires_ms, ended_ms, ended_reason,
    share, generation, key_version, delivered_ms, settled, late, late_delivery, address_prefix, user_agent
  ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The parameters of `INSERT_SESSION`. */
export function sessionParameters(record: SessionRecord): SQLInputValue[] {
  return sessionValues(sessionIdBytes(record.session.id), record);
}
