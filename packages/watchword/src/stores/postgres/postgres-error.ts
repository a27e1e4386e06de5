import { WatchwordError } from '../../errors/watchword-error.ts';

/**
 * What a failure means for the statement: `again`: the server undid it because it met another one, and it may be tried again;
 * `lost`: the connection broke, so that nobody knows; `refused`: the server answered, and changed nothing.
 */
export type FaultKind = 'again' | 'lost' | 'refused';

/** SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const READ_ONLY_TRANSACTION = '25006';
const UNDEFINED_TABLE = '42P01';

/** Classes, and single codes, that are the server's bad day rather than the statement's fault. */
const UNAVAILABLE = [
  '08', // connection exceptions, and whatever a pooler says of its own
  '28', // a password that was changed meanwhile
  '3D', // a database that is being replaced
  '40', // met others for as long as anybody waited
  '53', // no connection, memory or disk left
  '57', // shut down, starting, or cancelled
  '58', // input and output
  'XX', // damage
  '55P03', // waited too long for a lock
  '55000', // a standby
  '25P0', // a transaction that sat idle for too long
  READ_ONLY_TRANSACTION,
  UNDEFINED_TABLE, // a database in the midst of being restored
];

/** After these the connection leads to a server that is going, or to one that is no primary any more. */
const USELESS_CONNECTION = ['08', '57P', 'XX', '25006', '55000', '25P03'];

/** What the driver or the server threw, as callers of a store see it. */
export function asStoreError(error: unknown): WatchwordError {
  if (error instanceof WatchwordError) return error;
  const state = sqlState(error);
  if (state === undefined) {
    const detail = `the connection to PostgreSQL broke (${brokenBy(error)})`;
    return new WatchwordError('ERR_STORE_UNAVAILABLE', { detail, cause: error });
  }
  const code = beginsWithAny(state, UNAVAILABLE) ? 'ERR_STORE_UNAVAILABLE' : 'ERR_INTERNAL';
  return new WatchwordError(code, { detail: `PostgreSQL ${state}`, cause: error });
}

/** Of an error that `asStoreError` made. */
export function faultKind(error: unknown): FaultKind {
  const state = sqlState(error instanceof WatchwordError ? error.cause : error);
  // An immediate shutdown may hit a backend that has committed already, so that 57P is as good as silence.
  if (state === undefined || state.startsWith('08') || state.startsWith('57P')) return 'lost';
  return state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED ? 'again' : 'refused';
}

/** Whether the connection is to be closed rather than used again. */
export function isConnectionUseless(error: unknown): boolean {
  const state = sqlState(error instanceof WatchwordError ? error.cause : error);
  return state === undefined || beginsWithAny(state, USELESS_CONNECTION);
}

/** The SQLSTATE of what a server, or a pooler before it, answered; `undefined` for what no server said. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

/** Of a network error its code: a message could name anything. */
export function brokenBy(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'closed';
}

function beginsWithAny(state: string, beginnings: readonly string[]): boolean {
  return beginnings.some((beginning) => state.startsWith(beginning));
}
