import type { EpochMs } from '../../domain/time.ts';
import { MOST_LISTED_VERIFIERS, type Receipt, type VerifierStore } from '../../ports/store/verifier-store.ts';
import { assertStorable, isStorable } from '../storable-text.ts';
import { verifierFromRow, type StoredVerifierRow } from '../verifier-from-row.ts';
import { lockOfVerifiers, type PostgresAccess } from './access.ts';
import { plainArray, textArray } from './array-literals.ts';
import type { Parameter } from './connections.ts';

/**
 * New instances are let in as far as their client has room, in their order. Right-hand sides of the update see the row as it
 * was.
 */
const note = (schema: string): string => `
  WITH ranked AS (
    SELECT
      given.*, known.instance IS NOT NULL AS is_known,
      row_number() OVER (PARTITION BY given.client_id, known.instance IS NULL ORDER BY place) AS rank,
      (SELECT count(*) FROM ${schema}.verifiers WHERE client_id = given.client_id) AS instances
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
      WITH ORDINALITY AS given (client_id, instance, name, version, epoch, sequence, place)
    LEFT JOIN ${schema}.verifiers AS known
      ON known.client_id = given.client_id COLLATE "C" AND known.instance = given.instance COLLATE "C"
  )
  INSERT INTO ${schema}.verifiers AS row
    SELECT client_id, instance, name, version, epoch, sequence, $7::bigint, $7::bigint, $7::bigint FROM ranked
    WHERE is_known OR instances + rank <= $8
    ORDER BY client_id COLLATE "C", instance COLLATE "C"
  ON CONFLICT (client_id, instance) DO UPDATE SET
    last_seen_ms = excluded.last_seen_ms,
    applied_ms =
      CASE WHEN excluded.epoch = row.epoch AND excluded.sequence <= row.sequence THEN row.applied_ms ELSE excluded.applied_ms END,
    name = CASE WHEN excluded.epoch = row.epoch AND excluded.sequence < row.sequence THEN row.name ELSE excluded.name END,
    version =
      CASE WHEN excluded.epoch = row.epoch AND excluded.sequence < row.sequence THEN row.version ELSE excluded.version END,
    sequence =
      CASE WHEN excluded.epoch = row.epoch AND excluded.sequence < row.sequence THEN row.sequence ELSE excluded.sequence END,
    epoch = excluded.epoch
  RETURNING client_id, instance`;

export function createPostgresVerifiers(access: PostgresAccess): VerifierStore {
  const { turns, schema } = access;
  const table = `${schema}.verifiers`;

  return {
    note: async (receipts, mostPerClient) => {
      turns.assertOpen();
      for (const { clientId, name } of receipts) {
        assertStorable(clientId, 'The client of a receipt');
        assertStorable(name, 'The name of a verifier');
      }
      // Two that let in new instances of one client count one after the other.
      const locks = [lockOfVerifiers(access)];
      const noted = await turns.transaction(
        { locks, mayBeLost: true, repeatable: true },
        (connection, nowMs) =>
          connection.query<Pick<StoredVerifierRow, 'client_id' | 'instance'>>(note(schema), [
            ...receiptColumns(receipts),
            nowMs,
            mostPerClient,
          ]),
      );
      const keys = new Set(noted.map((row) => `${row.instance} ${row.client_id}`));
      return receipts.map(({ instance, clientId }) =>
        keys.has(`${instance} ${clientId}`) ? 'noted' : 'too_many',
      );
    },

    list: async () => {
      // One row at least, for the time.
      const text = `
        SELECT row.*, ${access.now()} AS now_ms FROM (VALUES (1)) AS one LEFT JOIN ${table} AS row ON true
        ORDER BY client_id, name, instance LIMIT ${MOST_LISTED_VERIFIERS}`;
      const rows = await turns.repeatable((connection) => connection.query<ListedRow>(text));
      return {
        verifiers: rows
          .filter((row): row is ListedRow & StoredVerifierRow => row.client_id !== null)
          .map(verifierFromRow),
        nowMs: rows[0]?.now_ms as EpochMs,
      };
    },

    forget: async (clientId, instance) => {
      turns.assertOpen();
      if (!isStorable(clientId) || !isStorable(instance)) return;
      const text = `DELETE FROM ${table} WHERE client_id = $1 AND instance = $2`;
      await turns.repeatable((connection) => connection.change(text, [clientId, instance]));
    },

    deleteSilent: (beforeMs, limit) => {
      const text = `
        DELETE FROM ${table} WHERE (client_id, instance) IN (
          SELECT client_id, instance FROM ${table} WHERE last_seen_ms < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`;
      return turns.once((connection) => connection.change(text, [beforeMs, Math.max(0, limit)]));
    },
  };
}

function receiptColumns(receipts: readonly Receipt[]): readonly Parameter[] {
  const columnOf = (valueOf: (receipt: Receipt) => string): string => textArray(receipts.map(valueOf));
  return [
    columnOf(({ clientId }) => clientId),
    columnOf(({ instance }) => instance),
    columnOf(({ name }) => name),
    columnOf(({ version }) => version),
    columnOf(({ epoch }) => epoch),
    plainArray(receipts.map(({ sequence }) => sequence)),
  ];
}

type ListedRow = { readonly now_ms: EpochMs } & (StoredVerifierRow | { readonly client_id: null });
