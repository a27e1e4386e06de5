import { open, unlink, type FileHandle } from 'node:fs/promises';

/**
 * Writes all files or none. A file that exists is never touched, not even through a symbolic link (O_EXCL): the key in
 * it may be the only copy.
 */
export async function writeKeyFiles(files: readonly KeyFile[]): Promise<void> {
  const created: { readonly file: KeyFile; readonly handle: FileHandle }[] = [];
  try {
    for (const file of files) created.push({ file, handle: await createKeyFile(file) });
    for (const { file, handle } of created) await fillKeyFile(file, handle);
  } catch (error) {
    for (const { file } of created) await unlink(file.path).catch(() => {});
    throw error;
  } finally {
    for (const { handle } of created) await handle.close();
  }
}

export interface KeyFile {
  readonly path: string;
  readonly content: string;
  /** 0o600 for what is secret, 0o644 for what may be seen. */
  readonly mode: 0o600 | 0o644;
}

/** Why a file could not be written, and what to do about it, in a sentence for whoever typed its name. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

/** Takes the name, before there is anything to write. */
export async function createKeyFile({ path, mode }: Omit<KeyFile, 'content'>): Promise<FileHandle> {
  try {
    return await open(path, 'wx', mode);
  } catch (error) {
    throw new KeyFileError(explain(error, path), { cause: error });
  }
}

export async function fillKeyFile({ path, content, mode }: KeyFile, handle: FileHandle): Promise<void> {
  try {
    // The umask may have taken rights away; it cannot have added any, so the file was never open to others.
    await handle.chmod(mode);
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    throw new KeyFileError(explain(error, path), { cause: error });
  }
}

function explain(error: unknown, path: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EEXIST':
      return `${path} exists already, and a key is never overwritten. Choose another name, or move that file away first.`;
    case 'ENOENT':
      return `There is no folder for ${path}. Create it first (mkdir -p), or choose another name.`;
    case 'ENOTDIR':
      return `A part of ${path} is a file, not a folder. Choose another name.`;
    case 'EISDIR':
      return `${path} is a folder. Add the name of a file to it.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `${path} cannot be created: its folder may not be written to. Choose a folder of your own.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `${path} cannot be written: the disk is full. Nothing was left behind.`;
    default:
      return `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
  }
}
