import { WatchwordError } from '../../errors/watchword-error.ts';
import type { StoreContext } from '../../ports/store/store.ts';
import type { Connection, Connections } from './connections.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import type { FaultKind } from './postgres-error.ts';
import { beginStatement, type Lock } from './locks.ts';
import { runTransaction, type TransactionWork } from './transactions.ts';
import { createTries } from './tries.ts';

/**
 * Who may use the database when: a bounded number at once, each until a deadline, nobody after `close`. What met others is
 * tried again, and so is what was lost where trying again cannot do it twice.
 */
export interface Turns {
  /** Runs `work`, which changes nothing, or nothing that a repetition would not change in the same way. */
  repeatable<Result>(work: Work<Result>): Promise<Result>;
  /** Runs `work`, one statement that changes something: if its answer is lost, nobody knows, and it rejects. */
  once<Result>(work: Work<Result>): Promise<Result>;
  /**
   * Runs `work` in a transaction that holds `locks` from its beginning. What is lost before the commit was sent is tried again;
   * if the answer to the commit is lost, nobody knows, and it rejects.
   */
  transaction<Result>(options: TransactionOptions, work: TransactionWork<Result>): Promise<Result>;
}

export interface OpenTurns extends Turns {
  /** For work that others wait for who were counted: it goes on after `close`. */
  readonly begun: Turns;
  /** Counts one more among those who are served, until `leave`; throws where there is no room, and after `close`. */
  enter(): void;
  leave(): void;
  assertOpen(): void;
  /** Refuses what is asked for from now on; resolves when all that was begun has come to an end. */
  finish(): Promise<void>;
}

/** `wasLost` says that an earlier try may have done it. */
export type Work<Result> = (connection: Connection, wasLost: boolean) => Promise<Result>;

export interface TransactionOptions {
  readonly locks?: readonly Lock[];
  /** Whether what is committed need not survive the server. */
  readonly mayBeLost?: boolean;
  /** Whether doing it twice is doing it once. */
  readonly repeatable?: boolean;
  readonly patienceMs?: number;
}

/** More would not be served within anybody's patience. */
const MOST_AT_ONCE = 10_000;

export function createTurns(context: StoreContext, connections: Connections, now: () => string): OpenTurns {
  const tried = createTries(context);
  let closed = false;
  let underway = 0;
  let whenIdle: (() => void) | undefined;

  function assertOpen(): void {
    if (closed) throw new WatchwordError('ERR_CLOSED');
  }

  function enter(): void {
    assertOpen();
    if (underway >= MOST_AT_ONCE) throw tooManyWaiting();
    underway += 1;
  }

  function leave(): void {
    underway -= 1;
    if (underway === 0) whenIdle?.();
  }

  const counted: Counted = async (begin, patienceMs = context.patienceMs) => {
    enter();
    try {
      return await limited(begin, patienceMs);
    } finally {
      leave();
    }
  };

  const limited: Counted = async (begin, patienceMs = context.patienceMs) => {
    const deadline = createDeadline(context.scheduler, patienceMs);
    try {
      return await begin(deadline);
    } finally {
      deadline.end();
    }
  };

  function createRunners(among: Counted): Turns {
    const statement = <Result>(work: Work<Result>, mayTry: (fault: FaultKind) => boolean) =>
      among((deadline) =>
        tried(deadline, mayTry, (wasLost) =>
          connections.use(deadline, (connection) => work(connection, wasLost)),
        ),
      );
    return {
      repeatable: (work) => statement(work, (fault) => fault !== 'refused'),
      once: (work) => statement(work, (fault) => fault === 'again'),
      transaction: ({ locks = [], mayBeLost = false, repeatable = false, patienceMs }, work) =>
        among((deadline) => {
          const beginning = { locks, mayBeLost, patienceMs: patienceMs ?? context.patienceMs };
          let isCommitting = false;
          const mayTry = (fault: FaultKind) =>
            fault === 'again' || (fault === 'lost' && (repeatable || !isCommitting));
          return tried(deadline, mayTry, () => {
            isCommitting = false;
            return connections.use(deadline, (connection) =>
              runTransaction(connection, beginStatement(beginning, now()), work, () => (isCommitting = true)),
            );
          });
        }, patienceMs),
    };
  }

  return {
    ...createRunners(counted),
    begun: createRunners(limited),
    enter,
    leave,
    assertOpen,
    finish: async () => {
      closed = true;
      if (underway === 0) return;
      await new Promise<void>((resolve) => {
        whenIdle = resolve;
      });
    },
  };
}

type Counted = <Result>(
  begin: (deadline: Deadline) => Promise<Result>,
  patienceMs?: number,
) => Promise<Result>;

function tooManyWaiting(): WatchwordError {
  return new WatchwordError('ERR_OVERLOADED', { detail: `${MOST_AT_ONCE} calls are waiting already` });
}
