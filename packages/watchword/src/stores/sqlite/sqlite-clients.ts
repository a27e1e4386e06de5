import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Client, ClientRole } from '../../domain/client.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { ClientRecord, ClientStore } from '../../ports/store/client-store.ts';
import type { SqliteAccess } from './sqlite-access.ts';
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

interface ClientRow {
  readonly id: string;
  readonly name: string;
  readonly roles: string;
  readonly created_ms: EpochMs;
  readonly secret_changed_ms: EpochMs;
  readonly secret_hash: Uint8Array;
  readonly former_until_ms: EpochMs | null;
  readonly former_secret_hash: Uint8Array | null;
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

    find: (id) => turns.read(() => (isStorable(id) ? recordFromRow(find.get(id)) : undefined)),

    isTaken: (id) => turns.read(() => isStorable(id) && isTaken.get(id) !== undefined),

    list: () => turns.read(() => list.all().map((row) => clientFromRow(row as unknown as ClientRow))),

    replaceSecret: (id, { secretHash, changedMs, formerUntilMs = null }) =>
      turns.statement(() => {
        if (!isStorable(id)) return undefined;
        const row = replaceSecret.get(secretHash, changedMs, formerUntilMs, formerUntilMs, id);
        return row === undefined ? undefined : clientFromRow(row as unknown as ClientRow);
      }),

    delete: (id) => turns.statement(() => isStorable(id) && remove.run(id).changes === 1),
  };
}

function recordFromRow(found: Record<string, SQLOutputValue> | undefined): ClientRecord | undefined {
  if (found === undefined) return undefined;
  const row = found as unknown as ClientRow;
  const { secret_hash: secretHash, former_secret_hash: formerSecretHash } = row;
  return { client: clientFromRow(row), secretHash, ...(formerSecretHash !== null && { formerSecretHash }) };
}

function clientFromRow(row: ClientRow): Client {
  return {
    id: row.id,
    name: row.name,
    roles: JSON.parse(row.roles) as ClientRole[],
    createdMs: row.created_ms,
    secretChangedMs: row.secret_changed_ms,
    ...(row.former_until_ms !== null && { formerSecretUntilMs: row.former_until_ms }),
  };
}
