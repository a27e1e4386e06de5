import type { JsonObject } from '../domain/json.ts';
import type { Client } from '../domain/client.ts';
import type { RevocationKind } from '../domain/revocation.ts';
import type { Session, SessionStatus } from '../domain/session.ts';
import type { ClientWithSecret, NewClient } from '../engine/clients/clients.ts';
import type { ImportedUser, ImportOutcome } from '../engine/accounts/import-users.ts';
import type { EngineSettings } from '../engine/context.ts';
import type { SigningAlgorithm } from '../domain/signing-key.ts';
import type { SigningKeyInfo } from '../engine/keys/key-keeper.ts';
import type { VerifierStatus } from '../engine/receipts/verifier-status.ts';
import type { Receipts } from '../engine/receipts/wait-for-receipts.ts';
import type { StartSession } from '../engine/sessions/session-input.ts';
import type { VerifiedToken } from '../engine/tokens/verified-token.ts';
import type { AdapterFace, ConnectGuard, GuardOptions, SelfCheckReport } from '../http/index.ts';
import type { Events } from './event-hub.ts';
import type { VerifyOptions } from './expectations.ts';

export interface SessionTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds until the access token expires. */
  readonly expiresInSeconds: number;
  readonly session: Session;
}

/** Who presents a refresh token, and from where. */
export interface RefreshOptions {
  /** The client's id. Default: `app`. */
  readonly client?: string;
  /** Its IP address, of which only the network is kept. Default: unknown. */
  readonly address?: string;
  /** What it calls itself. Default: unknown. */
  readonly userAgent?: string;
}

export interface IssueToken {
  /** The kind, such as `invitation+jwt`. */
  readonly typ: string;
  readonly subject: string;
  readonly audience?: string | readonly string[];
  /** 1 to 3600. */
  readonly ttlSeconds: number;
  readonly claims?: JsonObject;
}

/** Which live sessions are meant: those of a subject, or all. */
export interface SessionFilter {
  readonly subject?: string;
}

export interface PageOfSessions {
  readonly sessions: readonly Session[];
  /** What to ask for next as `after`; missing where there are no more. */
  readonly next?: string;
}

/** An entry of the revocation log. */
export interface LoggedRevocation {
  readonly sequence: number;
  readonly kind: RevocationKind;
  /** The subject, session, token or key that is meant; `''` for all. */
  readonly target: string;
  /** For `all` and `subject`: what started before this has ended. */
  readonly beforeMs?: number;
  readonly atMs: number;
  /** From when on the entry cannot matter any more. */
  readonly expiresMs: number;
}

export interface RevocationLogPage {
  readonly records: readonly LoggedRevocation[];
  /** Where the log stands. Another epoch is another history: a backup was restored. */
  readonly head: { readonly epoch: string; readonly sequence: number };
}

export interface RevokeOptions {
  /**
   * How long to wait, once the revocation is durable, until all verifiers in other services have acknowledged it: '500ms', '2s', at
   * most '60s'. Default: not at all.
   */
  readonly wait?: string;
}

export interface Revoked {
  /** The sequence number in the revocation log up to which the revocation is recorded. */
  readonly sequence: number;
  /** Which verifiers have acknowledged it; where `wait` was said. */
  readonly receipts?: Receipts;
}

/** The feed of revocations, and who follows it. */
export interface FeedStatus {
  /** Where the log stands. Another epoch is another history: a backup was restored. */
  readonly head: { readonly epoch: string; readonly sequence: number };
  /** How many verifiers are connected to this process. */
  readonly connections: number;
  /** What carries revocations between the processes of this installation, where it is not the store alone. */
  readonly relay?: {
    readonly kind: string;
    readonly connected: boolean;
    /** What it failed with last, such as `ECONNREFUSED` or `WRONGPASS`; where it is not connected. */
    readonly fault?: string;
  };
  /** Those that follow the feed of any process, and were heard within the last hour. */
  readonly verifiers: readonly VerifierStatus[];
}

/** What `createWatchword` made of its options, in so far as tokens and sessions depend on it. */
export type EffectiveSettings = Pick<
  EngineSettings,
  | 'issuer'
  | 'audience'
  | 'accessTtlMs'
  | 'idleTtlMs'
  | 'absoluteTtlMs'
  | 'unrememberedTtlMs'
  | 'browserSessions'
  | 'sessionLimit'
  | 'chain'
  | 'maxStalenessMs'
> & {
  /** What every key has to be for; `undefined` where whoever rotates decides. */
  readonly algorithm: SigningAlgorithm | undefined;
};

/** Everything rejects, or throws where it is sync, with a `WatchwordError`. */
export interface Watchword {
  readonly sessions: {
    /** Starts a session for a user whom the application has authenticated. */
    start(input: StartSession): Promise<SessionTokens>;
    /** Exchanges a refresh token; `ERR_REFRESH_INVALID`, `ERR_STORE_ROLLED_BACK`, or a store's error. */
    refresh(refreshToken: string, options?: RefreshOptions): Promise<SessionTokens>;
    /** A subject's live sessions, newest first, at most 100. */
    list(subject: string): Promise<readonly Session[]>;
    /** Live sessions of a subject or of all, newest first: `limit` (1 to 1000, default 100) of those after `after`. */
    page(
      query?: SessionFilter & { readonly after?: string; readonly limit?: number },
    ): Promise<PageOfSessions>;
    /** How many are live. */
    count(filter?: SessionFilter): Promise<number>;
    /** A session whatever has become of it; `undefined` if it is unknown, or was forgotten some time after its expiry. */
    find(id: string): Promise<{ readonly session: Session; readonly status: SessionStatus } | undefined>;
    /** A live session; `undefined` if it is unknown, ended or expired. */
    get(id: string): Promise<Session | undefined>;
    /** "Sign out everywhere else": ends a subject's sessions but the one to keep, and says how many. */
    endOthers(subject: string, keep: string): Promise<{ readonly ended: number }>;
  };
  readonly tokens: {
    /** A token of a kind of the application's own. */
    issue(input: IssueToken): Promise<string>;
    /** Judges one; sync. */
    verify(token: string, options: { readonly typ: string } & VerifyOptions): VerifiedToken;
  };
  /** Judges an access token with what is in memory: sync, no I/O. Throws `ERR_TOKEN_…` or `ERR_FEED_STALE`. */
  verify(accessToken: string, options?: VerifyOptions): VerifiedToken;
  /** The same for what guards take: an access token, or the id of an opaque session, for which the store may have to be asked. */
  authenticate(credential: string, options?: VerifyOptions): Promise<VerifiedToken>;
  /**
   * A guard for a route, for Express and everything of its family: sets `req.auth`, or answers 401, 403 or 503. With `optional`,
   * `req.auth` is `undefined` for whoever brings no credential: read it with `authOf(req)`.
   */
  require(options?: GuardOptions): ConnectGuard;
  /** Durable, and in force in this process, when it resolves. */
  readonly revoke: {
    token(jti: string, options?: RevokeOptions): Promise<Revoked>;
    session(id: string, options?: RevokeOptions): Promise<Revoked>;
    subject(subject: string, options?: RevokeOptions): Promise<Revoked>;
    all(options?: RevokeOptions): Promise<Revoked>;
    /** Entries of the log that still matter, after the one numbered `after` (default 0): `limit`, 1 to 1000, default 100. */
    log(query?: { readonly after?: number; readonly limit?: number }): Promise<RevocationLogPage>;
    /** Milliseconds since this process last knew all that was revoked; sync. */
    ageMs(): number;
  };
  /** How revocations reach verifiers in other services. */
  readonly feed: {
    /** Who follows the feed, and how far each has come. */
    status(): Promise<FeedStatus>;
  };
  /** What the options came to, with their defaults. */
  readonly settings: EffectiveSettings;
  /** Programs that prove themselves with a secret: see the option `clients`. */
  readonly clients: {
    /** Registers a client; its secret is told this once. `ERR_CLIENT_EXISTS`. */
    create(input?: NewClient): Promise<ClientWithSecret>;
    /** By id. */
    list(): Promise<readonly Client[]>;
    get(id: string): Promise<Client | undefined>;
    /** A new secret; the one before stays good for `keepFormerForSeconds`, 0 (default) to 7 days. `ERR_CLIENT_UNKNOWN`. */
    rotate(id: string, options?: { readonly keepFormerForSeconds?: number }): Promise<ClientWithSecret>;
    /** Its refresh tokens die with it, and nobody ever gets its id again. `ERR_CLIENT_UNKNOWN`. */
    delete(id: string): Promise<void>;
  };
  /** The built-in accounts: see the option `accounts`. */
  readonly accounts: {
    /**
     * Takes in users of before, at most 1000 at once, with the hashes of their passwords; says of each what became of it. At its
     * first sign-in a user's hash is replaced by one of our own. Whoever was imported by an earlier call is `email_taken`.
     */
    import(users: readonly ImportedUser[]): Promise<readonly ImportOutcome[]>;
  };
  readonly keys: {
    list(): readonly SigningKeyInfo[];
    /** Resolves once the new key signs; the old one verifies until its last token has expired. */
    rotate(options?: { readonly algorithm?: SigningAlgorithm }): Promise<SigningKeyInfo>;
    /** Makes a new version of the key behind refresh tokens; tokens of older versions stay good, nobody is signed out. */
    rotateRefreshKey(): Promise<{ readonly version: number }>;
    /** Makes another key that signs the revocation feed; verifiers fetch it by themselves, and none loses its place. */
    rotateFeedKey(): Promise<{ readonly version: number }>;
    /** Seals everything under the newest secret that lies under `formerSecret`; happens by itself within a minute. */
    rewrap(): Promise<{ readonly rows: number }>;
    /** Kills a key and all that it signed. */
    compromise(kid: string, options?: RevokeOptions): Promise<Revoked>;
    /** The public keys, RFC 7517 §5; empty where all keys are secrets. */
    jwks(): { readonly keys: readonly JsonObject[] };
  };
  readonly events: Events;
  /** For adapters. */
  readonly http: AdapterFace;
  /**
   * Accepts that the store was restored from a backup: for `forSeconds` (60 to 30 days) a refresh token that is newer than
   * its row moves the row forward instead of being answered 503. What was revoked since the backup is live again.
   */
  acceptRestore(options: { readonly forSeconds: number }): Promise<{ readonly untilMs: number }>;
  /**
   * Asks the application's own address, through whatever stands in front of it, and says what proxies break: headers that do not
   * arrive, cookies that are changed, answers out of a cache, pages without the headers that protect them. Asks at most each ten
   * seconds. In production show it to whoever runs the application only.
   */
  selfCheck(): Promise<SelfCheckReport>;
  /** Whether the store answers and can write. */
  isReady(): Promise<boolean>;
  /** Finishes what is pending, and closes the store. */
  close(): Promise<void>;
}
