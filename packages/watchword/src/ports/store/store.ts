import type { LogHead } from '../../domain/revocation.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Scheduler } from '../scheduler.ts';
import type { AccountStore } from './account-store.ts';
import type { ClientStore } from './client-store.ts';
import type { ExchangeStore } from './exchange-store.ts';
import type { KeyStore } from './key-store.ts';
import type { RevocationLog } from './revocation-log.ts';
import type { SessionStore } from './session-store.ts';
import type { VerifierStore } from './verifier-store.ts';

/** What a store is handed when it is opened: it reads no clock and makes no randomness of its own. */
export interface StoreContext {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** SHA-256, for the hashes of the revocation log, and for what long texts are found by. */
  readonly digest: (bytes: Uint8Array) => Uint8Array;
  /** How long an operation may wait for its turn, in milliseconds, before it fails with `ERR_STORE_UNAVAILABLE`. */
  readonly patienceMs: number;
}

/** A store that was configured but not opened: what `sqlite('app.db')` gives and `createWatchword` takes. */
export interface StoreFactory {
  /** For messages: `sqlite`, `memory`. */
  readonly kind: string;
  /** Whether what it acknowledges survives the process. */
  readonly durable: boolean;
  /**
   * Where a secret for development may be kept beside the data; `undefined` where there is no such place.
   * Production never reads it.
   */
  readonly developmentSecretPath?: string;
  /**
   * Opens, migrates to the newest version, and refuses with a `ConfigurationError` a database that is another program's
   * or that a newer version wrote.
   */
  open(context: StoreContext): Promise<Store>;
}

/** The longest lifetimes that were ever configured, so that a shorter setting cannot revive what was revoked before. */
export interface LongestLifetimes {
  readonly tokenMs: number;
  readonly sessionMs: number;
}

/** What a look at the store found. */
export interface Sighting {
  readonly head: LogHead;
  readonly keyRevision: number;
}

export interface StoreObserver {
  /**
   * Called after each successful look at the primary, at most some 50 ms apart while the process is awake, 300 ms where
   * another machine is asked; `sinceMs` is the monotonic time at which the look began: everything that was durable by then is in `sighting`.
   */
  looked(sighting: Sighting, sinceMs: number): void;
}

/**
 * Everything that is kept. Every method may reject with a `WatchwordError` of code `ERR_STORE_UNAVAILABLE`. A store in this process
 * has then changed nothing, unless the method says otherwise. Of one on another machine the answer may have been lost on its way: what
 * was asked for was done wholly, or not at all, or is being done this moment. None blocks the event loop while it waits for
 * another process.
 */
export interface Store {
  readonly sessions: SessionStore;
  readonly revocations: RevocationLog;
  readonly keys: KeyStore;
  readonly accounts: AccountStore;
  readonly clients: ClientStore;
  readonly exchanges: ExchangeStore;
  readonly verifiers: VerifierStore;

  /** Raises the recorded maxima to at least these and gives the maxima. */
  raiseLifetimes(lifetimes: LongestLifetimes): Promise<LongestLifetimes>;

  /**
   * Records that the store was restored from a backup and that rows may be moved forward to what clients present until
   * `untilMs`; the log begins a new epoch, so that whoever follows it reads all of it again.
   */
  acceptRestore(untilMs: EpochMs): Promise<LogHead>;

  /** Until when a restore is accepted; 0 if none ever was. */
  restoreAcceptedUntilMs(): Promise<EpochMs>;

  /** Begins to watch for what other processes wrote; gives the function that stops it. Throws `ERR_CLOSED` after `close`. */
  watch(observer: StoreObserver): () => void;

  /** The store's clock, which is nobody's in particular where several machines share it: by it is judged what may be deleted. */
  nowMs(): Promise<EpochMs>;

  /**
   * How it notices what other processes wrote, for messages: woken by notifications, or by looking again and again. Left out
   * where there is one way only.
   */
  noticesBy?(): 'notification' | 'polling';

  /** Whether the store answers and can write: for `/readyz`. Never rejects; `false` after `close`. */
  isReady(): Promise<boolean>;

  /** Finishes what was begun, and closes. */
  close(): Promise<void>;
}
