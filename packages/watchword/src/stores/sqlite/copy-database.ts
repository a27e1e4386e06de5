import { closeSync, fsyncSync, openSync, chmodSync, statSync } from 'node:fs';
import { backup, type DatabaseSync } from 'node:sqlite';
import { ConfigurationError } from '../../errors/watchword-error.ts';
import { inspectDatabase } from './migrations.ts';
import { openOperatorConnection } from './operator-connection.ts';
import { asStoreError } from './sqlite-error.ts';

export interface CopyProgress {
  readonly copiedPages: number;
  readonly totalPages: number;
}

/** 2 MiB with pages of 4 KiB: often enough for a progress bar, seldom enough to cost nothing. */
const PAGES_AT_ONCE = 512;

/**
 * Copies the database as it is at one moment, while others write to it. SQLite's online backup alone begins again at each commit of
 * another process, so that beside a busy server it never ends (https://sqlite.org/backup.html, tried); inside a read transaction
 * every step sees the same snapshot, and what others commit meanwhile waits in the WAL. `VACUUM INTO` would be as consistent, but
 * holds the event loop until all is written, and says nothing on the way.
 */
export async function copySnapshot(
  source: DatabaseSync,
  destination: string,
  onProgress: (progress: CopyProgress) => void = () => {},
): Promise<void> {
  source.exec('BEGIN DEFERRED');
  try {
    // A deferred transaction has its snapshot once it reads.
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    await backup(source, destination, {
      rate: PAGES_AT_ONCE,
      progress: ({ totalPages, remainingPages }) =>
        onProgress({ copiedPages: totalPages - remainingPages, totalPages }),
    });
  } catch (error) {
    throw asStoreError(error);
  } finally {
    source.exec('ROLLBACK');
  }
}

export interface VerifiedCopy {
  /** Of the tables in it. */
  readonly version: number;
  readonly bytes: number;
}

/**
 * Makes sure that a copy is whole and ours, and leaves it on the disk as one file without a write-ahead log, readable by its owner
 * alone.
 */
export function verifyCopy(path: string, named: string): VerifiedCopy {
  const copy = openOperatorConnection(path);
  let version: number;
  try {
    const content = inspectDatabase(copy, named);
    if (content.kind === 'empty') {
      throw new ConfigurationError(`The file ${JSON.stringify(named)} holds no tables of Watchword’s.`);
    }
    const verdict = copy.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'];
    if (verdict !== 'ok') {
      throw new ConfigurationError(
        `The database ${JSON.stringify(named)} is damaged (${String(verdict)}): use a backup from before the damage.`,
      );
    }
    version = content.version;
    copy.exec('PRAGMA journal_mode = DELETE');
  } catch (error) {
    throw asStoreError(error);
  } finally {
    copy.close();
  }
  settle(path);
  return { version, bytes: statSync(path).size };
}

/** Its owner's alone, and on the disk. No connection to it may be open: closing a file drops the locks of the process. */
export function settle(path: string): void {
  chmodSync(path, 0o600);
  syncPath(path);
}

/** A name is on the disk once its folder is. Windows knows no such thing, and needs none. */
export function syncPath(path: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
