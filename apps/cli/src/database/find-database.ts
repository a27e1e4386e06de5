import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandContext } from '../command-context.ts';
import type { StoreSettings } from '../server-module.ts';

/** What a server with this environment would use. The server is loaded where PostgreSQL is named: it reads how. */
export async function findDatabase(
  { terminal: { environment }, loadServer }: CommandContext,
  folder: string,
): Promise<StoreSettings> {
  const namesPostgres = POSTGRES_VARIABLES.some((name) => (environment[name] ?? '') !== '');
  if (!namesPostgres) return { kind: 'sqlite', path: join(folder, 'watchword.db') };
  const { readStoreSettings } = await loadServer();
  return readStoreSettings({ ...environment }, folder);
}

const POSTGRES_VARIABLES = ['WATCHWORD_DATABASE_URL', 'WATCHWORD_DATABASE_URL_FILE'] as const;

/** Its version, 0 where there is none yet, and the one that this Watchword brings it to. Changes nothing. */
export async function inspectVersion(
  database: StoreSettings,
): Promise<{ readonly version: number; readonly newestVersion: number }> {
  const found = await inspect(database);
  return { version: found.kind === 'ours' ? found.version : 0, newestVersion: found.newestVersion };
}

async function inspect(database: StoreSettings) {
  if (database.kind === 'sqlite') {
    const { inspectSqlite } = await import('watchword/sqlite');
    return inspectSqlite(database.path);
  }
  const { inspectPostgres } = await import('watchword/postgres');
  return await inspectPostgres(database.url);
}

/** A sentence for where commands would find nothing; opening would make it, and an empty list looks like an answer. */
export async function missingDatabase(
  database: StoreSettings,
  folder: string,
  advice: string,
): Promise<string | undefined> {
  if (database.kind === 'sqlite') {
    return existsSync(database.path) ? undefined : `There is no database in ${folder}. ${advice}`;
  }
  if ((await inspectVersion(database)).version > 0) return undefined;
  return 'Nothing of Watchword is in the database that WATCHWORD_DATABASE_URL names. Name another, or say watchword migrate.';
}
