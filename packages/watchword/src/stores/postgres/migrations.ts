import { ConfigurationError } from '../../errors/watchword-error.ts';
import type { Random } from '../../ports/random.ts';
import type { Connection } from './connections.ts';
import { createInitialSchema } from './initial-schema.ts';

interface Migration {
  /** What the table `migrations` says last once it was applied. */
  readonly version: number;
  /** Runs inside the transaction that notes the version. `schema` is quoted. */
  apply(connection: Connection, schema: string, random: Random): Promise<void>;
}

/** Append only: what was released is never changed, because databases exist that went through it. */
const MIGRATIONS: readonly Migration[] = [{ version: 1, apply: createInitialSchema }];

export const NEWEST_VERSION = MIGRATIONS.at(-1)?.version ?? 0;

/** What a schema holds: nothing yet, or our tables in some version. */
export type SchemaContent = { readonly kind: 'empty' } | { readonly kind: 'ours'; readonly version: number };

const LOOK = `
  SELECT
    to_regnamespace($1) IS NOT NULL AS has_schema,
    to_regclass($1 || '.migrations') IS NOT NULL AND to_regclass($1 || '.feed_head') IS NOT NULL AS is_ours,
    EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace($1)) AS has_tables`;

interface Found {
  readonly has_schema: boolean;
  readonly is_ours: boolean;
  readonly has_tables: boolean;
}

async function look(connection: Connection, schema: string): Promise<Found> {
  const [found] = await connection.query<Found>(LOOK, [schema]);
  return found ?? { has_schema: false, is_ours: false, has_tables: false };
}

/** Tells what the schema holds without changing it; refuses what another program or a newer version wrote. */
export async function inspectSchema(connection: Connection, schema: string): Promise<SchemaContent> {
  const { is_ours: isOurs, has_tables: hasTables } = await look(connection, schema);
  if (!isOurs && !hasTables) return { kind: 'empty' };
  if (!isOurs) {
    throw new ConfigurationError(
      `The schema ${schema} holds the tables of another program: name a schema of Watchword’s own.`,
    );
  }
  const [row] = await connection.query<{ version: number | null }>(
    `SELECT max(version) AS version FROM ${schema}.migrations`,
  );
  const version = row?.version ?? 0;
  if (version > NEWEST_VERSION) {
    throw new ConfigurationError(
      `The schema ${schema} was written by a newer Watchword (its version is ${version}, this one reads up to ` +
        `${NEWEST_VERSION}): start the newer Watchword, or restore a backup from before the upgrade.`,
    );
  }
  return { kind: 'ours', version };
}

/** Brings the schema to the newest version, inside a transaction that holds the lock of migrations. */
export async function migrateSchema(connection: Connection, schema: string, random: Random): Promise<void> {
  const content = await inspectSchema(connection, schema);
  const version = content.kind === 'ours' ? content.version : 0;
  if (content.kind === 'empty') await prepareSchema(connection, schema);
  for (const migration of MIGRATIONS) {
    if (migration.version <= version) continue;
    await migration.apply(connection, schema, random);
    await connection.query(`INSERT INTO ${schema}.migrations (version) VALUES ($1)`, [migration.version]);
  }
}

async function prepareSchema(connection: Connection, schema: string): Promise<void> {
  // Whoever may not create schemas is given an empty one.
  if (!(await look(connection, schema)).has_schema) await connection.query(`CREATE SCHEMA ${schema}`);
  await connection.query(`
    CREATE TABLE ${schema}.migrations (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`);
}
