import { ConfigurationError } from '../../errors/watchword-error.ts';

export interface PostgresOptions {
  /** The schema that holds the tables, created where it is missing and that is permitted; `watchword` by default. */
  readonly schema?: string;
  /** How many connections this process may hold, besides the one that listens; 10 by default. */
  readonly connections?: number;
  /** Where the server is reached directly, if `url` goes through a transaction pooler: only there can be listened. */
  readonly listenUrl?: string;
}

/** Options that were checked. */
export interface PostgresSettings {
  readonly url: string;
  readonly listenUrl: string | undefined;
  readonly schema: string;
  readonly connections: number;
  /** Names the database in messages: host, port and name, never who connects. */
  readonly name: string;
}

const DEFAULT_SCHEMA = 'watchword';
const DEFAULT_CONNECTIONS = 10;
/** One for looks, one for reading what they showed, one for all else. */
const LEAST_CONNECTIONS = 3;
const MOST_CONNECTIONS = 1000;

/** Names that need no quoting, short enough for the names that are made of them. */
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,39}$/;

const OPTION_NAMES: ReadonlySet<string> = new Set(['schema', 'connections', 'listenUrl']);

export function parsePostgresOptions(url: unknown, options: unknown = {}): PostgresSettings {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ConfigurationError(
      'The options of `postgres` are an object: write for example { connections: 5 }.',
    );
  }
  for (const name of Object.keys(options)) {
    if (OPTION_NAMES.has(name)) continue;
    throw new ConfigurationError(
      `\`postgres\` has no option ${JSON.stringify(name)}: it has ${[...OPTION_NAMES].join(', ')}.`,
    );
  }
  const {
    schema = DEFAULT_SCHEMA,
    connections = DEFAULT_CONNECTIONS,
    listenUrl,
  } = options as PostgresOptions;
  assertSchema(schema);
  assertConnections(connections);
  const { host, pathname } = parseUrl(url, 'The URL of PostgreSQL');
  if (listenUrl !== undefined) parseUrl(listenUrl, 'The `listenUrl` of PostgreSQL');
  return { url: url as string, listenUrl, schema, connections, name: `${host}${pathname}` };
}

/** Quotes nothing that it is given: whatever stands in a wrong address may be a password. */
function parseUrl(text: unknown, what: string): URL {
  if (typeof text !== 'string' || !URL.canParse(text)) {
    throw new ConfigurationError(
      `${what} is none: write for example postgres://watchword:…@db.example:5432/app, with special characters of ` +
        'the password percent-encoded.',
    );
  }
  const url = new URL(text);
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    throw new ConfigurationError(
      `${what} begins with postgres:// or postgresql://: name a PostgreSQL server.`,
    );
  }
  if (url.host === '' && !url.searchParams.has('host')) {
    throw new ConfigurationError(`${what} names no host: write for example postgres://localhost/app.`);
  }
  return url;
}

function assertSchema(schema: unknown): asserts schema is string {
  if (typeof schema === 'string' && SCHEMA_NAME.test(schema) && !schema.startsWith('pg_')) return;
  throw new ConfigurationError(
    'The `schema` of `postgres` is up to 40 lower-case letters, digits and underscores, begins with no digit and not with pg_.',
  );
}

function assertConnections(count: unknown): asserts count is number {
  if (
    typeof count === 'number' &&
    Number.isInteger(count) &&
    count >= LEAST_CONNECTIONS &&
    count <= MOST_CONNECTIONS
  )
    return;
  throw new ConfigurationError(
    `The \`connections\` of \`postgres\` are a number from ${LEAST_CONNECTIONS} to ${MOST_CONNECTIONS}.`,
  );
}
