import type { Store, StoreContext } from '../../ports/store/store.ts';
import { createConnections, type Connections } from './connections.ts';
import { findServerExpression, renewEpoch } from './epoch.ts';
import { lockOf } from './locks.ts';
import { inspectSchema, migrateSchema, NEWEST_VERSION } from './migrations.ts';
import type { PostgresSettings } from './options.ts';
import { createPostgresStore } from './postgres-store.ts';
import { createPostgresWatch } from './postgres-watch.ts';
import { assertServer } from './server-check.ts';
import { asRefusal } from './single-connection.ts';
import { createTurns } from './turns.ts';

/** SQL for the store's clock, made for each statement anew. */
export type StoreClock = (context: StoreContext) => () => string;

/** The server's own, at the moment of asking rather than of the transaction's beginning. */
export const databaseClock: StoreClock = () => () => '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** Opens the database, brings the schema to the newest version, and gives the store. */
export async function openPostgres(
  settings: PostgresSettings,
  context: StoreContext,
  clock: StoreClock,
): Promise<Store> {
  const { patienceMs } = context;
  const schema = `"${settings.schema}"`;
  const now = clock(context);
  // One is for looks, and one for what they showed: neither may wait behind those who wait for the head of the log themselves.
  const open = (most: number): Connections =>
    createConnections(settings, { most, patienceMs, scheduler: context.scheduler });
  const connections = open(settings.connections - 2);
  const readingConnections = open(1);
  const turns = createTurns(context, connections, now);
  const reading = createTurns(context, readingConnections, now);
  try {
    const { server, version } = await turns.repeatable(async (connection) => {
      await assertServer(connection, settings.name);
      const content = await inspectSchema(connection, schema);
      return {
        server: await findServerExpression(connection),
        version: content.kind === 'ours' ? content.version : 0,
      };
    });
    connections.demandUsable();
    readingConnections.demandUsable();
    const watch = createPostgresWatch(settings, context, { schema, server });
    const access = {
      turns,
      reading,
      context,
      schema,
      channel: watch.channel,
      now,
      server,
      changed: watch.wake,
    };
    const locks = [lockOf('exclusive', schema, 'migrations')];
    await turns.transaction({ locks, repeatable: true }, async (connection) => {
      if (version < NEWEST_VERSION) await migrateSchema(connection, schema, context.random);
      await renewEpoch(access, connection);
    });
    return createPostgresStore(access, {
      watch: watch.watch,
      isListening: watch.isListening,
      close: async () => {
        await watch.stopAll();
        await Promise.all([turns.finish(), reading.finish()]);
        await Promise.all([connections.close(), readingConnections.close()]);
      },
    });
  } catch (error) {
    await Promise.all([connections.close(), readingConnections.close()]);
    throw asRefusal(error, settings.name);
  }
}
