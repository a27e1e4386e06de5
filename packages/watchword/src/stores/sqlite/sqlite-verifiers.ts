import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../ports/clock.ts';
import { MOST_LISTED_VERIFIERS, type VerifierStore } from '../../ports/store/verifier-store.ts';
import type { SqliteAccess } from './sqlite-access.ts';
import { isStorable } from '../storable-text.ts';
import { verifierFromRow, type StoredVerifierRow } from '../verifier-from-row.ts';

/** Version 6. */
export function addVerifiers(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE verifiers (
      client_id     TEXT    NOT NULL,
      instance      TEXT    NOT NULL,
      name          TEXT    NOT NULL,
      version       TEXT    NOT NULL,
      epoch         TEXT    NOT NULL,
      sequence      INTEGER NOT NULL,
      first_seen_ms INTEGER NOT NULL,
      last_seen_ms  INTEGER NOT NULL,
      applied_ms    INTEGER NOT NULL,
      PRIMARY KEY (client_id, instance)
    ) STRICT, WITHOUT ROWID;
  `);
}

/**
 * All receipts of a batch, as a JSON array of `[client, instance, name, version, epoch, sequence]`. New instances are let in as
 * far as their client has room, in their order. Right-hand sides of the update see the row as it was.
 */
const NOTE = `
  WITH given AS (
    SELECT
      key AS place, value ->> 0 AS client_id, value ->> 1 AS instance,
      value ->> 2 AS name, value ->> 3 AS version, value ->> 4 AS epoch, value ->> 5 AS sequence
    FROM json_each(:receipts)
  ), ranked AS (
    SELECT
      given.*, known.instance IS NOT NULL AS is_known,
      row_number() OVER (PARTITION BY given.client_id, known.instance IS NULL ORDER BY place) AS rank
    FROM given LEFT JOIN verifiers AS known
      ON known.client_id = given.client_id AND known.instance = given.instance
  )
  INSERT INTO verifiers
    SELECT client_id, instance, name, version, epoch, sequence, :now, :now, :now FROM ranked
    WHERE is_known
      OR rank + (SELECT count(*) FROM verifiers WHERE client_id = ranked.client_id) <= :most
  ON CONFLICT (client_id, instance) DO UPDATE SET
    last_seen_ms = excluded.last_seen_ms,
    applied_ms = iif(excluded.epoch = epoch AND excluded.sequence <= sequence, applied_ms, excluded.applied_ms),
    name = iif(excluded.epoch = epoch AND excluded.sequence < sequence, name, excluded.name),
    version = iif(excluded.epoch = epoch AND excluded.sequence < sequence, version, excluded.version),
    sequence = iif(excluded.epoch = epoch AND excluded.sequence < sequence, sequence, excluded.sequence),
    epoch = excluded.epoch
  RETURNING client_id, instance`;

const LIST = `SELECT * FROM verifiers ORDER BY client_id, name, instance LIMIT ${MOST_LISTED_VERIFIERS}`;

const DELETE_SILENT = `
  DELETE FROM verifiers WHERE (client_id, instance) IN (
    SELECT client_id, instance FROM verifiers WHERE last_seen_ms < ? LIMIT ?)`;

export function createSqliteVerifiers({ database, turns }: SqliteAccess, clock: Clock): VerifierStore {
  const note = database.prepare(NOTE);
  const list = database.prepare(LIST);
  const forget = database.prepare('DELETE FROM verifiers WHERE client_id = ? AND instance = ?');
  const deleteSilent = database.prepare(DELETE_SILENT);

  return {
    note: async (receipts, mostPerClient) => {
      const rows = receipts.map((one) => [
        one.clientId,
        one.instance,
        one.name,
        one.version,
        one.epoch,
        one.sequence,
      ]);
      const given = JSON.stringify(rows);
      const noted = await turns.statement(() =>
        note.all({ receipts: given, now: clock.nowMs(), most: mostPerClient }),
      );
      const keys = new Set(noted.map((row) => `${String(row['instance'])} ${String(row['client_id'])}`));
      return receipts.map(({ instance, clientId }) =>
        keys.has(`${instance} ${clientId}`) ? 'noted' : 'too_many',
      );
    },

    list: () =>
      turns.read(() => {
        const nowMs = clock.nowMs();
        return {
          verifiers: list.all().map((row) => verifierFromRow(row as unknown as StoredVerifierRow)),
          nowMs,
        };
      }),

    forget: (clientId, instance) =>
      turns.statement(() => {
        if (isStorable(clientId) && isStorable(instance)) forget.run(clientId, instance);
      }),

    deleteSilent: (beforeMs, limit) =>
      turns.statement(() => Number(deleteSilent.run(beforeMs, Math.max(0, limit)).changes)),
  };
}
