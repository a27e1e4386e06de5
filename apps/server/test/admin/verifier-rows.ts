import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AdminHost } from './admin-host.ts';

export interface VerifierRow {
  readonly name: string;
  /** Default: that of the log. */
  readonly sequence?: number;
  readonly silentMs?: number;
}

/** Writes down what a server would that heard of this verifier, beside the server that runs. */
export async function hearVerifier(
  { auth, folder }: Pick<AdminHost, 'auth' | 'folder'>,
  { name, sequence, silentMs = 0 }: VerifierRow,
): Promise<void> {
  const { head } = await auth.revoke.log({ limit: 1 });
  const database = new DatabaseSync(join(folder, 'data', 'watchword.db'), { timeout: 5000 });
  const [instance, seenMs] = [Buffer.from(name).toString('hex').padStart(32, '0'), Date.now() - silentMs];
  database
    .prepare('INSERT OR REPLACE INTO verifiers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run('billing', instance, name, '0.1.0', head.epoch, sequence ?? head.sequence, seenMs, seenMs, seenMs);
  database.close();
}
