import { ConfigurationError } from '../../errors/watchword-error.ts';
import type { StoreFactory } from '../../ports/store/store.ts';
import { patiently } from './contention.ts';
import { openDatabase } from './open-database.ts';
import { createSqliteStore } from './sqlite-store.ts';

/**
 * Keeps everything in one SQLite file, which several processes on one machine may share. The file, its folder
 * and what SQLite puts beside it are readable by their owner alone.
 */
export function sqlite(path: string): StoreFactory {
  assertUsablePath(path);
  return {
    kind: 'sqlite',
    durable: true,
    developmentSecretPath: `${path}.secret`,
    open: async (context) => {
      const database = await openDatabase(path, context);
      try {
        return await patiently(context, () => createSqliteStore(database, context));
      } catch (error) {
        database.close();
        throw error;
      }
    },
  };
}

function assertUsablePath(path: unknown): asserts path is string {
  if (typeof path !== 'string' || path.trim() === '' || path.includes('\0')) {
    throw new ConfigurationError(
      '`sqlite` takes the path of a file: write for example sqlite("data/watchword.db").',
    );
  }
  if (path.startsWith(':memory:')) {
    throw new ConfigurationError(
      '`sqlite(":memory:")` would forget everything and share nothing: use `memory()` from "watchword/memory" for that.',
    );
  }
  if (path.startsWith('file:')) {
    throw new ConfigurationError('`sqlite` takes a path and no address: leave out "file:".');
  }
}
