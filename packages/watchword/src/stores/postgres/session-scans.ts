import { sessionStartedMs, type SessionId } from '../../domain/ids.ts';
import { sessionStatus } from '../../domain/session.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { SessionScan, SessionStore } from '../../ports/store/session-store.ts';
import { recordFromRow, type SessionRow } from '../session-row.ts';
import { isStorable } from '../storable-text.ts';
import { ON_PRIMARY, subjectKey, type PostgresAccess } from './access.ts';
import type { Parameter } from './connections.ts';
import { isLive, sessionColumns } from './session-rows.ts';

/** Ids begin with the time of the start, so that their order is that of the starts; after every one of them. */
const AFTER_ALL = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const LATEST_MS = 2 ** 48;

const OF_ALL = 'id < $1::uuid ORDER BY id DESC LIMIT $2';
/** `started_ms` says nothing that `id` does not: it makes the index usable. */
const OF_SUBJECT =
  'id < $1::uuid AND subject_key = $3 AND started_ms <= $4 ORDER BY started_ms DESC, id DESC LIMIT $2';

interface Counted {
  readonly live: number;
  readonly seen: number;
  readonly oldest: SessionId;
}

export function createSessionScans(access: PostgresAccess): Pick<SessionStore, 'scanLive' | 'countLive'> {
  const { turns, schema } = access;

  function bounds({ subject, before, rows }: SessionScan): readonly Parameter[] {
    const common = [before ?? AFTER_ALL, rows];
    if (subject === undefined) return common;
    return [
      ...common,
      subjectKey(access, subject),
      before === undefined ? LATEST_MS : sessionStartedMs(before),
    ];
  }

  function isHopeless({ subject }: SessionScan): boolean {
    turns.assertOpen();
    return subject !== undefined && !isStorable(subject);
  }

  const which = ({ subject }: SessionScan): string => (subject === undefined ? OF_ALL : OF_SUBJECT);

  return {
    scanLive: async (scan) => {
      if (isHopeless(scan)) return { live: [], next: undefined };
      const text = `SELECT ${sessionColumns(access)}, ${access.now()} FROM ${schema}.sessions WHERE ${ON_PRIMARY} AND ${which(scan)}`;
      const rows = await turns.repeatable((connection) =>
        connection.queryArrays<SessionRow>(text, bounds(scan)),
      );
      const sessions = rows.map((row) => ({
        session: recordFromRow(row).session,
        nowMs: row.at(-1) as EpochMs,
      }));
      const live = sessions.filter(({ session, nowMs }) => sessionStatus(session, nowMs) === 'live');
      return {
        live: live.map(({ session }) => session),
        next: sessions.length === scan.rows ? sessions.at(-1)?.session.id : undefined,
      };
    },

    countLive: async (scan) => {
      if (isHopeless(scan)) return { live: 0, next: undefined };
      const text = `
        SELECT count(*) FILTER (WHERE is_live) AS live, count(*) AS seen, min(id::text COLLATE "C") AS oldest
        FROM (SELECT id, ${isLive(access)} AS is_live FROM ${schema}.sessions WHERE ${ON_PRIMARY} AND ${which(scan)}) AS scanned`;
      const [counted] = await turns.repeatable((connection) => connection.query<Counted>(text, bounds(scan)));
      if (counted === undefined) return { live: 0, next: undefined };
      return { live: counted.live, next: counted.seen === scan.rows ? counted.oldest : undefined };
    },
  };
}
