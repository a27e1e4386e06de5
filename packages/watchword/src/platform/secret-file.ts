import { constants } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A secret as it lies in a file, with what the file's mode says about who can read it. */
export interface SecretFile {
  readonly text: string;
  readonly readableByGroup: boolean;
  readonly readableByOthers: boolean;
}

const MAX_SECRET_FILE_BYTES = 4096;

/** `undefined` if there is no such file; other failures reject with the system's error. */
export async function readSecretFile(path: string): Promise<SecretFile | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY);
    try {
      const { mode, size } = await file.stat();
      const text = size > MAX_SECRET_FILE_BYTES ? '' : await file.readFile('utf8');
      return { text, readableByGroup: (mode & 0o040) !== 0, readableByOthers: (mode & 0o004) !== 0 };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Creates the file with mode 0600 and gives `text`, or gives what another process put there first. */
export async function createSecretFile(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(`${text}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    return text;
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
    return readFile(path, 'utf8');
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
