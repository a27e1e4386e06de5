import type { RevocationLog } from '../../ports/store/revocation-log.ts';
import type { StoreContext } from '../../ports/store/store.ts';
import {
  headFromRow,
  REVOCATION_COLUMNS,
  revocationFromRow,
  type HeadRow,
  type RevocationRow,
} from '../log-rows.ts';
import type { Revoke } from './revoke.ts';
import { prepareRows } from './session-rows.ts';
import type { SqliteAccess } from './sqlite-access.ts';

const READ_AFTER = `
  SELECT ${REVOCATION_COLUMNS} FROM revocations WHERE sequence > ? AND expires_ms > ? ORDER BY sequence LIMIT ?`;

const DELETE_EXPIRED_ENTRIES = `
  DELETE FROM revocations WHERE sequence IN (
    SELECT sequence FROM revocations WHERE expires_ms < ? ORDER BY expires_ms LIMIT ?)`;

const DELETE_EXPIRED_CUTOFFS = `
  DELETE FROM cutoffs WHERE (kind, target) IN (
    SELECT kind, target FROM cutoffs WHERE expires_ms < ? ORDER BY expires_ms LIMIT ?)`;

const EPOCH_BYTES = 16;

export function createSqliteRevocations(
  access: SqliteAccess,
  revoke: Revoke,
  { clock, random }: Pick<StoreContext, 'clock' | 'random'>,
): RevocationLog {
  const { database, turns, transactions, ownWrites } = access;
  const readHead = database.prepare('SELECT epoch, sequence, hash FROM feed_head');
  const setEpoch = database.prepare('UPDATE feed_head SET epoch = ?');
  const readAfter = prepareRows(database, READ_AFTER);
  const deleteEntries = database.prepare(DELETE_EXPIRED_ENTRIES);
  const deleteCutoffs = database.prepare(DELETE_EXPIRED_CUTOFFS);

  return {
    revoke: (requests, lifetimes) =>
      turns.write(() => {
        const result = transactions.write(() => revoke(requests, lifetimes));
        ownWrites.count += 1;
        return result;
      }),

    head: () => turns.read(() => headFromRow(readHead.get() as unknown as HeadRow)),

    beginEpoch: (current) =>
      turns.write(() => {
        const head = transactions.write(() => {
          const found = headFromRow(readHead.get() as unknown as HeadRow);
          if (found.epoch !== current) return found;
          setEpoch.run(random.bytes(EPOCH_BYTES));
          return headFromRow(readHead.get() as unknown as HeadRow);
        });
        ownWrites.count += 1;
        return head;
      }),

    readAfter: (sequence, limit) =>
      turns.read(() => {
        const rows = readAfter.all(sequence, clock.nowMs(), Math.max(0, limit)) as unknown as RevocationRow[];
        return rows.map(revocationFromRow);
      }),

    deleteExpired: (beforeMs, limit) =>
      turns.write(() =>
        transactions.write(() => {
          const entries = Number(deleteEntries.run(beforeMs, Math.max(0, limit)).changes);
          return entries + Number(deleteCutoffs.run(beforeMs, Math.max(0, limit - entries)).changes);
        }),
      ),
  };
}
