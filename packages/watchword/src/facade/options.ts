import type { JsonObject } from '../domain/json.ts';
import type { Session } from '../domain/session.ts';
import type { SigningAlgorithm } from '../domain/signing-key.ts';
import type { FeedRelayFactory } from '../ports/feed-relay.ts';
import type { SecretSource } from '../ports/secret-source.ts';
import type { StoreFactory } from '../ports/store/store.ts';
import type { LegacyTokenOptions } from './legacy-options.ts';

/** What `createWatchword` takes. Only `issuer` and `store` have no default. */
export interface WatchwordOptions {
  /** The `iss` of all tokens and the origin that the application is reached at: an `https:` URL, or `http://localhost`. */
  readonly issuer: string;
  /** Where sessions, keys and revocations are kept: `sqlite('watchword.db')` or `memory()`. */
  readonly store: StoreFactory;
  /**
   * Tells the other processes of the installation at once what this one revokes: `redisRelay('redis://…')` from `watchword/redis`. Default:
   * none; they find it in the store some milliseconds later.
   */
  readonly relay?: FeedRelayFactory;
  /**
   * The secret that seals the keys at rest: 32 to 64 random bytes in hex or base64url, as `watchword keygen` prints.
   * Default: `WATCHWORD_SECRET`, or the file that `WATCHWORD_SECRET_FILE` names; in development a file beside SQLite's.
   */
  readonly secret?: string | SecretSource;
  /**
   * The secret before this one, while it is being changed: what lies under it is opened, and sealed under the new one within a
   * minute. Default: `WATCHWORD_FORMER_SECRET`, or the file that `WATCHWORD_FORMER_SECRET_FILE` names, or none.
   */
  readonly formerSecret?: string | SecretSource;
  /** The `aud` of tokens for which none is named. Default: the issuer. */
  readonly audience?: string | readonly string[];
  /**
   * What signs tokens: HS256, HS384, HS512 (a secret), RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, or EdDSA with
   * Ed25519 (key pairs, published as JWKS). Every key is for it: another one in the store is replaced. Default: `{ first: 'HS256' }`,
   * which says it of the first key only, so that a rotation to another stays; HS256 is right where one application signs and
   * verifies.
   */
  readonly algorithm?: SigningAlgorithm | { readonly first: SigningAlgorithm };
  /** Days for which a key signs before another takes its place, 1 to 365. Default: 30. */
  readonly signingKeyLifetimeDays?: number;
  /** Seconds an access token lives, 10 to 3600. Default: 900. */
  readonly accessTokenTtlSeconds?: number;
  /** The same without the upper limit: a token that leaks is good for as long. */
  readonly unsafeAccessTokenTtlSeconds?: number;
  /** Seconds after which an unused session ends. Default: 7 days. */
  readonly idleTtlSeconds?: number;
  /** Seconds after which every session ends. Default: 30 days. */
  readonly absoluteTtlSeconds?: number;
  /** Seconds after which a session ends that was started with `remember: false`. Default: 1 day. */
  readonly unrememberedTtlSeconds?: number;
  /**
   * What sign-in and refresh give a browser: `jwt` (default), an access token and a refresh token, or `opaque`, one id that says nothing to
   * anybody but this installation. Guards take both, so that it can be changed without signing anybody out.
   */
  readonly browserSessions?: 'jwt' | 'opaque';
  /** How many live sessions a subject may have. Default: any number. */
  readonly sessionLimit?: SessionLimitOptions;
  /** `resilient` (default) forgives lost answers and racing tabs; `strict` is the textbook and signs honest users out. */
  readonly rotation?: 'resilient' | 'strict';
  /** How far apart two presentations of one refresh token may be and still be a race. Default: 10000. */
  readonly raceWindowMs?: number;
  /** How old the knowledge of revocations may be before tokens are refused. Default: 10000. */
  readonly maxStalenessMs?: number;
  /**
   * How many verified tokens are remembered, and as many opaque sessions, some 2 kB each: their signature is checked once, times and
   * revocation each time. 0 to 1000000. Default: 5000.
   */
  readonly tokenCacheSize?: number;
  /** Asked at each access token for further claims: roles, tenant. */
  readonly claims?: (session: Session) => JsonObject | Promise<JsonObject>;
  /**
   * Claims that may hold what looks like a password, a key, a card, a national id, an e-mail address or a whole user: everybody
   * who holds a token can read it. Default: none.
   */
  readonly unsafeAllowClaims?: readonly string[];
  /** Users with e-mail and password of Watchword's own. Default: none, for applications that have users already. */
  readonly accounts?: boolean | AccountOptions;
  /** Tokens of the issuer that the application had before: guards take them until they expire. Default: none. */
  readonly legacyTokens?: LegacyTokenOptions;
  /**
   * Whether programs may register as clients and use `/oauth/token`, `/oauth/revoke` and `/oauth/introspect` (RFC 6749, 7009,
   * 7662), which then belong to Watchword. Default: `false`.
   */
  readonly clients?: boolean;
  /** Other origins whose pages may sign in, act and read answers (CORS), such as `https://admin.example`. Default: none. */
  readonly origins?: readonly string[];
  readonly cookies?: CookieOptions;
  readonly selfCheck?: SelfCheckOptions;
  /** Default: `production` if `NODE_ENV` is that, else `development`. Production refuses the defaults of development. */
  readonly environment?: 'production' | 'development';
}

export interface AccountOptions {
  /**
   * Sign-up that answers at once, and so tells everybody whether an address is known. Default: `true` in development,
   * `false` (sign-up is closed) in production.
   */
  readonly unsafeSignUpRevealsAddresses?: boolean;
  /** How many passwords are hashed at once, 46 MiB each. Default: 4. */
  readonly hashesAtOnce?: number;
}

export interface SessionLimitOptions {
  /** 1 to 1000. */
  readonly perSubject: number;
  /** `end_oldest` (default) makes room for a new session; `refuse` answers a sign-in with `ERR_SESSION_LIMIT`. */
  readonly whenReached?: 'end_oldest' | 'refuse';
}

export interface CookieOptions {
  /** `ww` gives `__Host-ww_at` and `__Host-ww_rt`: for several installations on one host. Default: `ww`. */
  readonly prefix?: string;
  /**
   * Prefixes that cookies had before: sessions go on under them, and move to `prefix` with their next renewal. None that another
   * installation on this host uses. Default: none.
   */
  readonly formerPrefixes?: readonly string[];
  /** Default: `lax`. */
  readonly sameSite?: 'lax' | 'strict';
  /**
   * Sessions of their own for each site that shows the application in a frame (CHIPS): cookies are `SameSite=None; Partitioned`.
   * Default: `false`.
   */
  readonly partitioned?: boolean;
}

/** What `auth.selfCheck()` and, in development, `GET /auth/self-check` look at besides Watchword's own routes. */
export interface SelfCheckOptions {
  /** Paths of pages whose headers should protect them. Default: `['/']`. */
  readonly pages?: readonly string[];
}
