import type { LogHead } from '../../domain/revocation.ts';
import type { RevocationLog, RevocationResult } from '../../ports/store/revocation-log.ts';
import {
  headFromRow,
  REVOCATION_COLUMNS,
  revocationFromRow,
  type HeadRow,
  type RevocationRow,
} from '../log-rows.ts';
import { ON_PRIMARY, type PostgresAccess } from './access.ts';
import { createBatches } from './batches.ts';
import { EPOCH_BYTES } from './initial-schema.ts';
import type { RevocationCall, Revoking } from './revoking.ts';

/** They all wait for one row: more at once would only take connections from those who do not need it. */
const MOST_WAITING_FOR_HEAD = 2;

const deleteEntries = (schema: string): string => `
  DELETE FROM ${schema}.revocations WHERE sequence IN (
    SELECT sequence FROM ${schema}.revocations WHERE expires_ms < $1 ORDER BY expires_ms LIMIT $2
    FOR UPDATE SKIP LOCKED)`;

const deleteCutoffs = (schema: string): string => `
  DELETE FROM ${schema}.cutoffs WHERE target_key IN (
    SELECT target_key FROM ${schema}.cutoffs WHERE expires_ms < $1 ORDER BY expires_ms LIMIT $2
    FOR UPDATE SKIP LOCKED)`;

export function createPostgresRevocations(access: PostgresAccess, revoking: Revoking): RevocationLog {
  const { context, turns, reading, schema, channel } = access;

  function readHead(): Promise<LogHead> {
    return reading.repeatable(async (connection) => {
      const [row] = await connection.query<HeadRow>(
        `SELECT epoch, sequence, hash FROM ${schema}.feed_head WHERE ${ON_PRIMARY}`,
      );
      if (row === undefined) throw new Error('the head of the log is gone');
      return headFromRow(row);
    });
  }

  /** The calls that came together share a transaction, and its place in the queue for the head. */
  const revoke = createBatches<RevocationCall, RevocationResult>(context, turns, {
    mostUnderway: MOST_WAITING_FOR_HEAD,
    run: (calls) => {
      const locks = revoking.locksFor(calls.flatMap(({ requests }) => requests));
      return turns.begun.transaction({ locks }, (connection, nowMs) =>
        revoking.apply(connection, nowMs, calls),
      );
    },
  });

  return {
    revoke: async (requests, lifetimes) => {
      turns.assertOpen();
      // What cannot be stored is this caller's affair.
      revoking.locksFor(requests);
      const result = await revoke({ requests: [...requests], lifetimes });
      access.changed();
      return result;
    },

    head: readHead,

    beginEpoch: async (current) => {
      const text = `
        UPDATE ${schema}.feed_head SET epoch = $1 WHERE epoch = decode($2, 'hex') RETURNING pg_notify($3, '')`;
      const epoch = context.random.bytes(EPOCH_BYTES);
      await turns.repeatable((connection) => connection.query(text, [epoch, current, channel]));
      access.changed();
      return readHead();
    },

    readAfter: async (sequence, limit, line) => {
      const text = `
        SELECT ${REVOCATION_COLUMNS} FROM ${schema}.revocations
        WHERE sequence > $1 AND expires_ms > ${access.now()} AND ${ON_PRIMARY}
        ORDER BY sequence LIMIT $2`;
      const rows = await (line === 'own' ? reading : turns).repeatable((connection) =>
        connection.queryArrays<RevocationRow>(text, [sequence, Math.max(0, limit)]),
      );
      return rows.map(revocationFromRow);
    },

    deleteExpired: (beforeMs, limit) =>
      turns.transaction({}, async (connection) => {
        const most = Math.max(0, limit);
        const entries = await connection.change(deleteEntries(schema), [beforeMs, most]);
        return entries + (await connection.change(deleteCutoffs(schema), [beforeMs, most - entries]));
      }),
  };
}
