import type { SessionId } from '../../domain/ids.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { ExchangeStore } from '../../ports/store/exchange-store.ts';
import { ON_PRIMARY, type PostgresAccess } from './access.ts';

interface ExchangeRow {
  readonly session_id: SessionId;
  readonly at_ms: EpochMs;
}

export function createPostgresExchanges({ turns, schema }: PostgresAccess): ExchangeStore {
  const table = `${schema}.exchanges`;
  const deleteExpired = `
    DELETE FROM ${table} WHERE key IN (
      SELECT key FROM ${table} WHERE expires_ms <= $1 ORDER BY expires_ms LIMIT $2 FOR UPDATE SKIP LOCKED)`;

  return {
    find: async (key) => {
      const text = `SELECT session_id, at_ms FROM ${table} WHERE key = $1 AND ${ON_PRIMARY}`;
      const [row] = await turns.repeatable((connection) => connection.query<ExchangeRow>(text, [key]));
      return row && { sessionId: row.session_id, atMs: row.at_ms };
    },

    release: async (key, sessionId) => {
      const text = `DELETE FROM ${table} WHERE key = $1 AND session_id = $2`;
      await turns.repeatable((connection) => connection.change(text, [key, sessionId]));
    },

    deleteExpired: (nowMs, limit) =>
      turns.once((connection) => connection.change(deleteExpired, [nowMs, Math.max(0, limit)])),
  };
}
