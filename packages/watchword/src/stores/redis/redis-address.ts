import { ConfigurationError } from '../../errors/watchword-error.ts';

/** Where a Redis server is and how it lets somebody in; never part of a message. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

const DEFAULT_PORT = 6379;
const TAKES =
  '`redisRelay` takes the address of a Redis server: redis://localhost:6379, with a password ' +
  'redis://:password@localhost:6379, over TLS rediss://cache.example:6379';

/** Refuses with a sentence that repeats nothing of the address: a password may stand anywhere in a wrong one. */
export function parseRedisAddress(given: unknown): RedisAddress {
  const url = typeof given === 'string' ? URL.parse(given) : null;
  if (url === null || (url.protocol !== 'redis:' && url.protocol !== 'rediss:') || url.hostname === '') {
    throw new ConfigurationError(`${TAKES}.`);
  }
  if (url.search !== '' || url.hash !== '') {
    throw new ConfigurationError(`${TAKES}. It has no query and no fragment.`);
  }
  const [, database = '0'] = /^\/?(?:(?<=\/)(\d{1,5}))?$/.exec(url.pathname) ?? refusePath();
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    tls: url.protocol === 'rediss:',
    database: Number(database),
    username: decoded(url.username),
    password: decoded(url.password),
  };
}

function refusePath(): never {
  throw new ConfigurationError(`${TAKES}. After the slash stands nothing but the number of a database.`);
}

function decoded(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ConfigurationError(`${TAKES}. A percent sign in a name or password is written %25.`);
  }
}
