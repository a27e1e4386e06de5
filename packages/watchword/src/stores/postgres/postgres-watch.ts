import type { Sighting, Store, StoreContext, StoreObserver } from '../../ports/store/store.ts';
import { headFromRow, type HeadRow } from '../log-rows.ts';
import { ON_PRIMARY, type PostgresAccess } from './access.ts';
import { createConnections, type Connection } from './connections.ts';
import { createDeadline } from './deadline.ts';
import { renewEpoch } from './epoch.ts';
import { createListener } from './listener.ts';
import { beginStatement } from './locks.ts';
import type { PostgresSettings } from './options.ts';

/** How often it looks where nobody wakes it, in milliseconds, and where notifications do. */
const POLLING_PERIOD_MS = 100;
const LISTENING_PERIOD_MS = 250;

/** A look that takes longer is given up: it would tell of a time that is past. */
const LOOK_PATIENCE_MS = 2000;

interface SightingRow extends HeadRow {
  readonly revision: number;
  readonly is_elsewhere: boolean;
}

export interface PostgresWatch {
  readonly watch: Store['watch'];
  /** The name that `NOTIFY` and `LISTEN` use. */
  readonly channel: string;
  /** Looks at once, or again if a look is underway. */
  readonly wake: () => void;
  readonly isListening: () => boolean;
  stopAll(): Promise<void>;
}

/**
 * Looks where the store stands, over a connection of its own: steadily, and at once when a notification comes. One look at a
 * time: one that hangs tells nothing, and none piles up behind it.
 */
export function createPostgresWatch(
  settings: PostgresSettings,
  context: StoreContext,
  { schema, server }: Pick<PostgresAccess, 'schema' | 'server'>,
): PostgresWatch {
  const { clock, scheduler } = context;
  const patienceMs = Math.min(LOOK_PATIENCE_MS, context.patienceMs);
  const connections = createConnections(settings, { most: 1, patienceMs, scheduler });
  connections.demandUsable();
  const channel = `${settings.schema}_feed`;
  const listener = createListener(settings, context, { channel, notify, heard: wake });
  const observers = new Set<{ readonly observer: StoreObserver }>();
  const text = `
    SELECT epoch, sequence, hash, revision, server IS DISTINCT FROM coalesce(${server}, server) AS is_elsewhere
    FROM ${schema}.feed_head, ${schema}.key_ring WHERE ${ON_PRIMARY}`;
  let stopWaiting: (() => void) | undefined;
  let underway: Promise<void> | undefined;
  let isWoken = false;

  async function use<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    const deadline = createDeadline(scheduler, patienceMs);
    try {
      return await connections.use(deadline, work);
    } finally {
      deadline.end();
    }
  }

  async function notify(payload: string): Promise<void> {
    await use((connection) => connection.query('SELECT pg_notify($1, $2)', [channel, payload]));
  }

  async function read(connection: Connection): Promise<SightingRow | undefined> {
    const [row] = await connection.query<SightingRow>(text);
    if (row?.is_elsewhere !== true) return row;
    await connection.query(beginStatement({ locks: [], mayBeLost: false, patienceMs }, '0'));
    try {
      await renewEpoch({ schema, server, context }, connection);
      await connection.query('COMMIT');
    } catch (error) {
      await connection.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
    return (await connection.query<SightingRow>(text))[0];
  }

  async function look(): Promise<void> {
    isWoken = false;
    const sinceMs = clock.monotonicMs();
    // Until a later look succeeds what is known grows old, and says so.
    const row = await use(read).catch(() => undefined);
    if (row === undefined) return;
    for (const { observer } of observers) observer.looked(sightingFromRow(row), sinceMs);
  }

  function begin(): void {
    stopWaiting?.();
    underway ??= look().finally(() => {
      underway = undefined;
      if (observers.size === 0) return;
      if (isWoken) begin();
      else wait();
    });
  }

  function wait(): void {
    stopWaiting?.();
    stopWaiting = scheduler.after(listener.isListening() ? LISTENING_PERIOD_MS : POLLING_PERIOD_MS, begin);
  }

  function wake(): void {
    if (observers.size === 0) return;
    isWoken = true;
    if (underway === undefined) begin();
  }

  function rest(): void {
    stopWaiting?.();
    stopWaiting = undefined;
    listener.stop();
  }

  return {
    channel,
    wake,
    isListening: listener.isListening,
    watch: (observer) => {
      const watching = { observer };
      observers.add(watching);
      if (observers.size === 1) listener.start();
      if (underway === undefined) begin();
      return () => {
        if (observers.delete(watching) && observers.size === 0) rest();
      };
    },
    stopAll: async () => {
      observers.clear();
      rest();
      await underway;
      await connections.close();
    },
  };
}

/** For each observer its own. */
function sightingFromRow(row: SightingRow): Sighting {
  return { head: headFromRow({ ...row, hash: row.hash.slice() }), keyRevision: row.revision };
}
