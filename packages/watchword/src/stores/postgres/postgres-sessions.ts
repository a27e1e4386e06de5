import type { SessionId } from '../../domain/ids.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { SessionReading, SessionStore } from '../../ports/store/session-store.ts';
import { recordFromRow, type SessionRow } from '../session-row.ts';
import { isStorable } from '../storable-text.ts';
import { ON_PRIMARY, subjectKey, type PostgresAccess } from './access.ts';
import { plainArray } from './array-literals.ts';
import { createBatches } from './batches.ts';
import { createChainSteps } from './chain-steps.ts';
import type { Revoking } from './revoking.ts';
import { isLive, sessionColumns } from './session-rows.ts';
import { createSessionScans } from './session-scans.ts';
import { createStarts } from './start-session.ts';

/** A row, and the store's clock when it was read. */
type TimedRow = readonly [...SessionRow, nowMs: EpochMs];

export function createPostgresSessions(access: PostgresAccess, revoking: Revoking): SessionStore {
  const { context, turns, schema } = access;
  const columns = sessionColumns(access);

  const find = createBatches<SessionId, SessionReading | undefined>(context, turns, {
    run: async (ids) => {
      const text = `
        SELECT ${columns}, ${access.now()} FROM ${schema}.sessions
        WHERE id = ANY ($1::uuid[]) AND ${ON_PRIMARY}`;
      const rows = await turns.begun.repeatable((connection) =>
        connection.queryPrepared<TimedRow>(text, [plainArray(ids)]),
      );
      const found = new Map(rows.map((row) => [row[0], row]));
      return ids.map((id) => readingFromRow(found.get(id)));
    },
  });

  return {
    ...createStarts(access, revoking),
    find,
    ...createChainSteps(access),
    ...createSessionScans(access),

    listLive: async (subject, limit) => {
      turns.assertOpen();
      if (!isStorable(subject)) return [];
      const text = `
        SELECT ${columns} FROM ${schema}.sessions WHERE subject_key = $1 AND ${isLive(access)} AND ${ON_PRIMARY}
        ORDER BY started_ms DESC, id DESC LIMIT $2`;
      const rows = await turns.repeatable((connection) =>
        connection.queryArrays<SessionRow>(text, [subjectKey(access, subject), Math.max(0, limit)]),
      );
      return rows.map((row) => recordFromRow(row).session);
    },

    deleteExpired: (beforeMs, limit) =>
      turns.once((connection) =>
        connection.change(
          `DELETE FROM ${schema}.sessions WHERE id IN (
            SELECT id FROM ${schema}.sessions WHERE absolute_expires_ms < $1
            ORDER BY absolute_expires_ms LIMIT $2 FOR UPDATE SKIP LOCKED)`,
          [beforeMs, Math.max(0, limit)],
        ),
      ),
  };
}

/** Its own copy for everybody who asked for the row. */
function readingFromRow(row: TimedRow | undefined): SessionReading | undefined {
  if (row === undefined) return undefined;
  const record = recordFromRow(row as unknown as SessionRow);
  return { record: { ...record, share: record.share.slice() }, nowMs: row.at(-1) as EpochMs };
}
