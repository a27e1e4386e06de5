import pg, { type ClientBase, type Pool, type PoolClient, type QueryConfig } from 'pg';
import type { Scheduler } from '../../ports/scheduler.ts';
import { cancelStatement } from './cancel-statement.ts';
import { createDeadline, deadlineExceeded, type Deadline } from './deadline.ts';
import { asStoreError, isConnectionUseless } from './postgres-error.ts';
import type { PostgresSettings } from './options.ts';
import { createPreparedStatements, type PreparedStatements } from './prepared-statements.ts';
import { VALUE_TYPES } from './value-types.ts';

/** What a statement takes: arrays go as the texts of `array-literals`. */
export type Parameter = string | number | bigint | boolean | Uint8Array | null;

/** One connection, for as long as somebody holds it. What it throws is a `WatchwordError`. */
export interface Connection {
  /** Rows as objects. Without parameters `text` may hold several statements; then what the last one gives. */
  query<Row>(text: string, parameters?: readonly Parameter[]): Promise<readonly Row[]>;
  /** Rows as arrays. */
  queryArrays<Row>(text: string, parameters?: readonly Parameter[]): Promise<readonly Row[]>;
  /** The same, of a statement that comes again and again with another number of things: outside of transactions only. */
  queryPrepared<Row>(text: string, parameters: readonly Parameter[]): Promise<readonly Row[]>;
  /** The same as `query`, for how many rows were changed. */
  change(text: string, parameters?: readonly Parameter[]): Promise<number>;
}

export interface Connections {
  /** From now on only connections are lent that lead to a primary that keeps what it acknowledges. */
  demandUsable(): void;
  /**
   * Lends a connection to `work`, and closes it if the deadline passes before the work is done: then it rejects, whatever the
   * server does later.
   */
  use<Result>(deadline: Deadline, work: (connection: Connection) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface ConnectionLimits {
  readonly most: number;
  readonly patienceMs: number;
  readonly scheduler: Scheduler;
}

const IDLE_MS = 60_000;
const GOODBYE_PAUSE_MS = 2;

/** A connection that leads to a standby, or whose commits are not durable, is as good as none. */
const USABLE = "SELECT NOT pg_is_in_recovery() AND current_setting('synchronous_commit') <> 'off' AS usable";

export function createConnections(
  { url }: Pick<PostgresSettings, 'url'>,
  { most, patienceMs, scheduler }: ConnectionLimits,
): Connections {
  let isDemanding = false;
  const prepared = createPreparedStatements();
  const pool = new pg.Pool({
    ...clientConfig(url, patienceMs),
    max: most,
    idleTimeoutMillis: IDLE_MS,
    allowExitOnIdle: true,
    verify: (client, done) => (isDemanding ? verify(client, patienceMs, done) : done()),
  });
  // A connection that breaks is dropped by the pool; whoever holds it is told by the statement.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return {
    demandUsable: () => {
      isDemanding = true;
    },
    use: async (deadline, work) => {
      const client = await acquire(pool, deadline);
      return hold(client, deadline, prepared, work);
    },
    close: async () => {
      let hasEnded = false;
      void pool.end().finally(() => {
        hasEnded = true;
      });
      // Idle connections keep no process alive, and a server that stands still does not say goodbye.
      const deadline = createDeadline(scheduler, patienceMs);
      while (!hasEnded && !deadline.isOver) await scheduler.sleep(GOODBYE_PAUSE_MS);
      deadline.end();
    },
  };
}

/** The driver's settings for an address. */
export function clientConfig(url: string, patienceMs: number) {
  return {
    connectionString: url,
    application_name: 'watchword',
    connectionTimeoutMillis: patienceMs,
    keepAlive: true,
    types: VALUE_TYPES,
  };
}

function verify(client: ClientBase, patienceMs: number, done: (error?: Error) => void): void {
  const question: TimedQuery = { text: USABLE, query_timeout: patienceMs };
  client.query<{ usable: boolean }>(question).then(
    ({ rows }) =>
      done(rows[0]?.usable === true ? undefined : new Error('a standby, or commits that are not durable')),
    (error: unknown) => done(error instanceof Error ? error : new Error('no connection')),
  );
}

/** What the driver takes and does not declare. */
type TimedQuery = QueryConfig & { readonly query_timeout: number };

function acquire(pool: Pool, deadline: Deadline): Promise<PoolClient> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const forget = deadline.onOver(() => {
      isLate = true;
      reject(deadlineExceeded());
    });
    pool.connect().then(
      (client) => {
        forget();
        if (isLate) client.release();
        else resolve(client);
      },
      (error: unknown) => {
        forget();
        reject(asStoreError(error));
      },
    );
  });
}

async function hold<Result>(
  client: PoolClient,
  deadline: Deadline,
  prepared: PreparedStatements,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  let isHeld = true;
  let isUseless = false;
  let failOver: (error: Error) => void = () => {};
  const exceeded = new Promise<never>((_resolve, reject) => {
    failOver = reject;
  });
  const forget = deadline.onOver(() => {
    isHeld = false;
    cancelStatement(client);
    client.release(true);
    failOver(deadlineExceeded());
  });
  const connection = createConnection(client, prepared, (error) => {
    isUseless ||= isConnectionUseless(error);
  });
  try {
    return await Promise.race([work(connection), exceeded]);
  } catch (error) {
    // What is left of a transaction was undone by the work; where it could not be, the connection is of no use.
    if (deadline.isOver) throw deadlineExceeded();
    throw error;
  } finally {
    forget();
    if (isHeld) client.release(isUseless);
  }
}

export function createConnection(
  client: ClientBase,
  prepared: PreparedStatements = createPreparedStatements(),
  failed: (error: unknown) => void = () => {},
): Connection {
  async function run<Result>(begin: () => Promise<Result>): Promise<Result> {
    try {
      return await begin();
    } catch (error) {
      failed(error);
      throw asStoreError(error);
    }
  }
  return {
    query: (text, parameters) =>
      run(async () => {
        const result = await client.query({ text, ...withValues(parameters) });
        // Several statements give several results.
        const last = Array.isArray(result) ? (result.at(-1) as typeof result) : result;
        return last.rows as never;
      }),
    queryArrays: (text, parameters) =>
      run(
        async () => (await client.query({ text, ...withValues(parameters), rowMode: 'array' })).rows as never,
      ),
    queryPrepared: (text, parameters) =>
      run(async () => (await prepared.run(client, text, [...parameters])).rows as never),
    change: (text, parameters) =>
      run(async () => (await client.query({ text, ...withValues(parameters) })).rowCount ?? 0),
  };
}

function withValues(parameters: readonly Parameter[] | undefined) {
  return parameters === undefined ? {} : { values: [...parameters] };
}
