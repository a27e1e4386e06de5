import type { EpochMs } from '../../domain/time.ts';
import type { AccountRecord, AccountStore } from '../../ports/store/account-store.ts';
import { assertStorable, isStorable } from '../storable-text.ts';
import { ON_PRIMARY, type PostgresAccess } from './access.ts';
import type { Connection } from './connections.ts';

interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly created_ms: EpochMs;
  readonly password_hash: string;
}

export function createPostgresAccounts({ turns, schema }: PostgresAccess): AccountStore {
  const table = `${schema}.accounts`;
  const insert = `
    INSERT INTO ${table} (id, email, email_key, created_ms, password_hash) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (email_key) DO NOTHING`;
  const isOwn = `SELECT FROM ${table} WHERE id = $1 AND email_key = $2 AND password_hash = $3`;
  const replace = `UPDATE ${table} SET password_hash = $1 WHERE id = $2 AND password_hash = $3`;
  const hasHash = `SELECT FROM ${table} WHERE id = $1 AND password_hash = $2`;

  async function find(column: 'id' | 'email_key', value: string): Promise<AccountRecord | undefined> {
    turns.assertOpen();
    if (!isStorable(value)) return undefined;
    const rows = await turns.repeatable((connection) =>
      connection.query<AccountRow>(`SELECT * FROM ${table} WHERE ${column} = $1 AND ${ON_PRIMARY}`, [value]),
    );
    return recordFromRow(rows[0]);
  }

  return {
    create: async ({ account, passwordHash }, address) => {
      assertStorable(account.id, 'The id of an account');
      assertStorable(account.email, 'The address of an account');
      assertStorable(address.key, 'The key of an address');
      return turns.repeatable(async (connection, wasLost) => {
        const inserted = await connection.change(insert, [
          account.id,
          account.email,
          address.key,
          account.createdMs,
          passwordHash,
        ]);
        if (inserted === 1) return 'created';
        // It may be this very row, of which the answer was lost.
        const isDone = wasLost && (await isThere(connection, isOwn, [account.id, address.key, passwordHash]));
        return isDone ? 'created' : 'email_taken';
      });
    },

    findByEmail: (key) => find('email_key', key),
    find: (id) => find('id', id),

    replaceHash: async (id, expected, next) => {
      turns.assertOpen();
      if (!isStorable(id)) return false;
      return turns.repeatable(
        async (connection, wasLost) =>
          (await connection.change(replace, [next, id, expected])) === 1 ||
          (wasLost && (await isThere(connection, hasHash, [id, next]))),
      );
    },
  };
}

async function isThere(
  connection: Connection,
  text: string,
  parameters: readonly string[],
): Promise<boolean> {
  return (await connection.query(text, parameters)).length > 0;
}

function recordFromRow(row: AccountRow | undefined): AccountRecord | undefined {
  if (row === undefined) return undefined;
  const { id, email, created_ms: createdMs, password_hash: passwordHash } = row;
  return { account: { id, email, createdMs }, passwordHash };
}
