import type { ClientStore } from '../../ports/store/client-store.ts';
import { clientFromRow, clientRecordFromRow, type ClientRow } from '../client-row.ts';
import { assertStorable, isStorable } from '../storable-text.ts';
import { ON_PRIMARY, type PostgresAccess } from './access.ts';

/** Right-hand sides see the row as it was: the former hash is the one that is being replaced. */
const replaceSecret = (schema: string): string => `
  UPDATE ${schema}.clients SET
    secret_hash = $2, secret_changed_ms = $3, former_until_ms = $4,
    former_secret_hash = CASE WHEN $4::bigint IS NULL THEN NULL ELSE secret_hash END
  WHERE id = $1 AND secret_hash IS NOT NULL
  RETURNING *`;

const remove = (schema: string): string => `
  UPDATE ${schema}.clients SET secret_hash = NULL, former_until_ms = NULL, former_secret_hash = NULL
  WHERE id = $1 AND secret_hash IS NOT NULL`;

export function createPostgresClients({ turns, schema }: PostgresAccess): ClientStore {
  const insert = `
    INSERT INTO ${schema}.clients (
      id, name, roles, created_ms, secret_changed_ms, secret_hash, former_until_ms, former_secret_hash
    ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`;
  const isOwn = `SELECT FROM ${schema}.clients WHERE id = $1 AND secret_hash = $2`;
  const find = `SELECT * FROM ${schema}.clients WHERE id = $1 AND secret_hash IS NOT NULL AND ${ON_PRIMARY}`;
  const isTaken = `SELECT FROM ${schema}.clients WHERE id = $1`;
  const list = `SELECT * FROM ${schema}.clients WHERE secret_hash IS NOT NULL ORDER BY id`;

  /** For an id that no client can have nothing is asked. */
  async function ifPossible<Result, Otherwise>(id: string, otherwise: Otherwise, ask: () => Promise<Result>) {
    turns.assertOpen();
    return isStorable(id) ? ask() : otherwise;
  }

  return {
    create: async ({ client, secretHash, formerSecretHash }) => {
      assertStorable(client.id, 'The id of a client');
      assertStorable(client.name, 'The name of a client');
      return turns.repeatable(async (connection, wasLost) => {
        const inserted = await connection.change(insert, [
          client.id,
          client.name,
          JSON.stringify(client.roles),
          client.createdMs,
          client.secretChangedMs,
          secretHash,
          client.formerSecretUntilMs ?? null,
          formerSecretHash ?? null,
        ]);
        if (inserted === 1) return 'created';
        // It may be this very row, of which the answer was lost.
        const isDone = wasLost && (await connection.query(isOwn, [client.id, secretHash])).length > 0;
        return isDone ? 'created' : 'id_taken';
      });
    },

    find: (id) =>
      ifPossible(id, undefined, async () => {
        const rows = await turns.repeatable((connection) => connection.query<ClientRow>(find, [id]));
        return rows[0] && clientRecordFromRow(rows[0]);
      }),

    isTaken: (id) =>
      ifPossible(id, false, () =>
        turns.repeatable(async (connection) => (await connection.query(isTaken, [id])).length > 0),
      ),

    list: async () =>
      (await turns.repeatable((connection) => connection.query<ClientRow>(list))).map(clientFromRow),

    replaceSecret: (id, { secretHash, changedMs, formerUntilMs = null }) =>
      ifPossible(id, undefined, async () => {
        const rows = await turns.once((connection) =>
          connection.query<ClientRow>(replaceSecret(schema), [id, secretHash, changedMs, formerUntilMs]),
        );
        return rows[0] && clientFromRow(rows[0]);
      }),

    delete: (id) =>
      ifPossible(id, false, () =>
        turns.once(async (connection) => (await connection.change(remove(schema), [id])) === 1),
      ),
  };
}
