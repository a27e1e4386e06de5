import { epochMs } from '../../domain/time.ts';
import type { Store } from '../../ports/store/store.ts';
import { headFromRow, type HeadRow } from '../log-rows.ts';
import type { PostgresAccess } from './access.ts';
import { EPOCH_BYTES } from './initial-schema.ts';

export function createRestoreAcceptance(
  access: PostgresAccess,
): Pick<Store, 'acceptRestore' | 'restoreAcceptedUntilMs'> {
  const { turns, schema, context, channel } = access;
  const accept = `
    UPDATE ${schema}.feed_head SET restore_accepted_until_ms = $1, epoch = $2
    RETURNING epoch, sequence, hash, pg_notify($3, '')`;
  const read = `SELECT restore_accepted_until_ms AS until_ms FROM ${schema}.feed_head`;
  return {
    acceptRestore: async (untilMs) => {
      // Another one for each try: where an earlier one was done, and followed by another epoch, its own would come back.
      const [row] = await turns.repeatable((connection) =>
        connection.query<HeadRow>(accept, [untilMs, context.random.bytes(EPOCH_BYTES), channel]),
      );
      access.changed();
      if (row === undefined) throw new Error('the head of the log is gone');
      return headFromRow(row);
    },

    restoreAcceptedUntilMs: async () => {
      const [row] = await turns.repeatable((connection) => connection.query<{ until_ms: number }>(read));
      return epochMs(row?.until_ms ?? 0);
    },
  };
}
