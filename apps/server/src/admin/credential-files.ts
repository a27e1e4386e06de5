import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingError } from '../setting-error.ts';

/** The names of the files by which a command finds the server that runs on a data directory. */
export const CREDENTIAL_FILE = 'admin.token';
export const SERVER_FILE = 'server.json';

export interface RunningServer {
  readonly address: string;
  readonly pid: number;
  readonly startedMs: number;
}

/** Writes both for their owner alone; gives the function that removes those which are still this start's. */
export async function writeCredentialFiles(
  folder: string,
  token: string,
  { address, pid, startedMs }: RunningServer,
): Promise<() => Promise<void>> {
  const server = { address, pid, started_at: new Date(startedMs).toISOString() };
  const files = [
    [join(folder, CREDENTIAL_FILE), `${token}\n`],
    [join(folder, SERVER_FILE), `${JSON.stringify(server)}\n`],
  ] as const;
  for (const [path, text] of files)
    await replaceFile(path, text).catch((cause: unknown) => refuse(path, cause));
  return async () => {
    for (const [path, text] of files) await removeOwn(path, text);
  };
}

/** Whoever reads it finds the file of before or the whole new one. */
async function replaceFile(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

function refuse(path: string, cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : 'no reason';
  throw new SettingError(`${path} cannot be written, and commands would not find the server: ${reason}.`, {
    cause,
  });
}

/** A server that was started later on the same data has put its own in the place. */
async function removeOwn(path: string, text: string): Promise<void> {
  const present = await readFile(path, 'utf8').catch(() => undefined);
  if (present === text) await rm(path, { force: true });
}
