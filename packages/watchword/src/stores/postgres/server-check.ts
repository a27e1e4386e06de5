import { ConfigurationError } from '../../errors/watchword-error.ts';
import type { Connection } from './connections.ts';

const OLDEST_VERSION = 13;

/** As they are for this user in this database, which settings of both may change. */
const LOOK = `
  SELECT
    current_setting('server_version_num')::integer / 10000 AS version,
    current_setting('server_encoding') AS encoding,
    current_setting('client_encoding') AS client_encoding,
    current_setting('synchronous_commit') AS synchronous_commit,
    current_setting('fsync') AS fsync,
    pg_is_in_recovery() AS is_standby`;

interface Found {
  readonly version: number;
  readonly encoding: string;
  readonly client_encoding: string;
  readonly synchronous_commit: string;
  readonly fsync: string;
  readonly is_standby: boolean;
}

/** Refuses a server that cannot keep what it acknowledges, or cannot keep it exactly. */
export async function assertServer(connection: Connection, name: string): Promise<void> {
  const [found] = await connection.query<Found>(LOOK);
  const fault = found && faultOf(found);
  if (fault !== undefined) throw new ConfigurationError(`PostgreSQL at ${name} ${fault}`);
}

function faultOf(found: Found): string | undefined {
  if (found.version < OLDEST_VERSION) {
    return `is version ${found.version}: Watchword needs ${OLDEST_VERSION} or newer.`;
  }
  if (found.is_standby) return 'is a standby, which takes no writes: name the primary.';
  if (found.fsync !== 'on') {
    return 'runs with fsync off, so that what it acknowledges is lost with the power: set fsync = on.';
  }
  if (found.synchronous_commit === 'off') {
    return (
      'runs with synchronous_commit off for this user, so that revocations it acknowledges may be lost in a crash: set it to on, ' +
      'and look at ALTER ROLE and ALTER DATABASE.'
    );
  }
  if (found.encoding !== 'UTF8') {
    return `keeps text as ${found.encoding}: create the database with ENCODING 'UTF8'.`;
  }
  if (found.client_encoding !== 'UTF8') {
    return `speaks ${found.client_encoding} with this user: set client_encoding to UTF8 for it.`;
  }
  return undefined;
}
