import { settlingTimeMs } from '../domain/refresh-chain.ts';
import type { SessionLimit } from '../domain/session.ts';
import { SIGNING_ALGORITHMS } from '../domain/signing-key.ts';
import type { EngineSettings } from '../engine/context.ts';
import { MAX_ACCESS_TTL_SECONDS } from '../engine/limits.ts';
import { ConfigurationError } from '../errors/watchword-error.ts';
import { METADATA_PATH, type HttpSettings } from '../http/index.ts';
import { checkAudience, checkIssuer } from './check-issuer.ts';
import { checkCookies } from './check-cookies.ts';
import { checkSelfCheck } from './check-self-check.ts';
import { checkOrigins } from './check-origins.ts';
import type { AccountOptions, SessionLimitOptions, WatchwordOptions } from './options.ts';
import { inRange } from './in-range.ts';
import { refuseUnknownOptions } from './unknown-options.ts';

/** The options, checked and completed. */
export interface CheckedOptions {
  readonly engine: EngineSettings;
  readonly http: HttpSettings;
  readonly accounts: { readonly signUpIsOpen: boolean; readonly hashesAtOnce: number } | undefined;
  readonly production: boolean;
}

const OPTION_NAMES: readonly (keyof WatchwordOptions)[] = [
  'issuer',
  'store',
  'relay',
  'secret',
  'formerSecret',
  'audience',
  'algorithm',
  'signingKeyLifetimeDays',
  'accessTokenTtlSeconds',
  'unsafeAccessTokenTtlSeconds',
  'idleTtlSeconds',
  'absoluteTtlSeconds',
  'unrememberedTtlSeconds',
  'browserSessions',
  'sessionLimit',
  'rotation',
  'raceWindowMs',
  'maxStalenessMs',
  'tokenCacheSize',
  'claims',
  'unsafeAllowClaims',
  'accounts',
  'legacyTokens',
  'clients',
  'origins',
  'cookies',
  'selfCheck',
  'environment',
];
const ACCOUNT_OPTION_NAMES: readonly (keyof AccountOptions)[] = [
  'unsafeSignUpRevealsAddresses',
  'hashesAtOnce',
];
const SESSION_LIMIT_NAMES: readonly (keyof SessionLimitOptions)[] = ['perSubject', 'whenReached'];

const DAY_SECONDS = 86_400;
const YEAR_SECONDS = 365 * DAY_SECONDS;
const DEFAULT_ACCESS_TTL_SECONDS = 900;
const DEFAULT_KEY_LIFETIME_DAYS = 30;
const DEFAULT_RACE_WINDOW_MS = 10_000;
const DEFAULT_MAX_STALENESS_MS = 10_000;
const DEFAULT_TOKEN_CACHE_SIZE = 5000;
const DEFAULT_HASHES_AT_ONCE = 4;

/** Refuses every option that can be wrong, with a sentence that says what to write instead. */
export function checkOptions(options: WatchwordOptions, nodeEnvironment: string | undefined): CheckedOptions {
  refuseUnknownOptions('createWatchword', options, OPTION_NAMES);
  if (typeof options.store?.open !== 'function') {
    throw new ConfigurationError(
      "`store` has to be a store: `sqlite('watchword.db')` from 'watchword/sqlite'.",
    );
  }
  if (options.relay !== undefined && typeof options.relay?.open !== 'function') {
    throw new ConfigurationError(
      "`relay` has to be a relay: `redisRelay('redis://localhost')` from 'watchword/redis'.",
    );
  }
  const production = isProduction(options, nodeEnvironment);
  if (production && !options.store.durable) {
    throw new ConfigurationError(
      `The ${options.store.kind} store forgets every session, key and revocation when the process ends. ` +
        "In production use `sqlite('watchword.db')`.",
    );
  }
  const issuer = checkIssuer(options.issuer);
  const browserSessions = oneOf('browserSessions', options.browserSessions, ['jwt', 'opaque']) ?? 'jwt';
  return {
    engine: { ...checkEngine(options), browserSessions },
    http: { ...checkHttp(options, issuer, production), browserSessions },
    accounts: checkAccounts(options.accounts, production),
    production,
  };
}

function isProduction(options: WatchwordOptions, nodeEnvironment: string | undefined): boolean {
  const { environment } = options;
  oneOf('environment', environment, ['production', 'development']);
  return (environment ?? nodeEnvironment) === 'production';
}

function checkEngine(options: WatchwordOptions): Omit<EngineSettings, 'browserSessions'> {
  const { algorithm, algorithmIsFixed } = checkAlgorithm(options.algorithm);
  const rotation = oneOf('rotation', options.rotation, ['resilient', 'strict']) ?? 'resilient';
  const accessTtlSeconds = checkAccessTtl(options);
  const { absoluteTtlSeconds = 30 * DAY_SECONDS } = options;
  const { idleTtlSeconds = Math.min(7 * DAY_SECONDS, absoluteTtlSeconds) } = options;
  inRange('absoluteTtlSeconds', absoluteTtlSeconds, accessTtlSeconds, YEAR_SECONDS);
  const shortTtlSeconds = Math.max(DAY_SECONDS, accessTtlSeconds);
  const { unrememberedTtlSeconds = Math.min(shortTtlSeconds, absoluteTtlSeconds) } = options;
  inRange('idleTtlSeconds', idleTtlSeconds, accessTtlSeconds, absoluteTtlSeconds);
  inRange('unrememberedTtlSeconds', unrememberedTtlSeconds, accessTtlSeconds, absoluteTtlSeconds);
  const { raceWindowMs = DEFAULT_RACE_WINDOW_MS, maxStalenessMs = DEFAULT_MAX_STALENESS_MS } = options;
  inRange('raceWindowMs', raceWindowMs, 0, 60_000);
  inRange('maxStalenessMs', maxStalenessMs, 100, 3_600_000);
  const { signingKeyLifetimeDays = DEFAULT_KEY_LIFETIME_DAYS } = options;
  inRange('signingKeyLifetimeDays', signingKeyLifetimeDays, 1, 365);
  const { tokenCacheSize = DEFAULT_TOKEN_CACHE_SIZE } = options;
  inRange('tokenCacheSize', tokenCacheSize, 0, 1_000_000);
  if (rotation === 'resilient' && settlingTimeMs({ rotation, raceWindowMs }) >= accessTtlSeconds * 1000) {
    throw new ConfigurationError(
      '`raceWindowMs` has to be less than a quarter of the life of an access token: a generation settles by the use of a ' +
        'token that is older than four windows.',
    );
  }
  if (options.claims !== undefined && typeof options.claims !== 'function') {
    throw new ConfigurationError(
      '`claims` has to be a function of the session that gives an object of claims.',
    );
  }
  return {
    // As it was written: RFC 8414 §3.3 compares issuers as strings.
    issuer: options.issuer,
    audience: checkAudience(options.audience) ?? [options.issuer],
    algorithm,
    algorithmIsFixed,
    keyLifeMs: signingKeyLifetimeDays * DAY_SECONDS * 1000,
    accessTtlMs: accessTtlSeconds * 1000,
    idleTtlMs: idleTtlSeconds * 1000,
    absoluteTtlMs: absoluteTtlSeconds * 1000,
    unrememberedTtlMs: unrememberedTtlSeconds * 1000,
    sessionLimit: checkSessionLimit(options.sessionLimit),
    chain: { rotation, raceWindowMs },
    maxStalenessMs,
    tokenCacheSize,
    allowedClaims: checkAllowedClaims(options.unsafeAllowClaims),
    claims: options.claims,
  };
}

function checkSessionLimit(limit: SessionLimitOptions | undefined): SessionLimit | undefined {
  if (limit === undefined) return undefined;
  if (typeof limit !== 'object' || limit === null) {
    throw new ConfigurationError('`sessionLimit` has to be an object such as `{ perSubject: 10 }`.');
  }
  refuseUnknownOptions('sessionLimit', limit, SESSION_LIMIT_NAMES);
  const { perSubject } = limit;
  inRange('sessionLimit.perSubject', perSubject, 1, 1000);
  const whenReached = oneOf('sessionLimit.whenReached', limit.whenReached, ['end_oldest', 'refuse']);
  return { perSubject, whenReached: whenReached ?? 'end_oldest' };
}

function checkAlgorithm(
  given: WatchwordOptions['algorithm'],
): Pick<EngineSettings, 'algorithm' | 'algorithmIsFixed'> {
  if (typeof given !== 'object' || given === null) {
    const fixed = oneOf('algorithm', given, SIGNING_ALGORITHMS);
    return { algorithm: fixed ?? 'HS256', algorithmIsFixed: fixed !== undefined };
  }
  refuseUnknownOptions('algorithm', given, ['first']);
  return {
    algorithm: oneOf('algorithm.first', given.first, SIGNING_ALGORITHMS) ?? 'HS256',
    algorithmIsFixed: false,
  };
}

function checkAllowedClaims(names: unknown = []): ReadonlySet<string> {
  if (Array.isArray(names) && names.every((name) => typeof name === 'string' && name !== '')) {
    return new Set(names as readonly string[]);
  }
  throw new ConfigurationError(
    '`unsafeAllowClaims` has to be an array of names of claims, such as `["email"]`.',
  );
}

function checkAccessTtl({ accessTokenTtlSeconds, unsafeAccessTokenTtlSeconds }: WatchwordOptions): number {
  if (unsafeAccessTokenTtlSeconds !== undefined) {
    if (accessTokenTtlSeconds !== undefined) {
      throw new ConfigurationError(
        'Give `accessTokenTtlSeconds` or `unsafeAccessTokenTtlSeconds`, not both.',
      );
    }
    inRange('unsafeAccessTokenTtlSeconds', unsafeAccessTokenTtlSeconds, 10, YEAR_SECONDS);
    return unsafeAccessTokenTtlSeconds;
  }
  const seconds = accessTokenTtlSeconds === undefined ? DEFAULT_ACCESS_TTL_SECONDS : accessTokenTtlSeconds;
  if (typeof seconds === 'number' && seconds > MAX_ACCESS_TTL_SECONDS) {
    throw new ConfigurationError(
      `\`accessTokenTtlSeconds\` may be ${MAX_ACCESS_TTL_SECONDS} at most: a token that leaks is good until it expires. ` +
        'If you must, say `unsafeAccessTokenTtlSeconds`.',
    );
  }
  inRange('accessTokenTtlSeconds', seconds, 10, MAX_ACCESS_TTL_SECONDS);
  return seconds;
}

function checkHttp(
  options: WatchwordOptions,
  issuer: URL,
  production: boolean,
): Omit<HttpSettings, 'browserSessions'> {
  const { origins = [], clients = false } = options;
  const https = issuer.protocol === 'https:';
  if (typeof clients !== 'boolean') {
    throw new ConfigurationError('`clients` has to be `true` or `false`.');
  }
  return {
    ownOrigin: issuer.origin,
    oauth: clients,
    metadataPath: METADATA_PATH + issuer.pathname.replace(/\/$/, ''),
    origins: checkOrigins(origins, { production, https }),
    ...checkCookies(options.cookies),
    https,
    checkedPages: checkSelfCheck(options.selfCheck),
    explains: !production,
  };
}

function checkAccounts(accounts: unknown, production: boolean): CheckedOptions['accounts'] {
  if (accounts === undefined || accounts === false) return undefined;
  const options = (accounts === true ? {} : accounts) as AccountOptions;
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError('`accounts` has to be `true`, `false` or an object of options.');
  }
  refuseUnknownOptions('accounts', options, ACCOUNT_OPTION_NAMES);
  const { unsafeSignUpRevealsAddresses = !production, hashesAtOnce = DEFAULT_HASHES_AT_ONCE } = options;
  if (typeof unsafeSignUpRevealsAddresses !== 'boolean') {
    throw new ConfigurationError('`accounts.unsafeSignUpRevealsAddresses` has to be `true` or `false`.');
  }
  inRange('accounts.hashesAtOnce', hashesAtOnce, 1, 64);
  return { signUpIsOpen: unsafeSignUpRevealsAddresses, hashesAtOnce };
}

function oneOf<Value extends string>(
  name: string,
  value: Value | undefined,
  values: readonly Value[],
): Value | undefined {
  if (value === undefined || values.includes(value)) return value;
  throw new ConfigurationError(
    `\`${name}\` has to be one of ${values.map((one) => `\`${one}\``).join(', ')}.`,
  );
}
