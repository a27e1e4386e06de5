import type { DatabaseSync } from 'node:sqlite';
import type { ClientStore } from '../../ports/store/client-store.ts';
import type { SqliteAccess } from './sqlite-access.ts';
import { clientFromRow, clientRecordFromRow, type ClientRow } from '../client-row.ts';
import { assertStorable, isStorable } from '../storable-text.ts';

/** Version 4 of the database: registered clients. A deleted one keeps its row, without secrets. */
export function addClients(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE clients (
      id                 TEXT    NOT NULL PRIMARY KEY,
      name               TEXT    NOT NULL,
      roles              TEXT    NOT NULL,
      created_ms         INTEGER NOT NULL,
      secret_changed_ms  INTEGER NOT NULL,
      secret_hash        BLOB    CHECK (length(secret_hash) = 32),
      former_until_ms    INTEGER,
      former_secret_hash BLOB    CHECK (length(former_secret_hash) = 32),
      CHECK ((former_until_ms IS NULL) = (former_secret_hash IS NULL))
    ) STRICT;
  `);
}

const INSERT = `
  INSERT INTO clients (
    id, name, roles, created_ms, secret_changed_ms, secret_hash, former_until_ms, former_secret_hash
  ) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;

/** Right-hand sides see the row as it was: the former hash is the one that is being replaced. */
const REPLACE_SECRET = `
  UPDATE clients SET
    secret_hash = ?, secret_changed_ms = ?, former_until_ms = ?,
    former_secret_hash = CASE WHEN ? IS NULL THEN NULL ELSE secret_hash END
  WHERE id = ? AND secret_hash IS NOT NULL
  RETURNING *`;

const DELETE = `
  UPDATE clients SET secret_hash = NULL, former_until_ms = NULL, former_secret_hash = NULL
  WHERE id = ? AND secret_hash IS NOT NULL`;

export function createSqliteClients({ database, turns }: SqliteAccess): ClientStore {
  const insert = database.prepare(INSERT);
  const find = database.prepare('SELECT * FROM clients WHERE id = ? AND secret_hash IS NOT NULL');
  const isTaken = database.prepare('SELECT 1 FROM clients WHERE id = ?');
  const list = database.prepare('SELECT * FROM clients WHERE secret_hash IS NOT NULL ORDER BY id');
  const replaceSecret = database.prepare(REPLACE_SECRET);
  const remove = database.prepare(DELETE);

  return {
    create: ({ client, secretHash, formerSecretHash }) =>
      turns.statement(() => {
        assertStorable(client.id, 'The id of a client');
        assertStorable(client.name, 'The name of a client');
        const { changes } = insert.run(
          client.id,
          client.name,
          JSON.stringify(client.roles),
          client.createdMs,
          client.secretChangedMs,
          secretHash,
          client.formerSecretUntilMs ?? null,
          formerSecretHash ?? null,
        );
        return changes === 1 ? 'created' : 'id_taken';
      }),

    find: (id) =>
      turns.read(() => {
        const row = isStorable(id) ? find.get(id) : undefined;
        return row && clientRecordFromRow(row as unknown as ClientRow);
      }),

    isTaken: (id) => turns.read(() => isStorable(id) && isTaken.get(id) !== undefined),

    list: () => turns.read(() => list.all().map((row) => clientFromRow(row as unknown as ClientRow))),

    replaceSecret: (id, { secretHash, changedMs, formerUntilMs = null }) =>
      turns.statement(() => {
        if (!isStorable(id)) return undefined;
        const row = replaceSecret.get(secretHash, changedMs, formerUntilMs, formerUntilMs, id);
        return row && clientFromRow(row as unknown as ClientRow);
      }),

    delete: (id) => turns.statement(() => isStorable(id) && remove.run(id).changes === 1),
  };
}
