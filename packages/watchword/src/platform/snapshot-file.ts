import { constants, createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { SnapshotFile } from '../ports/snapshot-file.ts';

const PIECE_BYTES = 256 * 1024;
const WRITABLE_BY_OTHERS = 0o022;

let drafts = 0;

/** A file with mode 0600. What others may have written there is not read. */
export function snapshotFile(path: string): SnapshotFile {
  drafts += 1;
  const number = drafts;
  return {
    async read() {
      const file = await openIfThere(path);
      if (file === undefined) return undefined;
      try {
        await assertOwn(file);
      } catch (error) {
        await file.close();
        throw error;
      }
      return createReadStream(path, { fd: file, highWaterMark: PIECE_BYTES });
    },

    async write(pieces) {
      // Those that share a path do not share this one.
      const draft = `${path}.${process.pid}-${threadId}-${number}.tmp`;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await rm(draft, { force: true });
        const file = await open(draft, 'wx', 0o600);
        try {
          for (const piece of pieces) await file.writeFile(piece);
          await file.datasync();
        } finally {
          await file.close();
        }
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true }).catch(() => undefined);
        throw new Error(`it could not be written (${codeOf(error)})`, { cause: error });
      }
    },
  };
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new Error(`it could not be read (${codeOf(error)})`, { cause: error });
  }
}

async function assertOwn(file: FileHandle): Promise<void> {
  const found = await file.stat();
  if (!found.isFile()) throw new Error('it is no file');
  // Windows has no such modes.
  const isOthers = process.platform !== 'win32' && (found.mode & WRITABLE_BY_OTHERS) !== 0;
  if (isOthers) throw new Error('others may write to it');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
