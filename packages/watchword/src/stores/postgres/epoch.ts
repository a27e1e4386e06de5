import type { LogHead } from '../../domain/revocation.ts';
import { headFromRow, type HeadRow } from '../log-rows.ts';
import type { PostgresAccess } from './access.ts';
import type { Connection } from './connections.ts';
import { EPOCH_BYTES } from './initial-schema.ts';
import { sqlState } from './postgres-error.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';

/** Which cluster it is, and how often it was promoted or recovered: the name of a WAL file begins with the timeline. */
const TIMELINE = 'left(pg_walfile_name(pg_current_wal_lsn()), 8)';
const SERVER = `(SELECT system_identifier FROM pg_control_system()) || '/' || ${TIMELINE}`;

/** The most exact of the ways to tell servers apart that this role may use. */
export async function findServerExpression(connection: Connection): Promise<string> {
  for (const expression of [SERVER, TIMELINE]) {
    try {
      await connection.query(`SELECT ${expression}`);
      return expression;
    } catch (error) {
      if (!isForbidden(error)) throw error;
    }
  }
  return 'NULL::text';
}

/** 42501: not permitted; 42883: no such function; 0A000: not supported here. */
function isForbidden(error: unknown): boolean {
  const state = sqlState(error instanceof WatchwordError ? error.cause : error);
  return state === '42501' || state === '42883' || state === '0A000';
}

interface ServedHeadRow extends HeadRow {
  readonly was_server: string | null;
  readonly server: string | null;
}

/**
 * Locks the head until the transaction ends, and begins a new epoch where the log has come to another server: a standby that
 * was promoted may lack entries that were acknowledged, and so may a dump.
 */
export async function renewEpoch(
  { schema, server, context }: Pick<PostgresAccess, 'schema' | 'server' | 'context'>,
  connection: Connection,
): Promise<LogHead> {
  const [row] = await connection.query<ServedHeadRow>(`
    SELECT epoch, sequence, hash, server AS was_server, ${server} AS server FROM ${schema}.feed_head FOR UPDATE`);
  if (row === undefined) throw new Error('the head of the log is gone');
  const { was_server: before, server: now } = row;
  if (now === null || now === before) return headFromRow(row);
  const isSame = before !== null && isSameServer(before, now);
  // What another role may know of it is kept: it tells more.
  if (isSame && now.length < before.length) return headFromRow(row);
  const epoch = before === null || isSame ? row.epoch : context.random.bytes(EPOCH_BYTES);
  await connection.query(`UPDATE ${schema}.feed_head SET epoch = $1, server = $2`, [epoch, now]);
  return headFromRow({ ...row, epoch });
}

/** Roles that may know less than others say the timeline alone, which is what can be compared then. */
function isSameServer(before: string, now: string): boolean {
  if (before.includes('/') && now.includes('/')) return before === now;
  return before.split('/').at(-1) === now.split('/').at(-1);
}
