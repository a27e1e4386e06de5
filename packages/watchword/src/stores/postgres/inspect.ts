import { NEWEST_VERSION, inspectSchema, type SchemaContent } from './migrations.ts';
import { parsePostgresOptions, type PostgresOptions } from './options.ts';
import { withConnection } from './single-connection.ts';

/** What a schema holds, and the version that this Watchword brings it to. */
export type PostgresInspection = SchemaContent & { readonly newestVersion: number };

const PATIENCE_MS = 10_000;

/**
 * Tells what the schema holds without changing it, beside servers that use it. Throws `ERR_CONFIG` for what another program or a
 * newer Watchword wrote, and `ERR_STORE_UNAVAILABLE` where nobody answers.
 */
export async function inspectPostgres(
  url: string,
  options: Pick<PostgresOptions, 'schema'> = {},
): Promise<PostgresInspection> {
  const settings = parsePostgresOptions(url, options);
  const content = await withConnection(settings, PATIENCE_MS, (connection) =>
    inspectSchema(connection, `"${settings.schema}"`),
  );
  return { ...content, newestVersion: NEWEST_VERSION };
}
