import type { TestContext } from 'node:test';
import { Client } from 'pg';
import { openPostgres, type StoreClock } from '../../src/stores/postgres/open-postgres.ts';
import { parsePostgresOptions } from '../../src/stores/postgres/options.ts';
import type { ContractCase, StoreInstallation } from '../../src/testing/store-contract.ts';

/** The contract’s clock instead of the server’s: each statement carries the time at which it was made. */
const contextClock: StoreClock =
  ({ clock }) =>
  () =>
    `${clock.nowMs()}::bigint`;

/** How many cases run beside each other: most of a case is waiting. */
const AT_ONCE = 6;

/** Where each of a few rows of the schema stands at the beginning; all other tables are empty then. */
const BEGINNINGS: ReadonlyMap<string, string> = new Map([
  ['feed_head', "epoch = decode(md5(random()::text), 'hex'), sequence = 0, restore_accepted_until_ms = 0"],
  ['key_ring', 'revision = 0'],
  ['longest_lifetimes', 'token_ms = 0, session_ms = 0'],
  ['migrations', 'version = version'],
]);

/**
 * Installs into a schema that no other case uses at the time; they go with the server. Making one costs more than most cases, so that
 * those of cases that are over are emptied and used again.
 */
export function installAt(url: string): () => Promise<StoreInstallation> {
  const free: string[] = [];
  let made = 0;
  return async () => {
    const left = free.pop();
    if (left !== undefined) await empty(url, left);
    made += left === undefined ? 1 : 0;
    const schema = left ?? `case_${made}`;
    const settings = parsePostgresOptions(url, { schema, connections: 4 });
    return {
      factory: {
        kind: 'postgres',
        durable: true,
        open: (context) => openPostgres(settings, context, contextClock),
      },
      remove: () => void free.push(schema),
    };
  };
}

async function empty(url: string, schema: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1',
      [schema],
    );
    const statements = rows.map(({ name }) => {
      const beginning = BEGINNINGS.get(name);
      return beginning === undefined
        ? `DELETE FROM ${schema}.${name}`
        : `UPDATE ${schema}.${name} SET ${beginning}`;
    });
    await client.query(
      [...statements, `UPDATE ${schema}.feed_head SET hash = decode(repeat('00', 32), 'hex')`].join(';'),
    );
  } finally {
    await client.end();
  }
}

export async function runCases(t: TestContext, cases: readonly ContractCase[]): Promise<void> {
  const left = [...cases];
  const runner = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await t.test(next.name, next.run);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runner));
}
