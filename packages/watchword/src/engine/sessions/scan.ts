import type { SessionId } from '../../domain/ids.ts';
import type { Session } from '../../domain/session.ts';
import type { EngineContext } from '../context.ts';
import type { SessionPage, SessionQuery, Sessions } from './sessions.ts';

/** How many rows one look touches: some milliseconds, after which others have their turn. */
const ROWS_READ = 500;
const ROWS_COUNTED = 5000;

/** Looks at any number of sessions, in looks that hold nobody up. */
export function createSessionScan({ store, scheduler }: EngineContext): Pick<Sessions, 'page' | 'count'> {
  let latest: Promise<void> = Promise.resolve();

  /**
   * One look begins a turn, whoever asks: those of several would add up where the store works in this thread. None waits for the
   * end of another, which may be waiting for a database that does not answer.
   */
  function inTurn<Found>(look: () => Promise<Found>): Promise<Found> {
    latest = latest.then(() => scheduler.nextTurn());
    return latest.then(look);
  }

  return {
    async page(query: SessionQuery, limit: number): Promise<SessionPage> {
      const found: Session[] = [];
      let { before } = query;
      for (;;) {
        const look = { ...query, ...(before && { before }), rows: ROWS_READ };
        const { live, next } = await inTurn(() => store.sessions.scanLive(look));
        found.push(...live);
        if (found.length > limit) {
          const sessions = found.slice(0, limit);
          return { sessions, next: sessions.at(-1)?.id };
        }
        if (next === undefined) return { sessions: found, next: undefined };
        before = next;
      }
    },

    async count(subject) {
      let count = 0;
      let before: SessionId | undefined;
      do {
        const which = { ...(subject !== undefined && { subject }), ...(before && { before }) };
        const look = { ...which, rows: ROWS_COUNTED };
        const { live, next } = await inTurn(() => store.sessions.countLive(look));
        count += live;
        before = next;
      } while (before !== undefined);
      return count;
    },
  };
}
