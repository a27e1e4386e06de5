import type { StoreContext, Store } from '../../ports/store/store.ts';
import { LOOK_PERIOD_MS } from '../look-period.ts';
import { headFromRow, type HeadRow } from '../log-rows.ts';
import type { SqliteAccess } from './sqlite-access.ts';

interface SightingRow extends HeadRow {
  readonly revision: number;
}

export interface SqliteWatch {
  readonly watch: Store['watch'];
  stopAll(): void;
}

/**
 * Looks whether anything was committed, which costs microseconds, and reads the head only when something was.
 */
export function createSqliteWatch(access: SqliteAccess, context: StoreContext): SqliteWatch {
  const { database, turns, ownWrites } = access;
  const { clock, scheduler } = context;
  const dataVersion = database.prepare('PRAGMA data_version');
  // One statement, hence one snapshot.
  const read = database.prepare('SELECT epoch, sequence, hash, revision FROM feed_head, key_ring');
  const watching = new Set<() => void>();

  /**
   * Gives what is to be told, or nothing if the look failed: that shows as staleness, and the next look may
   * succeed.
   */
  function createLook() {
    let seenVersion: unknown;
    let seenOwnWrites: number | undefined;
    let row: SightingRow | undefined;
    return (): SightingRow | undefined => {
      try {
        // The version first: what is committed between the two reads is found again by the next look.
        const version = dataVersion.get()?.['data_version'];
        if (row === undefined || version !== seenVersion || ownWrites.count !== seenOwnWrites) {
          row = read.get() as unknown as SightingRow;
          seenVersion = version;
          seenOwnWrites = ownWrites.count;
        }
        return row;
      } catch {
        return undefined;
      }
    };
  }

  return {
    watch: (observer) => {
      turns.assertOpen();
      const look = createLook();
      const stopLooking = scheduler.every(LOOK_PERIOD_MS, () => {
        const sinceMs = clock.monotonicMs();
        const row = look();
        if (row === undefined) return;
        const head = headFromRow({ ...row, hash: row.hash.slice() });
        observer.looked({ head, keyRevision: row.revision }, sinceMs);
      });
      watching.add(stopLooking);
      return () => {
        watching.delete(stopLooking);
        stopLooking();
      };
    },
    stopAll: () => {
      for (const stopLooking of watching) stopLooking();
      watching.clear();
    },
  };
}
