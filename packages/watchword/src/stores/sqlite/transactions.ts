import type { DatabaseSync } from 'node:sqlite';

export interface Transactions {
  /**
   * Runs `work` holding the right to write, and commits; anything thrown undoes all of it. Inside another such
   * transaction it is a part of that one.
   */
  write<Result>(work: () => Result): Result;
  /** Runs `work` as a part of the transaction at hand; anything thrown undoes that part alone. */
  readonly nested: <Result>(work: () => Result) => Result;
  /** Runs `work` on one snapshot of the database, whatever others commit meanwhile; inside a transaction on that one's. */
  read<Result>(work: () => Result): Result;
}

/** Synchronous on purpose: a transaction never outlives the tick that began it. */
export function createTransactions(database: DatabaseSync): Transactions {
  // IMMEDIATE takes the right to write first: contention shows before any work is done, and never at the
  // commit.
  const beginWrite = database.prepare('BEGIN IMMEDIATE');
  const beginRead = database.prepare('BEGIN DEFERRED');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');

  function run<Result>(begin: typeof beginWrite, work: () => Result): Result {
    begin.run();
    try {
      const result = work();
      commit.run();
      return result;
    } catch (error) {
      // After some errors (disk full, I/O) SQLite has rolled back already.
      if (database.isTransaction) rollback.run();
      throw error;
    }
  }

  const savepoint = database.prepare('SAVEPOINT part');
  const release = database.prepare('RELEASE part');
  const undo = database.prepare('ROLLBACK TO part');

  function nested<Result>(work: () => Result): Result {
    savepoint.run();
    try {
      const result = work();
      release.run();
      return result;
    } catch (error) {
      if (database.isTransaction) {
        undo.run();
        release.run();
      }
      throw error;
    }
  }

  return {
    nested,
    write: (work) => (database.isTransaction ? work() : run(beginWrite, work)),
    read: (work) => (database.isTransaction ? work() : run(beginRead, work)),
  };
}
