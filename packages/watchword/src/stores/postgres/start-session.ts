import type { SessionId } from '../../domain/ids.ts';
import type { SessionRecord } from '../../domain/session.ts';
import type { EpochMs } from '../../domain/time.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { Exchange } from '../../ports/store/exchange-store.ts';
import type { SessionRoom, SessionStore } from '../../ports/store/session-store.ts';
import { sessionStartMs } from '../revocation-entry.ts';
import { assertStorable } from '../storable-text.ts';
import { lockOfAll, lockOfSubject, subjectKey, type PostgresAccess } from './access.ts';
import type { Connection } from './connections.ts';
import type { Revoking } from './revoking.ts';
import { insertSession, isLive } from './session-rows.ts';

/** The live sessions of a subject, one left out, without the newest so many. */
const superfluous = (access: PostgresAccess): string => `
  SELECT id FROM ${access.schema}.sessions
  WHERE subject_key = $1 AND ${isLive(access)} AND id IS DISTINCT FROM $2::uuid
  ORDER BY started_ms DESC, id DESC OFFSET $3`;

const greatestCutoff = ({ schema }: PostgresAccess): string => `
  SELECT
    (SELECT max(before_ms) FROM ${schema}.cutoffs WHERE target_key IN ('', $1)) AS cutoff_ms,
    EXISTS (SELECT FROM ${schema}.exchanges WHERE key = $2) AS is_exchanged`;

interface Circumstances {
  readonly cutoff_ms: number | null;
  readonly is_exchanged: boolean;
}

type Build = (startedMs: EpochMs) => SessionRecord;

/** What is known of a start before it begins. */
interface Start {
  readonly subject: string;
  readonly build: Build;
  readonly exchange: Exchange | undefined;
}

export function createStarts(
  access: PostgresAccess,
  revoking: Revoking,
): Pick<SessionStore, 'start' | 'startWithin'> {
  const { turns, schema } = access;

  /** Throws `ERR_EXCHANGED`; otherwise gives the cut-off that the session has to start after. */
  async function examine(connection: Connection, { subject, exchange }: Start): Promise<number | undefined> {
    const [found] = await connection.query<Circumstances>(greatestCutoff(access), [
      subjectKey(access, subject),
      exchange?.key ?? null,
    ]);
    if (found?.is_exchanged === true) throw new WatchwordError('ERR_EXCHANGED');
    return found?.cutoff_ms ?? undefined;
  }

  async function insert(
    connection: Connection,
    { build, exchange }: Start,
    { nowMs, cutoffMs }: { readonly nowMs: EpochMs; readonly cutoffMs: number | undefined },
  ): Promise<SessionRecord> {
    const record = build(sessionStartMs(nowMs, cutoffMs));
    if (exchange !== undefined) await take(connection, exchange, record.session.id, nowMs);
    await insertSession(access, connection, record);
    return record;
  }

  async function take(
    connection: Connection,
    exchange: Exchange,
    id: SessionId,
    nowMs: EpochMs,
  ): Promise<void> {
    const taken = await connection.change(
      `INSERT INTO ${schema}.exchanges (key, session_id, at_ms, expires_ms) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [exchange.key, id, nowMs, Math.ceil(nowMs + exchange.keptMs)],
    );
    // Somebody else exchanged it after this transaction had looked.
    if (taken === 0) throw new WatchwordError('ERR_EXCHANGED');
  }

  async function superfluousIds(
    connection: Connection,
    subject: string,
    room: SessionRoom,
  ): Promise<readonly SessionId[]> {
    const rows = await connection.query<{ id: SessionId }>(superfluous(access), [
      subjectKey(access, subject),
      room.except ?? null,
      Math.max(0, room.perSubject - 1),
    ]);
    if (rows.length > 0 && room.whenReached === 'refuse') throw new WatchwordError('ERR_SESSION_LIMIT');
    return rows.map(({ id }) => id);
  }

  return {
    start: async (subject, build, exchange) => {
      assertStorable(subject, 'The subject of a session');
      const start: Start = { subject, build, exchange };
      const locks = [lockOfAll(access, 'shared'), lockOfSubject(access, subject, 'shared')];
      return turns.transaction({ locks }, async (connection, nowMs) =>
        insert(connection, start, { nowMs, cutoffMs: await examine(connection, start) }),
      );
    },

    startWithin: async (room, subject, build, exchange) => {
      assertStorable(subject, 'The subject of a session');
      const start: Start = { subject, build, exchange };
      const locks = [lockOfAll(access, 'shared'), lockOfSubject(access, subject, 'exclusive')];
      const started = await turns.transaction({ locks }, async (connection, nowMs) => {
        const cutoffMs = await examine(connection, start);
        const ids = await superfluousIds(connection, subject, room);
        const record = await insert(connection, start, { nowMs, cutoffMs });
        if (ids.length === 0) return { record, displaced: undefined };
        const requests = ids.map(
          (sessionId) => ({ kind: 'session', sessionId, reason: 'displaced' }) as const,
        );
        const [displaced] = await revoking.apply(connection, nowMs, [
          { requests, lifetimes: room.lifetimes },
        ]);
        return { record, displaced };
      });
      if (started.displaced !== undefined) access.changed();
      return started;
    },
  };
}
