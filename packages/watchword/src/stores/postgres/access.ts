import type { StoreContext } from '../../ports/store/store.ts';
import { lockOf, type Lock } from './locks.ts';
import type { OpenTurns, Turns } from './turns.ts';

/** What each part of the PostgreSQL store works with. */
export interface PostgresAccess {
  readonly turns: OpenTurns;
  /** For reading the log, which is what keeps this process's knowledge fresh: in a line of its own. */
  readonly reading: Pick<Turns, 'repeatable'>;
  readonly context: StoreContext;
  /** Quoted. */
  readonly schema: string;
  /** The name that `NOTIFY` and `LISTEN` use. */
  readonly channel: string;
  /** SQL for the store's clock, in milliseconds. */
  now(): string;
  /** SQL for which server this is, as far as this role may know. */
  readonly server: string;
  /** Says that this process changed the log or the key ring. */
  changed(): void;
}

/** True on a primary; on a standby the statement fails: what it knows may be old. */
export const ON_PRIMARY = '(SELECT pg_current_wal_lsn()) IS NOT NULL';

/** What a subject is found by: of one length, whatever its own, because an index takes no long ones. */
export function subjectKey({ context }: PostgresAccess, subject: string): Uint8Array {
  return context.digest(new TextEncoder().encode(subject));
}

/** Held shared while a session starts, exclusively while everybody is cut off. */
export function lockOfAll({ schema }: PostgresAccess, mode: Lock['mode']): Lock {
  return lockOf(mode, schema, 'all');
}

/** The same for one subject. */
export function lockOfSubject({ schema }: PostgresAccess, subject: string, mode: Lock['mode']): Lock {
  return lockOf(mode, schema, 'subject', subject);
}

/** Held while receipts are noted, so that nobody lets in more instances than a client may have. */
export function lockOfVerifiers({ schema }: PostgresAccess): Lock {
  return lockOf('exclusive', schema, 'verifiers');
}
