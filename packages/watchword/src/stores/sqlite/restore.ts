import { closeSync, existsSync, openSync, readSync, renameSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { backup, type DatabaseSync } from 'node:sqlite';
import { ConfigurationError } from '../../errors/watchword-error.ts';
import { copySnapshot, settle, syncPath, verifyCopy, type VerifiedCopy } from './copy-database.ts';
import { createFolder, makePrivate } from './database-file.ts';
import { assertFree, giveName, withDraft } from './draft-file.ts';
import { isApplicationIdOurs } from './migrations.ts';
import { openOperatorConnection } from './operator-connection.ts';
import { asStoreError, isContention, isDamage } from './sqlite-error.ts';

export interface RestoreOptions {
  /** Where the database that is replaced is kept. */
  readonly keepOldAs: string;
}

export interface Restored extends VerifiedCopy {
  /** Whether there was a database to keep. */
  readonly keptOld: boolean;
}

/** All pages in one step: the step is one transaction. */
const ALL_PAGES = 0x7fff_ffff;

/**
 * Puts a backup in the place of the database at `path`, once it has proven whole, ours, and not newer than this Watchword. Throws
 * `ERR_CONFIG` with a sentence, and has then changed nothing; so too while any process has the database open.
 */
export async function restoreSqlite(
  backupPath: string,
  path: string,
  { keepOldAs }: RestoreOptions,
): Promise<Restored> {
  assertRestorable(backupPath, path);
  assertFree(keepOldAs);
  createFolder(dirname(resolve(path)));
  return await withDraft(path, async (draft) => {
    // Only to read: a backup may lie where nothing can be written.
    const source = openOperatorConnection(backupPath, { readOnly: true });
    try {
      await copySnapshot(source, draft);
    } finally {
      source.close();
    }
    const verified = verifyCopy(draft, backupPath);
    const old = takeOver(path);
    if (old === 'ours') {
      const before = changeCounter(path);
      await keepCopy(path, keepOldAs);
      // Whoever came while it was copied has written, if only that there is a write-ahead log again.
      if (takeOver(path) !== 'ours' || changeCounter(path) !== before) throw inUse(path);
      await replaceContent(draft, path);
    } else {
      moveAside(path, keepOldAs);
      giveName(draft, path);
    }
    return { ...verified, keptOld: old !== 'missing' };
  });
}

function assertRestorable(backupPath: string, path: string): void {
  if (!existsSync(backupPath)) {
    throw new ConfigurationError(
      `There is no file ${JSON.stringify(backupPath)}: name one that \`watchword backup\` wrote.`,
    );
  }
  if (resolve(backupPath) === resolve(path)) {
    throw new ConfigurationError(`The backup ${JSON.stringify(backupPath)} is the database itself.`);
  }
}

/**
 * Says what is to be replaced, after nobody else has it open: leaving the write-ahead log is only possible for the last connection,
 * however idle the others are. It also leaves the database in a single file.
 */
function takeOver(path: string): 'missing' | 'ours' | 'damaged' {
  if (!existsSync(path)) return 'missing';
  let database: DatabaseSync;
  try {
    database = openOperatorConnection(path);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (isDamage(cause)) return 'damaged';
    if (isContention(cause)) throw inUse(path, cause);
    throw error;
  }
  try {
    if (!isApplicationIdOurs(database)) {
      throw new ConfigurationError(
        `The file ${JSON.stringify(path)} is the database of another program: it is left alone.`,
      );
    }
    database.exec('PRAGMA journal_mode = DELETE');
    return 'ours';
  } catch (error) {
    if (isContention(error)) throw inUse(path, error);
    if (isDamage(error)) return 'damaged';
    throw asStoreError(error);
  } finally {
    database.close();
  }
}

/** What SQLite counts up with each transaction outside of a write-ahead log: bytes 24 to 27 of the file. */
function changeCounter(path: string): number {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(4);
    readSync(file, bytes, 0, 4, 24);
    return bytes.readUInt32BE();
  } finally {
    closeSync(file);
  }
}

function inUse(path: string, cause?: unknown): ConfigurationError {
  const sentence = `The database ${JSON.stringify(path)} is in use: stop what uses it, and restore then.`;
  return new ConfigurationError(sentence, { cause });
}

/** Page by page and unchecked: it may be what made the restore necessary. */
async function keepCopy(path: string, keepOldAs: string): Promise<void> {
  await withDraft(keepOldAs, async (draft) => {
    const source = openOperatorConnection(path);
    try {
      await copySnapshot(source, draft);
    } finally {
      source.close();
    }
    settle(draft);
    giveName(draft, keepOldAs);
  });
}

/**
 * Writes the pages into the file that is there, as one transaction: a crash leaves the old database or the new one, and a server
 * that is started at this moment waits and finds the new one. With another file under the name, it would go on with the old.
 */
async function replaceContent(draft: string, path: string): Promise<void> {
  const source = openOperatorConnection(draft);
  try {
    await backup(source, path, { rate: ALL_PAGES });
  } catch (error) {
    throw asStoreError(error);
  } finally {
    source.close();
  }
  makePrivate(path);
}

/** With what SQLite may have left beside it: a log that belongs to another database would be played into the new one. */
function moveAside(path: string, keepOldAs: string): void {
  for (const suffix of ['-journal', '-wal', '-shm', '']) {
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${keepOldAs}${suffix}`);
  }
  syncPath(dirname(path));
}
