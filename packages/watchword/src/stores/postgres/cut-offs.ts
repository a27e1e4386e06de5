import type { SessionId } from '../../domain/ids.ts';
import type { EpochMs } from '../../domain/time.ts';
import type {
  RevocationLifetimes,
  RevocationRequest,
  RevocationResult,
} from '../../ports/store/revocation-log.ts';
import { cutoffEntry, type CutoffTarget, type RevocationEntry } from '../revocation-entry.ts';
import { subjectKey, type PostgresAccess } from './access.ts';
import { bytesArray, plainArray } from './array-literals.ts';
import type { Connection } from './connections.ts';
import { cutoffOf } from './session-rows.ts';

/** What a request came to. */
export interface Outcome {
  readonly entry?: RevocationEntry;
  readonly ended: RevocationResult['endedSessions'];
}

/** One request on its way. */
export interface Step {
  readonly request: RevocationRequest;
  readonly lifetimes: RevocationLifetimes;
  outcome: Outcome;
}

/** Never lowered: a clock that was set back must not let sessions start behind a cut-off that was acknowledged. */
const recordCutoffs = ({ schema }: PostgresAccess): string => `
  INSERT INTO ${schema}.cutoffs (target_key, before_ms, expires_ms)
  SELECT target_key, before_ms, before_ms + kept_ms FROM target ORDER BY target_key
  ON CONFLICT (target_key) DO UPDATE SET
    before_ms = greatest(cutoffs.before_ms, excluded.before_ms),
    expires_ms = greatest(cutoffs.expires_ms, excluded.expires_ms)`;

/** Of `all` the cut-off itself is the end of the rows: there may be millions, and nobody could wait for them. */
const cutOffAll = (access: PostgresAccess): string => `
  WITH target AS MATERIALIZED (
    SELECT
      ''::bytea AS target_key, $2::bigint AS kept_ms,
      greatest($1::bigint, (SELECT max(started_ms) + 1 FROM ${access.schema}.sessions)) AS before_ms
  ), recorded AS (${recordCutoffs(access)})
  SELECT before_ms FROM target`;

/** What an earlier cut-off has ended is not ended again: each part sees the cut-offs as they were before. */
const cutOffSubjects = (access: PostgresAccess): string => `
  WITH target AS MATERIALIZED (
    SELECT place, target_key, kept_ms, greatest($1::bigint, (
      SELECT max(started_ms) + 1 FROM ${access.schema}.sessions WHERE subject_key = target_key)) AS before_ms
    FROM unnest($2::bytea[], $3::bigint[]) WITH ORDINALITY AS given (target_key, kept_ms, place)
  ), hit AS MATERIALIZED (
    SELECT sessions.id AS hit_id, target_key FROM ${access.schema}.sessions JOIN target ON subject_key = target_key
    WHERE ended_ms IS NULL AND started_ms >= ${cutoffOf(access)}
    ORDER BY sessions.id FOR NO KEY UPDATE OF sessions
  ), ended AS (
    UPDATE ${access.schema}.sessions SET ended_ms = $1, ended_reason = 'revoked' FROM hit WHERE id = hit_id
    RETURNING id, subject_key
  ), recorded AS (${recordCutoffs(access)})
  SELECT before_ms, coalesce(ids, '[]') AS ids
  FROM target LEFT JOIN (SELECT subject_key, json_agg(id) AS ids FROM ended GROUP BY subject_key) AS lists
    ON subject_key = target_key
  ORDER BY place`;

interface CutOffRow {
  readonly before_ms: EpochMs;
  readonly ids: readonly SessionId[];
}

/** Records cut-offs for subjects, whose rows it ends, or for everybody. */
export function createCutOffs(access: PostgresAccess) {
  const ofAll = cutOffAll(access);
  const ofSubjects = cutOffSubjects(access);
  return {
    all: async (connection: Connection, atMs: EpochMs, steps: readonly Step[]): Promise<void> => {
      for (const step of steps) {
        const [row] = await connection.query<CutOffRow>(ofAll, [atMs, keptMs(step)]);
        const target: CutoffTarget = { kind: 'all', beforeMs: row?.before_ms ?? atMs };
        step.outcome = { ended: [], entry: cutoffEntry(target, atMs, step.lifetimes) };
      }
    },

    subjects: async (connection: Connection, atMs: EpochMs, steps: readonly Step[]): Promise<void> => {
      const subjects = steps.map(({ request }) => (request.kind === 'subject' ? request.subject : ''));
      const rows = await connection.query<CutOffRow>(ofSubjects, [
        atMs,
        bytesArray(subjects.map((subject) => subjectKey(access, subject))),
        plainArray(steps.map(keptMs)),
      ]);
      for (const [index, step] of steps.entries()) {
        const subject = subjects[index] ?? '';
        const { before_ms: beforeMs, ids } = rows[index] ?? { before_ms: atMs, ids: [] };
        step.outcome = {
          ended: ids.map((sessionId) => ({ sessionId, subject })),
          entry: cutoffEntry({ kind: 'subject', subject, beforeMs }, atMs, step.lifetimes),
        };
      }
    },
  };
}

function keptMs({ lifetimes }: Step): number {
  return Math.ceil(lifetimes.cutoffMs);
}
