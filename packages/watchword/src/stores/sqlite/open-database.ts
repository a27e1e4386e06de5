import { DatabaseSync } from 'node:sqlite';
import { ConfigurationError } from '../../errors/watchword-error.ts';
import type { StoreContext } from '../../ports/store/store.ts';
import { patiently } from './contention.ts';
import { createDatabaseFile, makePrivate } from './database-file.ts';
import { inspectDatabase, migrateDatabase } from './migrations.ts';
import { refusedFile } from './sqlite-error.ts';

/**
 * How many pages the WAL takes before a commit moves them into the database. That commit holds the event loop
 * meanwhile: a quarter of SQLite's default halves the longest stall, and commits on the whole cost the same.
 */
const CHECKPOINT_PAGES = 250;

/** Opens or creates the database at `path` and brings it to the newest version. */
export async function openDatabase(path: string, context: StoreContext): Promise<DatabaseSync> {
  createDatabaseFile(path);
  try {
    const database = await patiently(context, () => connect(path));
    try {
      // In this order: nothing is changed before it is known whose database it is.
      await patiently(context, () => inspectDatabase(database, path));
      makePrivate(path);
      await patiently(context, () => configureDatabase(database, path));
      await patiently(context, () => migrateDatabase(database, path, context.random));
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw asRefusal(error, path);
  }
}

/** Without the driver's busy timeout, which would sleep inside the event loop. */
function connect(path: string): DatabaseSync {
  return new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: true });
}

function configureDatabase(database: DatabaseSync, path: string): void {
  const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
  if (mode !== 'wal') {
    throw new ConfigurationError(
      `The database ${JSON.stringify(path)} cannot keep a write-ahead log where it lies: put it on a local disk.`,
    );
  }
  // FULL: each commit is on the disk before it is acknowledged. macOS needs F_FULLFSYNC for that; elsewhere
  // it is moot.
  database.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON');
  database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  // Not even a schema that somebody tampered with may call functions that have side effects.
  database.exec('PRAGMA trusted_schema = OFF');
}

/** At start-up a file that cannot be used is a matter of configuration, and says so. */
function asRefusal(error: unknown, path: string): unknown {
  const fault = error instanceof Error ? refusedFile(error.cause) : undefined;
  if (fault === undefined) return error;
  return new ConfigurationError(
    `The file ${JSON.stringify(path)} ${fault}: name a path of Watchword’s own, in a folder that this process may write to.`,
    { cause: error },
  );
}
