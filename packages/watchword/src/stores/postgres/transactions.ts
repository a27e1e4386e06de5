import { epochMs, type EpochMs } from '../../domain/time.ts';
import type { Connection } from './connections.ts';

/** `nowMs` is the store's clock after the locks were taken. */
export type TransactionWork<Result> = (connection: Connection, nowMs: EpochMs) => Promise<Result>;

/** `begin` gives `now_ms`. `committing` is called before the commit is sent: from then on nobody knows. */
export async function runTransaction<Result>(
  connection: Connection,
  begin: string,
  work: TransactionWork<Result>,
  committing: () => void,
): Promise<Result> {
  try {
    const [begun] = await connection.query<{ now_ms: EpochMs }>(begin);
    const result = await work(connection, epochMs(begun?.now_ms ?? Number.NaN));
    committing();
    await connection.query('COMMIT');
    return result;
  } catch (error) {
    // What cannot be undone here is undone by the server when the connection ends.
    await connection.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
