import type { SessionId } from '../../domain/ids.ts';
import type { EpochMs } from '../../domain/time.ts';
import { tokenLongEntry } from '../revocation-entry.ts';
import type { PostgresAccess } from './access.ts';
import { plainArray } from './array-literals.ts';
import type { Connection } from './connections.ts';
import type { Step } from './cut-offs.ts';
import { cutoffOf } from './session-rows.ts';

const endSessions = (access: PostgresAccess): string => `
  WITH hit AS MATERIALIZED (
    SELECT sessions.id AS hit_id, reason
    FROM unnest($2::uuid[], $3::text[]) AS given (id, reason)
    JOIN ${access.schema}.sessions ON sessions.id = given.id
    WHERE ended_ms IS NULL AND started_ms >= ${cutoffOf(access)}
    ORDER BY sessions.id FOR NO KEY UPDATE OF sessions
  )
  UPDATE ${access.schema}.sessions SET ended_ms = $1, ended_reason = reason FROM hit WHERE id = hit_id
  RETURNING id, subject, greatest(started_ms, last_refreshed_ms, delivered_ms) AS newest_ms`;

interface EndedRow {
  readonly id: SessionId;
  readonly subject: string;
  readonly newest_ms: number;
}

/** Ends sessions one by one: those that are live. */
export function createEndings(access: PostgresAccess) {
  const text = endSessions(access);
  return {
    sessions: async (connection: Connection, atMs: EpochMs, steps: readonly Step[]): Promise<void> => {
      const requests = steps.flatMap(({ request }) => (request.kind === 'session' ? [request] : []));
      const rows = await connection.query<EndedRow>(text, [
        atMs,
        plainArray(requests.map(({ sessionId }) => sessionId)),
        plainArray(requests.map(({ reason }) => reason)),
      ]);
      const ended = new Map(rows.map((row) => [row.id, row]));
      for (const [index, step] of steps.entries()) {
        const sessionId = requests[index]?.sessionId;
        const row = sessionId === undefined ? undefined : ended.get(sessionId);
        if (row === undefined) continue;
        const { id, subject, newest_ms: newestMs } = row;
        const entry = tokenLongEntry({ kind: 'session', sessionId: id }, { atMs, newestMs }, step.lifetimes);
        step.outcome = { entry, ended: [{ sessionId: id, subject }] };
      }
    },
  };
}
