import type { StoreFactory } from '../../ports/store/store.ts';
import { openPostgres, databaseClock } from './open-postgres.ts';
import { parsePostgresOptions, type PostgresOptions } from './options.ts';

/**
 * Keeps everything in a schema of a PostgreSQL database, 13 or newer, which any number of processes on any number of machines
 * may share. Times are the database's. It works through a transaction pooler, and notices what others write sooner where it can
 * listen: see `listenUrl`.
 */
export function postgres(url: string, options: PostgresOptions = {}): StoreFactory {
  const settings = parsePostgresOptions(url, options);
  return {
    kind: 'postgres',
    durable: true,
    open: (context) => openPostgres(settings, context, databaseClock),
  };
}
