import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigurationError, WatchwordError } from '../../errors/watchword-error.ts';

const OWNER_ONLY_DIRECTORY = 0o700;
const OWNER_ONLY_FILE = 0o600;
const OTHERS_MASK = 0o077;

/** One page of the smallest size, https://sqlite.org/fileformat2.html#pages. */
const SMALLEST_DATABASE_BYTES = 512;

/** Codes of `node:fs` that mean that the path is the wrong one, rather than that the disk has a bad day. */
const WRONG_PATH: ReadonlySet<string> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'EEXIST',
  'ELOOP',
  'ENAMETOOLONG',
]);

/**
 * Creates the file and what is missing of its folders, readable by nobody else, before SQLite opens it:
 * SQLite gives its WAL and its shared memory the mode of the database. A file that exists is never opened
 * here: closing it again would drop the locks that SQLite holds on it elsewhere in this process
 * (https://sqlite.org/howtocorrupt.html#posix_close_bug).
 */
export function createDatabaseFile(path: string): void {
  try {
    createFolder(dirname(path));
    if (exists(path)) return;
    closeSync(openSync(path, 'wx', OWNER_ONLY_FILE));
  } catch (error) {
    // Another process was faster.
    if (codeOf(error) === 'EEXIST' && exists(path)) return;
    throw refusal(path, error);
  }
}

/** Takes away what others may do with the database: it holds half of what every refresh token is made of. */
export function makePrivate(path: string): void {
  if (process.platform === 'win32') return;
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined || (stats.mode & OTHERS_MASK) === 0) continue;
    try {
      chmodSync(file, OWNER_ONLY_FILE);
    } catch (error) {
      throw new ConfigurationError(
        `The database file ${JSON.stringify(file)} may be read by others and belongs to another user: ` +
          'give it to the user that runs this process, with mode 0600.',
        { cause: error },
      );
    }
  }
}

/**
 * With what is missing above it. Not by Node's own `recursive`, which never ends where nothing can be made
 * (/proc).
 */
export function createFolder(path: string): void {
  if (existsSync(path)) return;
  createFolder(dirname(path));
  try {
    mkdirSync(path, { mode: OWNER_ONLY_DIRECTORY });
  } catch (error) {
    // Another process was faster.
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

function exists(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isFile()) {
    throw new ConfigurationError(`The database path ${JSON.stringify(path)} is not a file: name a file.`);
  }
  if (stats !== undefined && isFragment(path, stats)) {
    throw new ConfigurationError(
      `The file ${JSON.stringify(path)} is not a database: name a path of Watchword’s own, or delete the file.`,
    );
  }
  return stats !== undefined;
}

/** Too short for a database: SQLite would take it for a new one and write over it. */
function isFragment(path: string, { size }: Stats): boolean {
  return size > 0 && size < SMALLEST_DATABASE_BYTES && !existsSync(`${path}-journal`);
}

function refusal(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  if (!WRONG_PATH.has(code))
    return new WatchwordError('ERR_STORE_UNAVAILABLE', { detail: code, cause: error });
  return new ConfigurationError(
    `The database file ${JSON.stringify(path)} cannot be created (${code}): ` +
      'name a path in a folder that this process may write to.',
    { cause: error },
  );
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof WatchwordError || !(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : undefined;
}
