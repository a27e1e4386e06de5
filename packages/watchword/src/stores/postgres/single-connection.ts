import pg from 'pg';
import { ConfigurationError } from '../../errors/watchword-error.ts';
import { clientConfig, createConnection, type Connection } from './connections.ts';
import type { PostgresSettings } from './options.ts';
import { asStoreError, sqlState } from './postgres-error.ts';

/**
 * Connects for one piece of work before a store is opened. What is wrong for good is a matter of configuration here, and says so;
 * a server that does not answer is unavailable.
 */
export async function withConnection<Result>(
  { url, name }: PostgresSettings,
  patienceMs: number,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ ...clientConfig(url, patienceMs), query_timeout: patienceMs });
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(createConnection(client));
  } catch (error) {
    throw asRefusal(error, name);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** At start-up what no waiting mends is told as what to set. */
export function asRefusal(error: unknown, name: string): unknown {
  const told = error instanceof ConfigurationError ? error : asStoreError(error);
  const state = sqlState(told.cause) ?? '';
  const refusal = state.startsWith('28') ? refusals['28'] : refusals[state];
  return refusal === undefined ? told : new ConfigurationError(refusal(name), { cause: told.cause });
}

const refusals: Readonly<Record<string, (name: string) => string>> = {
  '28': (name) =>
    `PostgreSQL at ${name} does not let this user in: check user and password of the URL, and pg_hba.conf.`,
  '3D000': (name) => `There is no database at ${name}: create it, or name another one in the URL.`,
  '42501': (name) =>
    `The user of PostgreSQL at ${name} may not create what Watchword needs: GRANT CREATE ON DATABASE, or create the schema and ` +
    'make the user its owner.',
};
