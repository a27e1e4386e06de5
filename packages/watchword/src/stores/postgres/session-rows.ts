import type { SessionRecord } from '../../domain/session.ts';
import { sessionValues } from '../session-row.ts';
import { subjectKey, type PostgresAccess } from './access.ts';
import type { Connection, Parameter } from './connections.ts';

/** The greatest cut-off that covers the row at hand: what started before it has ended, whatever its own columns say. */
export const cutoffOf = ({ schema }: PostgresAccess): string => `greatest(
  coalesce((SELECT before_ms FROM ${schema}.cutoffs WHERE target_key = ''), 0),
  coalesce((SELECT before_ms FROM ${schema}.cutoffs WHERE target_key = sessions.subject_key), 0))`;

const STORED_COLUMNS = `
  id, subject, client_id, delivery, remembered, audience, scope, amr, claims,
  authenticated_ms, started_ms, last_refreshed_ms, idle_expires_ms, absolute_expires_ms, ended_ms, ended_reason,
  share, generation, key_version, delivered_ms, settled, late, late_delivery, address_prefix, user_agent`;

/** The columns that a `SessionRow` has, in its order. */
export const sessionColumns = (access: PostgresAccess): string =>
  `${STORED_COLUMNS}, ${cutoffOf(access)} AS cutoff_ms`;

/** What is true of a row that is live by the store's clock. */
export const isLive = (access: PostgresAccess): string => `
  ended_ms IS NULL AND started_ms >= ${cutoffOf(access)}
  AND least(idle_expires_ms, absolute_expires_ms) > ${access.now()}`;

export async function insertSession(
  access: PostgresAccess,
  connection: Connection,
  record: SessionRecord,
): Promise<void> {
  const parameters: readonly Parameter[] = [
    ...sessionValues(record.session.id, record),
    subjectKey(access, record.session.subject),
  ];
  const places = parameters.map((_, index) => `$${index + 1}`).join(', ');
  await connection.query(
    `INSERT INTO ${access.schema}.sessions (${STORED_COLUMNS}, subject_key) VALUES (${places})`,
    parameters,
  );
}
