import { existsSync } from 'node:fs';
import { openOperatorConnection } from './operator-connection.ts';
import { inspectDatabase, NEWEST_VERSION, type DatabaseContent } from './migrations.ts';

/** What lies at a path, and the version that this Watchword brings it to. */
export type SqliteInspection = ({ readonly kind: 'missing' } | DatabaseContent) & {
  readonly newestVersion: number;
};

/**
 * Tells what the file holds without changing it, beside servers that use it. Throws `ERR_CONFIG` for what another program or a
 * newer Watchword wrote.
 */
export function inspectSqlite(path: string): SqliteInspection {
  const newestVersion = NEWEST_VERSION;
  if (!existsSync(path)) return { kind: 'missing', newestVersion };
  const database = openOperatorConnection(path);
  try {
    return { ...inspectDatabase(database, path), newestVersion };
  } finally {
    database.close();
  }
}
