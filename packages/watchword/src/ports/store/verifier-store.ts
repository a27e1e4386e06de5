import type { EpochMs } from '../../domain/time.ts';

/** What one running verifier says of itself: it has taken in all entries of the log up to a sequence number. */
export interface Receipt {
  /** The registered client whose credential it has. */
  readonly clientId: string;
  /** Which of that client's processes it is: random, 16 bytes as 32 hex digits. */
  readonly instance: string;
  /** What people call it. */
  readonly name: string;
  /** The version of the library that it runs. */
  readonly version: string;
  readonly epoch: string;
  readonly sequence: number;
}

/** A verifier as its receipts show it. */
export interface VerifierRow extends Receipt {
  readonly firstSeenMs: EpochMs;
  readonly lastSeenMs: EpochMs;
  /** When it was first heard to be at `sequence`. */
  readonly appliedMs: EpochMs;
}

/** What became of a receipt. */
export type ReceiptOutcome = 'noted' | 'too_many';

/** The most verifiers that are listed. */
export const MOST_LISTED_VERIFIERS = 10_000;

export interface VerifierList {
  readonly verifiers: readonly VerifierRow[];
  /** The store's clock at the moment of reading. */
  readonly nowMs: EpochMs;
}

/**
 * The verifiers that follow the feed, one row for each instance. Times are the store's. What is written here may be lost with
 * the process: a receipt comes again, so that stores need not make it durable before they answer.
 */
export interface VerifierStore {
  /**
   * Notes receipts, no two of one instance, in one step; what became of each, in their order. A receipt whose sequence is
   * lower than the row's in the same epoch only shows that the instance is alive; one of another epoch replaces the row's.
   * A client has at most `mostPerClient` instances: a new one beyond that is not noted, and is told so.
   */
  note(receipts: readonly Receipt[], mostPerClient: number): Promise<readonly ReceiptOutcome[]>;

  /** Ordered by client, name and instance, as their code points are; at most 10,000. */
  list(): Promise<VerifierList>;

  /** Forgets an instance that says that it stops. */
  forget(clientId: string, instance: string): Promise<void>;

  /** Deletes at most `limit` that were last seen before `beforeMs`; says how many. */
  deleteSilent(beforeMs: EpochMs, limit: number): Promise<number>;
}
