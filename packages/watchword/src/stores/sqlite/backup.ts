import { existsSync } from 'node:fs';
import { ConfigurationError } from '../../errors/watchword-error.ts';
import { copySnapshot, verifyCopy, type CopyProgress, type VerifiedCopy } from './copy-database.ts';
import { assertFree, giveName, withDraft } from './draft-file.ts';
import { openOperatorConnection } from './operator-connection.ts';

export interface BackupOptions {
  /** Called now and then while pages are copied. */
  readonly onProgress?: (progress: CopyProgress) => void;
}

/**
 * Copies a database to `destination` as it is at one moment, beside servers that write to it. The copy is checked whole before it
 * gets its name, is readable by its owner alone, and overwrites nothing. Throws `ERR_CONFIG` with a sentence.
 */
export async function backupSqlite(
  path: string,
  destination: string,
  { onProgress }: BackupOptions = {},
): Promise<VerifiedCopy> {
  assertFree(destination);
  if (!existsSync(path)) {
    throw new ConfigurationError(`There is no database at ${JSON.stringify(path)}: name the one to copy.`);
  }
  return await withDraft(destination, async (draft) => {
    const source = openOperatorConnection(path);
    try {
      await copySnapshot(source, draft, onProgress);
    } finally {
      source.close();
    }
    const verified = verifyCopy(draft, path);
    giveName(draft, destination);
    return verified;
  });
}
