import type { DatabaseSync } from 'node:sqlite';
import { sessionIdBytes, sessionIdFromBytes, type SessionId } from '../../domain/ids.ts';
import type { EpochMs } from '../../domain/time.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { Exchange, ExchangeStore } from '../../ports/store/exchange-store.ts';
import type { SqliteAccess } from './sqlite-access.ts';

/** Version 5. */
export function addExchanges(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE exchanges (
      key        BLOB    NOT NULL PRIMARY KEY CHECK (length(key) = 32),
      session_id BLOB    NOT NULL CHECK (length(session_id) = 16),
      at_ms      INTEGER NOT NULL,
      expires_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX exchanges_by_expiry ON exchanges (expires_ms);
  `);
}

const INSERT = 'INSERT INTO exchanges (key, session_id, at_ms, expires_ms) VALUES (?, ?, ?, ?)';

const DELETE_EXPIRED = `
  DELETE FROM exchanges WHERE key IN (
    SELECT key FROM exchanges WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?)`;

/** Both are for the transaction that starts a session. */
export interface ExchangeTaking {
  /** Throws `ERR_EXCHANGED` where a session was started for it before. */
  refuse(exchange: Exchange | undefined): void;
  /** Notes what was given up for the session. */
  take(exchange: Exchange | undefined, sessionId: SessionId, nowMs: EpochMs): void;
}

export function createExchangeTaking(database: DatabaseSync): ExchangeTaking {
  const isTaken = database.prepare('SELECT 1 FROM exchanges WHERE key = ?');
  const insert = database.prepare(INSERT);
  return {
    refuse(exchange) {
      if (exchange !== undefined && isTaken.get(exchange.key) !== undefined) {
        throw new WatchwordError('ERR_EXCHANGED');
      }
    },
    take(exchange, sessionId, nowMs) {
      if (exchange === undefined) return;
      const { key, keptMs } = exchange;
      insert.run(key, sessionIdBytes(sessionId), nowMs, Math.ceil(nowMs + keptMs));
    },
  };
}

export function createSqliteExchanges({ database, turns }: SqliteAccess): ExchangeStore {
  const find = database.prepare('SELECT session_id, at_ms FROM exchanges WHERE key = ?');
  const release = database.prepare('DELETE FROM exchanges WHERE key = ? AND session_id = ?');
  const deleteExpired = database.prepare(DELETE_EXPIRED);

  return {
    find: (key) =>
      turns.read(() => {
        const row = find.get(key);
        if (row === undefined) return undefined;
        const sessionId = sessionIdFromBytes(row['session_id'] as Uint8Array);
        return { sessionId, atMs: row['at_ms'] as EpochMs };
      }),

    release: (key, sessionId) => turns.statement(() => void release.run(key, sessionIdBytes(sessionId))),

    deleteExpired: (nowMs, limit) =>
      turns.statement(() => Number(deleteExpired.run(nowMs, Math.max(0, limit)).changes)),
  };
}
