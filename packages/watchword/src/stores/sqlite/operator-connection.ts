import { DatabaseSync } from 'node:sqlite';
import { ConfigurationError } from '../../errors/watchword-error.ts';
import { asStoreError, refusedFile } from './sqlite-error.ts';

/**
 * How long a statement waits for others, asleep inside the event loop: an operator's command has nothing else to do, and what others
 * hold (a checkpoint, a migration) is over in milliseconds.
 */
const PATIENCE_MS = 2000;

/** A connection of a command that looks after a database which exists. Not for servers: it waits inside the event loop. */
export function openOperatorConnection(path: string, { readOnly = false } = {}): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: PATIENCE_MS, readOnly });
  try {
    database.exec('PRAGMA trusted_schema = OFF');
    // Only now is the file read.
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return database;
  } catch (error) {
    database.close();
    const fault = refusedFile(error);
    if (fault === undefined) throw asStoreError(error);
    throw new ConfigurationError(`The file ${JSON.stringify(path)} ${fault}.`, { cause: error });
  }
}
