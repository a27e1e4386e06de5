import { sessionIdBytes, sessionIdFromBytes } from '../../domain/ids.ts';
import type { SessionRecord } from '../../domain/session.ts';
import type { EpochMs } from '../../domain/time.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Exchange } from '../../ports/store/exchange-store.ts';
import type { RevocationResult } from '../../ports/store/revocation-log.ts';
import type { SessionRoom, SessionStore } from '../../ports/store/session-store.ts';
import { sessionStartMs } from '../revocation-entry.ts';
import { chainParameters, placeParameters, recordFromRow, type SessionRow } from '../session-row.ts';
import { CUTOFF, INSERT_SESSION, prepareRows, SESSION_COLUMNS, sessionParameters } from './session-rows.ts';
import type { Revoke } from './revoke.ts';
import { createSessionScans } from './session-scans.ts';
import type { SqliteAccess } from './sqlite-access.ts';
import { createExchangeTaking } from './sqlite-exchanges.ts';
import { assertStorable, isStorable } from '../storable-text.ts';

const FIND = `SELECT ${SESSION_COLUMNS} FROM sessions WHERE id = ?`;

const IS_LIVE = `
  subject = ? AND ended_ms IS NULL AND started_ms >= ${CUTOFF} AND idle_expires_ms > ? AND absolute_expires_ms > ?`;

const LIST_LIVE = `
  SELECT ${SESSION_COLUMNS} FROM sessions WHERE ${IS_LIVE} ORDER BY started_ms DESC, id DESC LIMIT ?`;

/** The live sessions of a subject, one left out, without the newest so many. */
const SUPERFLUOUS = `
  SELECT id FROM sessions WHERE ${IS_LIVE} AND id IS NOT ? ORDER BY started_ms DESC, id DESC LIMIT -1 OFFSET ?`;

const GREATEST_CUTOFF = `
  SELECT max(before_ms) AS before_ms FROM cutoffs
  WHERE (kind = 'all' AND target = '') OR (kind = 'subject' AND target = ?)`;

/** One statement, and therefore atomic by itself: compare, check the cut-offs, and set. */
const advanceStatement = (alsoSet: string): string => `
  UPDATE sessions SET
    generation = ?, key_version = ?, delivered_ms = ?, settled = ?, late = ?, late_delivery = ?,
    last_refreshed_ms = ?, idle_expires_ms = ?${alsoSet}
  WHERE id = ?
    AND generation = ? AND key_version = ? AND delivered_ms = ? AND settled = ? AND late = ? AND late_delivery = ?
    AND ended_ms IS NULL
    AND started_ms >= ${CUTOFF}`;

const SETTLE = `
  UPDATE sessions SET settled = 1
  WHERE id = ? AND generation = ? AND settled = 0 AND ended_ms IS NULL AND started_ms >= ${CUTOFF}`;

const DELETE_EXPIRED = `
  DELETE FROM sessions WHERE rowid IN (
    SELECT rowid FROM sessions WHERE absolute_expires_ms < ? ORDER BY absolute_expires_ms LIMIT ?)`;

export function createSqliteSessions(access: SqliteAccess, revoke: Revoke, clock: Clock): SessionStore {
  const { database, turns, transactions, ownWrites } = access;

  const find = prepareRows(database, FIND);
  const listLive = prepareRows(database, LIST_LIVE);
  const superfluous = database.prepare(SUPERFLUOUS);
  const greatestCutoff = database.prepare(GREATEST_CUTOFF);
  const insert = database.prepare(INSERT_SESSION);
  const advance = database.prepare(advanceStatement(''));
  const advanceAndMove = database.prepare(advanceStatement(', address_prefix = ?, user_agent = ?'));
  const settle = database.prepare(SETTLE);
  const deleteExpired = database.prepare(DELETE_EXPIRED);
  const exchanges = createExchangeTaking(database);

  function start(
    subject: string,
    build: (startedMs: EpochMs) => SessionRecord,
    exchange: Exchange | undefined,
  ): SessionRecord {
    const nowMs = clock.nowMs();
    const greatestCutoffMs = greatestCutoff.get(subject)?.['before_ms'] as number | null;
    const record = build(sessionStartMs(nowMs, greatestCutoffMs ?? undefined));
    exchanges.take(exchange, record.session.id, nowMs);
    insert.run(...sessionParameters(record));
    return record;
  }

  function makeRoom(room: SessionRoom, subject: string): RevocationResult | undefined {
    const nowMs = clock.nowMs();
    const except = room.except === undefined ? null : sessionIdBytes(room.except);
    const rows = superfluous.all(subject, nowMs, nowMs, except, room.perSubject - 1);
    if (rows.length === 0) return undefined;
    if (room.whenReached === 'refuse') throw new WatchwordError('ERR_SESSION_LIMIT');
    const requests = rows.map(({ id }) => {
      const sessionId = sessionIdFromBytes(id as Uint8Array);
      return { kind: 'session', sessionId, reason: 'displaced' } as const;
    });
    return revoke(requests, room.lifetimes);
  }

  return {
    start: (subject, build, exchange) =>
      turns.write(() =>
        transactions.write(() => {
          exchanges.refuse(exchange);
          return start(subject, build, exchange);
        }),
      ),

    startWithin: (room, subject, build, exchange) =>
      turns.write(() => {
        assertStorable(subject, 'The subject of a session');
        const started = transactions.write(() => {
          exchanges.refuse(exchange);
          return { displaced: makeRoom(room, subject), record: start(subject, build, exchange) };
        });
        if (started.displaced !== undefined) ownWrites.count += 1;
        return started;
      }),

    find: (id) =>
      turns.read(() => {
        const nowMs = clock.nowMs();
        const row = find.get(sessionIdBytes(id)) as unknown as SessionRow | undefined;
        return row === undefined ? undefined : { record: recordFromRow(row), nowMs };
      }),

    listLive: (subject, limit) =>
      turns.read(() => {
        if (!isStorable(subject)) return [];
        const nowMs = clock.nowMs();
        const rows = listLive.all(subject, nowMs, nowMs, Math.max(0, limit)) as unknown as SessionRow[];
        return rows.map((row) => recordFromRow(row).session);
      }),

    ...createSessionScans(access, clock),

    advance: ({ sessionId, expected, next, lastRefreshedMs, idleExpiresMs, place }) =>
      turns.statement(() => {
        const set = [...chainParameters(next), lastRefreshedMs, idleExpiresMs];
        const where = [sessionIdBytes(sessionId), ...chainParameters(expected)];
        const { changes } =
          place === undefined
            ? advance.run(...set, ...where)
            : advanceAndMove.run(...set, ...placeParameters(place), ...where);
        return changes === 1 ? 'advanced' : 'conflict';
      }),

    settle: (id, generation) =>
      turns.statement(() => settle.run(sessionIdBytes(id), generation).changes === 1),

    deleteExpired: (beforeMs, limit) =>
      turns.statement(() => Number(deleteExpired.run(beforeMs, Math.max(0, limit)).changes)),
  };
}
