import { targetBeforeMs, targetId, type LogHead, type RevocationRecord } from '../../domain/revocation.ts';
import { headFromRow, type HeadRow } from '../log-rows.ts';
import type { PostgresAccess } from './access.ts';
import { bytesArray, plainArray, textArray } from './array-literals.ts';
import type { Connection } from './connections.ts';
import { renewEpoch } from './epoch.ts';

const append = ({ schema }: PostgresAccess): string => `
  WITH appended AS (
    INSERT INTO ${schema}.revocations (sequence, hash, kind, target, before_ms, at_ms, expires_ms)
    SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[]))
  UPDATE ${schema}.feed_head SET sequence = $8, hash = $9 RETURNING pg_notify($10, '')`;

/** The last step of a revocation: the head is locked, each entry is put behind the one before, and the head moves. */
export function createLogWriter(access: PostgresAccess) {
  const { schema, channel } = access;
  const text = append(access);
  return {
    /** Where the log stands; locked until the transaction ends where something is to be appended. */
    head: async (connection: Connection, locked: boolean): Promise<LogHead> => {
      if (locked) return renewEpoch(access, connection);
      const [row] = await connection.query<HeadRow>(`SELECT epoch, sequence, hash FROM ${schema}.feed_head`);
      if (row === undefined) throw new Error('the head of the log is gone');
      return headFromRow(row);
    },

    append: async (
      connection: Connection,
      records: readonly RevocationRecord[],
      head: LogHead,
    ): Promise<void> => {
      await connection.query(text, [
        plainArray(records.map(({ sequence }) => sequence)),
        bytesArray(records.map(({ hash }) => hash)),
        plainArray(records.map(({ target }) => target.kind)),
        textArray(records.map(({ target }) => targetId(target))),
        plainArray(records.map(({ target }) => targetBeforeMs(target))),
        plainArray(records.map(({ atMs }) => atMs)),
        plainArray(records.map(({ expiresMs }) => expiresMs)),
        head.sequence,
        head.hash,
        channel,
      ]);
    },
  };
}
