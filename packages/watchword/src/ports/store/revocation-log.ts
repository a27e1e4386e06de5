import type { KeyId, SessionId, TokenId } from '../../domain/ids.ts';
import type { LogHead, RevocationRecord } from '../../domain/revocation.ts';
import type { SessionEndReason } from '../../domain/session.ts';
import type { EpochMs } from '../../domain/time.ts';

/** What is to be revoked. The store adds the time: nobody's clock decides what a cut-off hits. */
export type RevocationRequest =
  | { readonly kind: 'all' }
  | { readonly kind: 'subject'; readonly subject: string }
  | { readonly kind: 'session'; readonly sessionId: SessionId; readonly reason: SessionEndReason }
  | { readonly kind: 'token'; readonly tokenId: TokenId }
  | { readonly kind: 'key'; readonly keyId: KeyId };

/** How long entries have to be kept, from when they are made. */
export interface RevocationLifetimes {
  /** For `session`, `token` and `key`: the longest life of a token ever configured, plus skew. */
  readonly tokenMs: number;
  /** For `all` and `subject`: the longest life of a session ever configured, plus `tokenMs`. */
  readonly cutoffMs: number;
}

export interface RevocationResult {
  /** The entries that were appended, in order; none for a session that had ended already or is unknown. */
  readonly records: readonly RevocationRecord[];
  /** The sessions that this call ended one by one; `all` names none, for there may be millions. */
  readonly endedSessions: readonly { readonly sessionId: SessionId; readonly subject: string }[];
  readonly head: LogHead;
}

/**
 * The one append-only log of revocations. Appending is the last step of the transaction that ends the rows: it locks the
 * head, gives each entry the next sequence number and the hash over its predecessor, and moves the head. So numbers are
 * gapless and in commit order, and who has read up to n has seen all that can ever be at or below n.
 */
export interface RevocationLog {
  /**
   * In one transaction: takes T = max(store clock, greatest `started` among the rows that are covered, + 1) for a
   * cut-off, records it, and appends the entries. From then on every row that started before T has ended: `find` says so,
   * whether the row itself was changed or not. Durable when it resolves. The same request again appends again, except
   * for a session that had ended already.
   */
  revoke(requests: readonly RevocationRequest[], lifetimes: RevocationLifetimes): Promise<RevocationResult>;

  head(): Promise<LogHead>;

  /**
   * For a process that has seen the store lose entries: begins a new epoch, so that whoever follows the log reads all of it again, unless
   * somebody did since it was `current`. Gives the head as it is then. Durable when it resolves.
   */
  beginEpoch(current: string): Promise<LogHead>;

  /**
   * Entries after `sequence` that have not expired, in order, at most `limit`. What keeps this process's own knowledge fresh is read in
   * a line of its `own`: it never waits behind other work that this process has for the store.
   */
  readAfter(sequence: number, limit: number, line?: 'own' | 'shared'): Promise<readonly RevocationRecord[]>;

  /** Deletes at most `limit` expired entries and cut-offs; the head stays. Says how many. */
  deleteExpired(beforeMs: EpochMs, limit: number): Promise<number>;
}
