import { join } from 'node:path';
import { SettingError } from './setting-error.ts';
import { secretText, wholeNumber, withoutEmpty, type Environment } from './setting-values.ts';

/** Where everything is kept. Addresses hold passwords: they are handed to drivers and shown to nobody. */
export type StoreSettings =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly options: PostgresSettings };

export interface PostgresSettings {
  /** How many connections a process opens at most. */
  readonly connections?: number;
  /** A direct address where the other goes through a pooler, which does not carry notifications. */
  readonly listenUrl?: string;
}

const MOST_CONNECTIONS = 1000;

/** PostgreSQL where the environment names one, else a file in the data directory. */
export function readStoreSettings(given: Environment, dataDirectory: string): StoreSettings {
  const environment = withoutEmpty(given);
  const url = postgresAddress('WATCHWORD_DATABASE_URL', environment);
  const listenUrl = postgresAddress('WATCHWORD_DATABASE_LISTEN_URL', environment);
  const limits = { from: 3, to: MOST_CONNECTIONS };
  const connections = wholeNumber('WATCHWORD_DATABASE_CONNECTIONS', environment, limits);
  if (url !== undefined) {
    const options = {
      ...(connections !== undefined && { connections }),
      ...(listenUrl !== undefined && { listenUrl }),
    };
    return { kind: 'postgres', url, options };
  }
  const alone =
    (listenUrl !== undefined && 'WATCHWORD_DATABASE_LISTEN_URL') ||
    (connections !== undefined && 'WATCHWORD_DATABASE_CONNECTIONS');
  if (alone !== false) {
    throw new SettingError(`${alone} says something about PostgreSQL: set WATCHWORD_DATABASE_URL as well.`);
  }
  return { kind: 'sqlite', path: join(dataDirectory, 'watchword.db') };
}

/** Refused in a sentence that repeats nothing of it: a password may stand anywhere in a wrong one. */
function postgresAddress(name: string, environment: Environment): string | undefined {
  const address = secretText(name, environment);
  if (address === undefined) return undefined;
  const url = URL.parse(address);
  const isPostgres = url?.protocol === 'postgres:' || url?.protocol === 'postgresql:';
  if (url !== null && isPostgres && (url.host !== '' || url.searchParams.has('host'))) return address;
  throw new SettingError(
    `${name} has to be the address of a PostgreSQL server, such as postgres://watchword:…@db.example/watchword, with ` +
      'special characters of the password percent-encoded.',
  );
}

/** The address of Redis, where it carries revocations between servers. */
export function readRelaySetting(environment: Environment): string | undefined {
  return secretText('WATCHWORD_REDIS_URL', withoutEmpty(environment));
}

/** What of an address may be shown: neither a name nor a password, nor what else a query may hold. */
export function shownAddress(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
