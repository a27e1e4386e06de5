import type { JsonObject } from '../domain/json.ts';
import type { Session } from '../domain/session.ts';
import type { SigningAlgorithm } from '../domain/signing-key.ts';
import type { SigningKeyInfo } from '../engine/keys/key-keeper.ts';
import type { StartSession } from '../engine/sessions/session-input.ts';
import type { VerifiedToken } from '../engine/tokens/verified-token.ts';
import type { ConnectGuard, HttpFace } from '../http/index.ts';
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

export interface Revoked {
  /** The sequence number in the revocation log up to which the revocation is recorded. */
  readonly sequence: number;
}

/** Everything rejects, or throws where it is sync, with a `WatchwordError`. */
export interface Watchword {
  readonly sessions: {
    /** Starts a session for a user whom the application has authenticated. */
    start(input: StartSession): Promise<SessionTokens>;
    /** Exchanges a refresh token; `ERR_REFRESH_INVALID`, `ERR_STORE_ROLLED_BACK`, or a store's error. */
    refresh(refreshToken: string, options?: RefreshOptions): Promise<SessionTokens>;
    /** A subject's live sessions, newest first, at most 100. */
    list(subject: string): Promise<readonly Session[]>;
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
  /** The same for guards, which may have to ask somebody. */
  authenticate(credential: string, options?: VerifyOptions): Promise<VerifiedToken>;
  /** A guard for a route, for Express and everything of its family: sets `req.auth`, or answers 401, 403 or 503. */
  require(options?: VerifyOptions): ConnectGuard;
  /** Durable, and in force in this process, when it resolves. */
  readonly revoke: {
    token(jti: string): Promise<Revoked>;
    session(id: string): Promise<Revoked>;
    subject(subject: string): Promise<Revoked>;
    all(): Promise<Revoked>;
  };
  readonly keys: {
    list(): readonly SigningKeyInfo[];
    /** Resolves once the new key signs; the old one verifies until its last token has expired. */
    rotate(options?: { readonly algorithm?: SigningAlgorithm }): Promise<SigningKeyInfo>;
    /** Makes a new version of the key behind refresh tokens; tokens of older versions stay good, nobody is signed out. */
    rotateRefreshKey(): Promise<{ readonly version: number }>;
    /** Kills a key and all that it signed. */
    compromise(kid: string): Promise<Revoked>;
    /** The public keys, RFC 7517 §5; empty where all keys are secrets. */
    jwks(): { readonly keys: readonly JsonObject[] };
  };
  readonly events: Events;
  /** For adapters. */
  readonly http: HttpFace;
  /**
   * Accepts that the store was restored from a backup: for `forSeconds` (60 to 30 days) a refresh token that is newer than
   * its row moves the row forward instead of being answered 503. What was revoked since the backup is live again.
   */
  acceptRestore(options: { readonly forSeconds: number }): Promise<{ readonly untilMs: number }>;
  /** Whether the store answers and can write. */
  isReady(): Promise<boolean>;
  /** Finishes what is pending, and closes the store. */
  close(): Promise<void>;
}
