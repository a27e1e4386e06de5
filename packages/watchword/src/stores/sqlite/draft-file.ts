import { linkSync, lstatSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '../../errors/watchword-error.ts';
import { syncPath } from './copy-database.ts';

/** File systems without hard links say one of these. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Runs `work` with the path of a file that does not exist yet, on the file system of `destination`, in a folder that nobody else may
 * look into and that is gone afterwards, with all that SQLite put beside the file.
 */
export async function withDraft<Result>(
  destination: string,
  work: (draft: string) => Promise<Result>,
): Promise<Result> {
  const folder = makeFolder(destination);
  try {
    return await work(join(folder, 'database'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Gives a finished file its name, at once and whole, and never to what has the name already. */
export function giveName(draft: string, name: string): void {
  try {
    linkSync(draft, name);
  } catch (error) {
    if (!NO_LINKS.has(codeOf(error))) throw refusal(name, error);
    assertFree(name);
    renameSync(draft, name);
  }
  syncPath(dirname(name));
}

export function assertFree(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw taken(path);
}

function makeFolder(destination: string): string {
  try {
    return mkdtempSync(join(dirname(destination), '.watchword-draft-'));
  } catch (error) {
    throw refusal(destination, error);
  }
}

function refusal(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'EEXIST') return taken(path);
  if (code === '') return error;
  return new ConfigurationError(
    `The file ${JSON.stringify(path)} cannot be written (${code}): name one in a folder that you may write to.`,
    { cause: error },
  );
}

function taken(path: string): ConfigurationError {
  return new ConfigurationError(
    `The file ${JSON.stringify(path)} exists, and nothing is overwritten here: choose another name.`,
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
