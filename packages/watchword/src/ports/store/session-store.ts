import type { SessionId } from '../../domain/ids.ts';
import type { ChainState } from '../../domain/refresh-chain.ts';
import type { SessionPlace } from '../../domain/place.ts';
import type { Session, SessionLimit, SessionRecord } from '../../domain/session.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Exchange } from './exchange-store.ts';
import type { RevocationLifetimes, RevocationResult } from './revocation-log.ts';

/** A row as it stood at one moment of the store's clock: ages are computed against that clock, not a process's. */
export interface SessionReading {
  readonly record: SessionRecord;
  readonly nowMs: EpochMs;
}

/** What holds a subject to its limit while a session of it starts. */
export interface SessionRoom extends SessionLimit {
  /** A session that counts for nothing, because the new one replaces it. */
  readonly except: SessionId | undefined;
  readonly lifetimes: RevocationLifetimes;
}

/** A look at the sessions of one subject or of all, newest first, that touches a bounded number of rows. */
export interface SessionScan {
  readonly subject?: string;
  /** Only what is older than this one: the `next` of the look before. */
  readonly before?: SessionId;
  /** How many rows are looked at, whether they are live or not. */
  readonly rows: number;
}

export interface ScannedSessions {
  readonly live: readonly Session[];
  /** The oldest row that was looked at; `undefined` where there are no older ones. */
  readonly next: SessionId | undefined;
}

/** One step of a session's chain: from exactly `expected` to `next`, or not at all. */
export interface ChainStep {
  readonly sessionId: SessionId;
  readonly expected: ChainState;
  readonly next: ChainState;
  readonly lastRefreshedMs: EpochMs;
  readonly idleExpiresMs: EpochMs;
  /** Where the client is now; left out where that has not changed. */
  readonly place?: SessionPlace;
}

/**
 * Sessions, one row each whatever the age of their chain. Everything that changes a row is atomic and durable when its
 * promise resolves: it survives `kill -9` and, where the store is configured for it, a loss of power.
 */
export interface SessionStore {
  /**
   * Inserts a session. The store decides when it starts: max(its clock, the greatest cut-off recorded for everybody or
   * for this subject, + 1), in the transaction that inserts it. `build` makes the row for that time; it is pure and
   * may be called again. An id that exists already is an internal error.
   *
   * With `exchange` the same transaction notes what was given up for the session. Of any number of concurrent starts with
   * one key exactly one succeeds; the others, at any later time too, reject with `ERR_EXCHANGED`, and nothing was changed.
   */
  start(
    subject: string,
    build: (startedMs: EpochMs) => SessionRecord,
    exchange?: Exchange,
  ): Promise<SessionRecord>;

  /**
   * The same for a subject that may have `room.perSubject` live sessions, counted in the transaction that inserts: of
   * any number of concurrent starts none brings it above that. Where there is no room it ends the oldest ones with the
   * reason `displaced`, as a revocation would, or rejects with `ERR_SESSION_LIMIT`, in which case nothing was changed.
   * Where both would refuse, it rejects with `ERR_EXCHANGED`.
   */
  startWithin(
    room: SessionRoom,
    subject: string,
    build: (startedMs: EpochMs) => SessionRecord,
    exchange?: Exchange,
  ): Promise<{ readonly record: SessionRecord; readonly displaced: RevocationResult | undefined }>;

  /**
   * The row, ended ones included, as its own columns and the cut-offs have it; `undefined` if there is none. It reads the
   * primary.
   */
  find(id: SessionId): Promise<SessionReading | undefined>;

  /** A subject's sessions that have neither ended nor expired, newest first, at most `limit`. */
  listLive(subject: string, limit: number): Promise<readonly Session[]>;

  /** The live ones among so many rows: whoever wants all of them comes again, and lets others go before. */
  scanLive(scan: SessionScan): Promise<ScannedSessions>;

  /** The same, counted. */
  countLive(scan: SessionScan): Promise<{ readonly live: number; readonly next: SessionId | undefined }>;

  /**
   * Compare and set. `advanced` only if the row's whole chain equals `expected`, it has not ended, and it started at or
   * after every cut-off that covers it. Of any number of concurrent equal steps exactly one is told `advanced`, unless `next` equals
   * `expected`: then nothing but the times is set, by each of them.
   */
  advance(step: ChainStep): Promise<'advanced' | 'conflict'>;

  /**
   * Marks `generation` as settled if it is still the newest of a session that has not ended and is not yet marked;
   * says whether this call did.
   */
  settle(id: SessionId, generation: number): Promise<boolean>;

  /** Deletes at most `limit` sessions whose absolute expiry lies before `beforeMs`; says how many. */
  deleteExpired(beforeMs: EpochMs, limit: number): Promise<number>;
}
