import { WatchwordError } from '../../errors/watchword-error.ts';

/** What `node:sqlite` throws: `errcode` is SQLite's extended result code. */
interface SqliteError extends Error {
  readonly code: 'ERR_SQLITE_ERROR';
  readonly errcode: number;
  readonly errstr: string;
}

/** Result codes, https://sqlite.org/rescode.html: an extended code has its primary one in the lowest byte. */
const PRIMARY_CODE_MASK = 0xff;
const SQLITE_PERM = 3;
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_NOMEM = 7;
const SQLITE_READONLY = 8;
const SQLITE_INTERRUPT = 9;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_PROTOCOL = 15;
const SQLITE_NOTADB = 26;

/**
 * Somebody else is at it: worth another try. PROTOCOL is what a long race for the locks of the WAL ends with.
 */
const CONTENTION: ReadonlySet<number> = new Set([SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL]);

/** The file, the disk or the memory, not the statement. */
const UNAVAILABLE: ReadonlySet<number> = new Set([
  ...CONTENTION,
  SQLITE_PERM,
  SQLITE_NOMEM,
  SQLITE_READONLY,
  SQLITE_INTERRUPT,
  SQLITE_IOERR,
  SQLITE_CORRUPT,
  SQLITE_FULL,
  SQLITE_CANTOPEN,
  SQLITE_NOTADB,
]);

/** What an error means to the caller of a store. Errors that are not the database's stay what they are. */
export function asStoreError(error: unknown): unknown {
  if (!isSqliteError(error)) return error;
  const detail = `SQLite ${error.errcode}: ${error.errstr}`;
  const code = UNAVAILABLE.has(error.errcode & PRIMARY_CODE_MASK) ? 'ERR_STORE_UNAVAILABLE' : 'ERR_INTERNAL';
  return new WatchwordError(code, { detail, cause: error });
}

export function isContention(error: unknown): error is Error {
  return isSqliteError(error) && CONTENTION.has(error.errcode & PRIMARY_CODE_MASK);
}

/** The file is a database no more. */
export function isDamage(error: unknown): boolean {
  if (!isSqliteError(error)) return false;
  const code = error.errcode & PRIMARY_CODE_MASK;
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}

/** What is wrong with a file that SQLite refuses for good, in words; `undefined` for any other error. */
export function refusedFile(error: unknown): string | undefined {
  if (!isSqliteError(error)) return undefined;
  switch (error.errcode & PRIMARY_CODE_MASK) {
    case SQLITE_NOTADB:
      return 'is not a database';
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return 'cannot be opened for writing';
    default:
      return undefined;
  }
}

function isSqliteError(error: unknown): error is SqliteError {
  return (
    error instanceof Error &&
    (error as Partial<SqliteError>).code === 'ERR_SQLITE_ERROR' &&
    typeof (error as Partial<SqliteError>).errcode === 'number'
  );
}
