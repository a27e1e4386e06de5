import type { DatabaseSync } from 'node:sqlite';
import type { Transactions } from './transactions.ts';
import type { Turns } from './turns.ts';

/** What each part of the SQLite store works with: one connection, and the rules for using it. */
export interface SqliteAccess {
  readonly database: DatabaseSync;
  readonly turns: Turns;
  readonly transactions: Transactions;
  /**
   * Counts what this connection changed of the log and the key ring: `PRAGMA data_version`, by which the
   * watch notices changes, tells of other connections only.
   */
  readonly ownWrites: { count: number };
}
