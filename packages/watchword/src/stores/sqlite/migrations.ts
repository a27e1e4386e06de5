import type { DatabaseSync } from 'node:sqlite';
import { ConfigurationError } from '../../errors/watchword-error.ts';
import type { Random } from '../../ports/random.ts';
import { addClients } from './sqlite-clients.ts';
import { addExchanges } from './sqlite-exchanges.ts';
import { addVerifiers } from './sqlite-verifiers.ts';
import { createInitialSchema } from './initial-schema.ts';
import { rebuildSessions } from './rebuilt-sessions.ts';
import { addRestoreAcceptance } from './restore-acceptance.ts';

interface Migration {
  /** What `PRAGMA user_version` says once it was applied. */
  readonly version: number;
  /** Runs inside the transaction that sets the version. */
  apply(database: DatabaseSync, random: Random): void;
}

/** Append only: what was released is never changed, because databases exist that went through it. */
const MIGRATIONS: readonly Migration[] = [
  { version: 1, apply: createInitialSchema },
  { version: 2, apply: addRestoreAcceptance },
  { version: 3, apply: rebuildSessions },
  { version: 4, apply: addClients },
  { version: 5, apply: addExchanges },
  { version: 6, apply: addVerifiers },
];

export const NEWEST_VERSION = MIGRATIONS.at(-1)?.version ?? 0;

/** `PRAGMA application_id` of our databases: "WWRD". */
const APPLICATION_ID = 0x57575244;

/** What a file holds: nothing yet, or our tables in some version. */
export type DatabaseContent =
  | { readonly kind: 'empty' }
  | { readonly kind: 'ours'; readonly version: number };

/** Tells what the file holds without changing it; refuses what another program or a newer version wrote. */
export function inspectDatabase(database: DatabaseSync, path: string): DatabaseContent {
  const found = inOneSnapshot(database, () => ({
    applicationId: numberOf(database, 'PRAGMA application_id'),
    version: numberOf(database, 'PRAGMA user_version'),
    objects: numberOf(database, 'SELECT count(*) FROM sqlite_schema'),
  }));
  const isUntouched = found.applicationId === 0 && found.version === 0 && found.objects === 0;
  if (isUntouched) return { kind: 'empty' };
  if (found.applicationId !== APPLICATION_ID) {
    throw new ConfigurationError(
      `The file ${JSON.stringify(path)} is the database of another program: name a path of Watchword’s own.`,
    );
  }
  if (found.version > NEWEST_VERSION) {
    throw new ConfigurationError(
      `The database ${JSON.stringify(path)} was written by a newer Watchword (its version is ${found.version}, this ` +
        `one reads up to ${NEWEST_VERSION}): start the newer Watchword, or restore a backup from before the upgrade.`,
    );
  }
  return { kind: 'ours', version: found.version };
}

/**
 * Brings the database to the newest version. Of processes that open it at once one does it; the others find
 * it done.
 */
export function migrateDatabase(database: DatabaseSync, path: string, random: Random): void {
  const seen = inspectDatabase(database, path);
  if (seen.kind === 'ours' && seen.version === NEWEST_VERSION) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    const found = inspectDatabase(database, path);
    const version = found.kind === 'ours' ? found.version : 0;
    for (const migration of MIGRATIONS) {
      if (migration.version <= version) continue;
      migration.apply(database, random);
      database.exec(`PRAGMA user_version = ${migration.version}`);
    }
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Whether a file was written by any Watchword, however new; what holds nothing yet counts as ours. */
export function isApplicationIdOurs(database: DatabaseSync): boolean {
  const id = numberOf(database, 'PRAGMA application_id');
  return (
    id === APPLICATION_ID || (id === 0 && numberOf(database, 'SELECT count(*) FROM sqlite_schema') === 0)
  );
}

function inOneSnapshot<Result>(database: DatabaseSync, look: () => Result): Result {
  if (database.isTransaction) return look();
  database.exec('BEGIN DEFERRED');
  try {
    return look();
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK');
  }
}

function numberOf(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0]);
}
