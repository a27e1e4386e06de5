import type { SQLOutputValue } from 'node:sqlite';
import type { EpochMs } from '../../domain/time.ts';
import type { AccountRecord, AccountStore } from '../../ports/store/account-store.ts';
import type { SqliteAccess } from './sqlite-access.ts';
import { assertStorable, isStorable } from '../storable-text.ts';

interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly created_ms: EpochMs;
  readonly password_hash: string;
}

const INSERT = `
  INSERT INTO accounts (id, email, email_key, created_ms, password_hash) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (email_key) DO NOTHING`;

export function createSqliteAccounts({ database, turns }: SqliteAccess): AccountStore {
  const insert = database.prepare(INSERT);
  const findByEmail = database.prepare('SELECT * FROM accounts WHERE email_key = ?');
  const find = database.prepare('SELECT * FROM accounts WHERE id = ?');
  const replaceHash = database.prepare(
    'UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?',
  );

  return {
    create: ({ account, passwordHash }, address) =>
      turns.write(() => {
        assertStorable(account.id, 'The id of an account');
        assertStorable(account.email, 'The address of an account');
        assertStorable(address.key, 'The key of an address');
        const { changes } = insert.run(
          account.id,
          account.email,
          address.key,
          account.createdMs,
          passwordHash,
        );
        return changes === 1 ? 'created' : 'email_taken';
      }),

    findByEmail: (key) =>
      turns.read(() => (isStorable(key) ? recordFromRow(findByEmail.get(key)) : undefined)),

    find: (id) => turns.read(() => (isStorable(id) ? recordFromRow(find.get(id)) : undefined)),

    replaceHash: (id, expected, next) =>
      turns.statement(() => isStorable(id) && replaceHash.run(next, id, expected).changes === 1),
  };
}

function recordFromRow(row: Record<string, SQLOutputValue> | undefined): AccountRecord | undefined {
  if (row === undefined) return undefined;
  const { id, email, created_ms: createdMs, password_hash: passwordHash } = row as unknown as AccountRow;
  return { account: { id, email, createdMs }, passwordHash };
}
