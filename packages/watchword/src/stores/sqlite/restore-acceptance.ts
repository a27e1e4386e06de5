import type { DatabaseSync } from 'node:sqlite';
import { epochMs } from '../../domain/time.ts';
import type { Store, StoreContext } from '../../ports/store/store.ts';
import { headFromRow, type HeadRow } from '../log-rows.ts';
import type { SqliteAccess } from './sqlite-access.ts';

const EPOCH_BYTES = 16;

/** Version 2 of the database: an operator may accept that it was restored. */
export function addRestoreAcceptance(database: DatabaseSync): void {
  database.exec('ALTER TABLE feed_head ADD COLUMN restore_accepted_until_ms INTEGER NOT NULL DEFAULT 0');
}

export function createRestoreAcceptance(
  { database, turns, ownWrites }: SqliteAccess,
  { random }: StoreContext,
): Pick<Store, 'acceptRestore' | 'restoreAcceptedUntilMs'> {
  const accept = database.prepare(
    'UPDATE feed_head SET restore_accepted_until_ms = ?, epoch = ? RETURNING epoch, sequence, hash',
  );
  const read = database.prepare('SELECT restore_accepted_until_ms AS until_ms FROM feed_head');
  return {
    acceptRestore: (untilMs) =>
      turns.write(() => {
        const head = headFromRow(accept.get(untilMs, random.bytes(EPOCH_BYTES)) as unknown as HeadRow);
        ownWrites.count += 1;
        return head;
      }),
    restoreAcceptedUntilMs: () => turns.read(() => epochMs(Number(read.get()?.['until_ms'] ?? 0))),
  };
}
