import type { EpochMs } from '../../domain/time.ts';
import type { LongestLifetimes, Store } from '../../ports/store/store.ts';
import type { PostgresAccess } from './access.ts';
import { createBatches } from './batches.ts';
import { createPostgresAccounts } from './postgres-accounts.ts';
import { createPostgresClients } from './postgres-clients.ts';
import { createPostgresExchanges } from './postgres-exchanges.ts';
import { createPostgresKeys } from './postgres-keys.ts';
import { createPostgresRevocations } from './postgres-revocations.ts';
import { createPostgresSessions } from './postgres-sessions.ts';
import { createPostgresVerifiers } from './postgres-verifiers.ts';
import type { PostgresWatch } from './postgres-watch.ts';
import { createRestoreAcceptance } from './restore-acceptance.ts';
import { createRevoking } from './revoking.ts';

/** Whoever asks whether the store is ready wants to know now. */
const READINESS_PATIENCE_MS = 1000;

export interface StoreParts extends Pick<PostgresWatch, 'watch' | 'isListening'> {
  readonly close: () => Promise<void>;
}

/** The store on a migrated schema. */
export function createPostgresStore(
  access: PostgresAccess,
  { watch, isListening, close }: StoreParts,
): Store {
  const { turns, context, schema } = access;
  const revoking = createRevoking(access);
  // A commit that writes nothing would succeed on a disk that takes nothing.
  const touch = `UPDATE ${schema}.longest_lifetimes SET token_ms = token_ms`;
  let closing: Promise<void> | undefined;

  return {
    sessions: createPostgresSessions(access, revoking),
    revocations: createPostgresRevocations(access, revoking),
    keys: createPostgresKeys(access, revoking),
    accounts: createPostgresAccounts(access),
    clients: createPostgresClients(access),
    exchanges: createPostgresExchanges(access),
    verifiers: createPostgresVerifiers(access),
    raiseLifetimes: createRaiseLifetimes(access),
    ...createRestoreAcceptance(access),
    watch: (observer) => {
      turns.assertOpen();
      return watch(observer);
    },
    nowMs: () =>
      turns.repeatable(async (connection) => {
        const [row] = await connection.query<{ now_ms: EpochMs }>(`SELECT ${access.now()} AS now_ms`);
        if (row === undefined) throw new Error('the server tells no time');
        return row.now_ms;
      }),
    noticesBy: () => (isListening() ? 'notification' : 'polling'),
    isReady: async () => {
      try {
        const patienceMs = Math.min(READINESS_PATIENCE_MS, context.patienceMs);
        await turns.transaction({ patienceMs, repeatable: true }, (connection) => connection.query(touch));
        return true;
      } catch {
        return false;
      }
    },
    close: () => (closing ??= close()),
  };
}

/** Each revocation asks for them: those who ask at the same time share one answer, which is no older than any of their questions. */
function createRaiseLifetimes({ context, turns, schema }: PostgresAccess): Store['raiseLifetimes'] {
  const table = `${schema}.longest_lifetimes`;
  const read = `SELECT token_ms, session_ms FROM ${table}`;
  const raise = `
    UPDATE ${table} SET token_ms = greatest(token_ms, $1), session_ms = greatest(session_ms, $2)
    RETURNING token_ms, session_ms`;

  function raiseTo(tokenMs: number, sessionMs: number): Promise<LongestLifetimes> {
    return turns.begun.repeatable(async (connection) => {
      // They only ever rise, so that one that is high enough needs no write.
      let [row] = await connection.query<LifetimesRow>(read);
      if (row === undefined || row.token_ms < tokenMs || row.session_ms < sessionMs) {
        [row] = await connection.query<LifetimesRow>(raise, [tokenMs, sessionMs]);
      }
      if (row === undefined) throw new Error('the row of the lifetimes is gone');
      return { tokenMs: row.token_ms, sessionMs: row.session_ms };
    });
  }

  return createBatches<LongestLifetimes, LongestLifetimes>(context, turns, {
    run: async (asked) => {
      const tokenMs = Math.ceil(Math.max(...asked.map((lifetimes) => lifetimes.tokenMs)));
      const sessionMs = Math.ceil(Math.max(...asked.map((lifetimes) => lifetimes.sessionMs)));
      const raised = await raiseTo(tokenMs, sessionMs);
      return asked.map(() => ({ ...raised }));
    },
  });
}

interface LifetimesRow {
  readonly token_ms: number;
  readonly session_ms: number;
}
