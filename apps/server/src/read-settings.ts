import type { SigningAlgorithm, WatchwordOptions } from 'watchword';
import { LOG_LEVELS, type LogLevel } from './logging/create-logger.ts';
import { readNetworks, type Networks } from './proxy/read-networks.ts';
import { readRelaySetting, readStoreSettings, type StoreSettings } from './read-store-settings.ts';
import { SettingError } from './setting-error.ts';
import { oneOf, wholeNumber, withoutEmpty, type Environment } from './setting-values.ts';

/** What the command line says over the environment. */
export interface ServerOverrides {
  readonly port?: number;
  readonly host?: string;
  readonly dataDirectory?: string;
}

export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
  readonly store: StoreSettings;
  /** Of Redis, where it carries revocations between servers; it may hold a password. */
  readonly relayUrl: string | undefined;
  readonly production: boolean;
  /** Whether the page may steal tokens and revoke everybody, to show what comes of it. */
  readonly demoTricks: boolean;
  readonly logLevel: LogLevel;
  /** Who is believed about where a request came from. */
  readonly trustedProxies: Networks;
  /** What an operator should know before the server starts; empty in the ordinary case. */
  readonly warnings: readonly string[];
  /** What of `createWatchword`'s options the environment decides. */
  readonly watchword: Omit<WatchwordOptions, 'store' | 'relay'>;
}

export const SIGNING_ALGORITHMS: readonly SigningAlgorithm[] = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'HS256',
  'HS384',
  'HS512',
];
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

/** Reads the environment; what is wrong in it is refused with a sentence that says what to set. */
export function readSettings(given: Environment, overrides: ServerOverrides): ServerSettings {
  const environment = withoutEmpty(given);
  const production = environment['NODE_ENV'] === 'production';
  const port = overrides.port ?? wholeNumber('PORT', environment, { from: 1, to: 65_535 }) ?? 8787;
  const host = overrides.host ?? environment['HOST'] ?? 'localhost';
  const issuer = environment['WATCHWORD_ISSUER'];
  if (issuer === undefined && !LOOPBACK.test(host)) {
    throw new SettingError(
      `A server that listens on ${JSON.stringify(host)} can be reached from elsewhere: ` +
        'set WATCHWORD_ISSUER to the https URL that it is reached at.',
    );
  }
  const trustedProxies = readNetworks(environment['WATCHWORD_TRUSTED_PROXIES'] ?? '');
  const raceWindowMs = wholeNumber('WATCHWORD_RACE_WINDOW_MS', environment, { from: 0, to: 60_000 });
  const tokenCacheSize = wholeNumber('WATCHWORD_TOKEN_CACHE_SIZE', environment, { from: 0, to: 1_000_000 });
  const sessionLimit = sessionLimitOf(environment);
  const dataDirectory = overrides.dataDirectory ?? environment['WATCHWORD_DATA'] ?? './data';
  return {
    host,
    port,
    dataDirectory,
    store: readStoreSettings(environment, dataDirectory),
    relayUrl: readRelaySetting(environment),
    production,
    demoTricks: !production && (issuer === undefined || isLoopbackUrl(issuer)),
    warnings: production ? warningsOf({ issuer, host, port, trustedProxies }) : [],
    logLevel: oneOf('WATCHWORD_LOG_LEVEL', environment, LOG_LEVELS, production ? 'info' : 'warn'),
    trustedProxies,
    watchword: {
      issuer: issuer ?? `http://localhost:${port}`,
      algorithm: algorithmOf(environment),
      rotation: oneOf('WATCHWORD_ROTATION', environment, ['resilient', 'strict'] as const, 'resilient'),
      browserSessions: oneOf('WATCHWORD_BROWSER_SESSIONS', environment, ['jwt', 'opaque'] as const, 'jwt'),
      cookies: cookiesOf(environment),
      ...(raceWindowMs !== undefined && { raceWindowMs }),
      ...(tokenCacheSize !== undefined && { tokenCacheSize }),
      ...(sessionLimit !== undefined && { sessionLimit }),
      accounts: accountsOf(environment, production),
      clients: true,
      origins: listOf(environment['WATCHWORD_ORIGINS']),
    },
  };
}

interface Reached {
  readonly issuer: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly trustedProxies: Networks;
}

function warningsOf({ issuer, host, port, trustedProxies }: Reached): readonly string[] {
  if (issuer === undefined) {
    return [
      `WATCHWORD_ISSUER is not set: tokens will say http://localhost:${port}, and nobody elsewhere can use them.`,
    ];
  }
  if (LOOPBACK.test(host) || !trustedProxies.isEmpty) return [];
  return [
    'WATCHWORD_TRUSTED_PROXIES is not set: every client will be seen under the address of the proxy, and what came over ' +
      'plain HTTP will be answered.',
  ];
}

/** A server that others reach shows no tricks either, though somebody forgot to set it to production. */
export function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && LOOPBACK.test(new URL(url).hostname.replace(/^\[|\]$/g, ''));
}

/** Where it is not set a rotation by hand may change it for good. */
function algorithmOf(environment: Environment): NonNullable<WatchwordOptions['algorithm']> {
  if (environment['WATCHWORD_ALGORITHM'] === undefined) return { first: 'ES256' };
  return oneOf('WATCHWORD_ALGORITHM', environment, SIGNING_ALGORITHMS, 'ES256');
}

/** What stands between commas or spaces. */
function listOf(text = ''): readonly string[] {
  return text.split(/[\s,]+/).filter((item) => item !== '');
}

function cookiesOf(environment: Environment): NonNullable<WatchwordOptions['cookies']> {
  const prefix = environment['WATCHWORD_COOKIE_PREFIX'];
  const sites = ['lax', 'strict', 'partitioned'] as const;
  const site = oneOf('WATCHWORD_COOKIE_SAME_SITE', environment, sites, 'lax');
  return {
    ...(prefix !== undefined && { prefix }),
    formerPrefixes: listOf(environment['WATCHWORD_FORMER_COOKIE_PREFIXES']),
    ...(site === 'partitioned' ? { partitioned: true } : { sameSite: site }),
  };
}

function sessionLimitOf(environment: Environment): WatchwordOptions['sessionLimit'] {
  const policies = ['end_oldest', 'refuse'] as const;
  const whenReached = oneOf('WATCHWORD_SESSION_LIMIT_POLICY', environment, policies, 'end_oldest');
  const perSubject = wholeNumber('WATCHWORD_SESSION_LIMIT', environment, { from: 1, to: 1000 });
  return perSubject === undefined ? undefined : { perSubject, whenReached };
}

function accountsOf(
  environment: Environment,
  production: boolean,
): { unsafeSignUpRevealsAddresses: boolean } {
  const name = 'WATCHWORD_UNSAFE_SIGN_UP_REVEALS_ADDRESSES';
  const answer = oneOf(name, environment, ['true', 'false'] as const, production ? 'false' : 'true');
  return { unsafeSignUpRevealsAddresses: answer === 'true' };
}
