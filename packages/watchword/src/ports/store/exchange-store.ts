import type { SessionId } from '../../domain/ids.ts';
import type { EpochMs } from '../../domain/time.ts';

/** What marks a credential of before as given up. */
export interface Exchange {
  /** SHA-256 of the credential, 32 bytes: the store never sees the credential itself. */
  readonly key: Uint8Array;
  /** For how long it is remembered, in milliseconds. */
  readonly keptMs: number;
}

/** The session that a credential of before was given up for. */
export interface Exchanged {
  readonly sessionId: SessionId;
  readonly atMs: EpochMs;
}

/**
 * Which credentials of before were exchanged for sessions. They are written by `SessionStore.start`, in the transaction that
 * inserts the session: none is used up without one.
 */
export interface ExchangeStore {
  /** What became of a credential; `undefined` for one that was not exchanged, or is no longer remembered. */
  find(key: Uint8Array): Promise<Exchanged | undefined>;

  /** Forgets that it was given up for that session, of which nobody will ever hold a token. */
  release(key: Uint8Array, sessionId: SessionId): Promise<void>;

  /** Deletes at most `limit` that need not be remembered at `nowMs` any more; says how many. */
  deleteExpired(nowMs: EpochMs, limit: number): Promise<number>;
}
