import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SettingError } from './setting-error.ts';

const OPEN_TO_OTHERS = 0o077;
/** What the library and the server keep there. */
const OURS = /^(?:watchword\.db|admin\.token|server\.json)/;

/** Makes sure that the directory exists and that only its owner can look into it. */
export async function prepareDataDirectory(path: string): Promise<void> {
  await makeFolders(resolve(path)).catch((cause: unknown) => {
    throw new SettingError(`The data directory ${path} cannot be made. Set WATCHWORD_DATA to one that can.`, {
      cause,
    });
  });
  const stats = await stat(path);
  if (!stats.isDirectory()) {
    throw new SettingError(`The data directory ${path} is no directory. Set WATCHWORD_DATA to one.`);
  }
  const { mode } = stats;
  if ((mode & OPEN_TO_OTHERS) === 0) return;
  const others = (await readdir(path)).filter((name) => !OURS.test(name));
  if (others.length > 0) {
    throw new SettingError(
      `The data directory ${path} can be read by others and holds other files, so it is left as it is. ` +
        `Run \`chmod 700 ${path}\`, or set WATCHWORD_DATA to a directory of its own.`,
    );
  }
  await chmod(path, 0o700);
}

/** One by one: Node's own recursive way does not come back from folders that cannot be made below `/proc`. */
async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    if (error.code === 'EEXIST') return;
    if (error.code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolders(dirname(path));
    await mkdir(path, { mode: 0o700 });
  }
}
