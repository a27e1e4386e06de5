import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { sessionIdBytes, sessionIdFromBytes, sessionStartedMs, type SessionId } from '../../domain/ids.ts';
import { sessionStatus } from '../../domain/session.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SessionScan, SessionStore } from '../../ports/store/session-store.ts';
import { recordFromRow, type SessionRow } from '../session-row.ts';
import { CUTOFF, prepareRows, SESSION_COLUMNS } from './session-rows.ts';
import type { SqliteAccess } from './sqlite-access.ts';
import { isStorable } from '../storable-text.ts';

/** Ids begin with the time of the start, so that their order is that of the starts; after every one of them. */
const AFTER_ALL = new Uint8Array(16).fill(0xff);
const LATEST_MS = 2 ** 48;

export const OF_ALL = 'id < ? ORDER BY id DESC LIMIT ?';
/** `started_ms` says nothing that `id` does not: it makes the index usable. */
export const OF_SUBJECT =
  'subject = ? AND started_ms <= ? AND id < ? ORDER BY started_ms DESC, id DESC LIMIT ?';

const IS_LIVE = `
  ended_ms IS NULL AND started_ms >= ${CUTOFF} AND idle_expires_ms > ? AND absolute_expires_ms > ?`;

export const scanStatement = (which: string): string =>
  `SELECT ${SESSION_COLUMNS} FROM sessions WHERE ${which}`;

export const countStatement = (which: string): string => `
  SELECT count(*) FILTER (WHERE is_live) AS live, count(*) AS seen, min(id) AS oldest
  FROM (SELECT id, ${IS_LIVE} AS is_live FROM sessions WHERE ${which})`;

export function createSessionScans(
  { database, turns }: SqliteAccess,
  clock: Clock,
): Pick<SessionStore, 'scanLive' | 'countLive'> {
  const rowsOf = (which: string): StatementSync => prepareRows(database, scanStatement(which));
  const scan = { all: rowsOf(OF_ALL), subject: rowsOf(OF_SUBJECT) };
  const count = {
    all: database.prepare(countStatement(OF_ALL)),
    subject: database.prepare(countStatement(OF_SUBJECT)),
  };

  return {
    scanLive: (look) =>
      turns.read(() => {
        if (look.subject !== undefined && !isStorable(look.subject)) return { live: [], next: undefined };
        const nowMs = clock.nowMs();
        const statement = look.subject === undefined ? scan.all : scan.subject;
        const rows = statement.all(...bounds(look)) as unknown as SessionRow[];
        const sessions = rows.map((row) => recordFromRow(row).session);
        const live = sessions.filter((session) => sessionStatus(session, nowMs) === 'live');
        return { live, next: sessions.length === look.rows ? sessions.at(-1)?.id : undefined };
      }),

    countLive: (look) =>
      turns.read(() => {
        if (look.subject !== undefined && !isStorable(look.subject)) return { live: 0, next: undefined };
        const nowMs = clock.nowMs();
        const statement = look.subject === undefined ? count.all : count.subject;
        const { live, seen, oldest } = statement.get(nowMs, nowMs, ...bounds(look)) as unknown as Counted;
        return { live, next: seen === look.rows ? sessionIdFromBytes(oldest) : undefined };
      }),
  };
}

interface Counted {
  readonly live: number;
  readonly seen: number;
  readonly oldest: Uint8Array;
}

function bounds({ subject, before, rows }: SessionScan): SQLInputValue[] {
  const id = before === undefined ? AFTER_ALL : sessionIdBytes(before);
  return subject === undefined ? [id, rows] : [subject, startOf(before), id, rows];
}

function startOf(id: SessionId | undefined): number {
  return id === undefined ? LATEST_MS : sessionStartedMs(id);
}
