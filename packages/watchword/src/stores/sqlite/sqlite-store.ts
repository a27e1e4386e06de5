import type { DatabaseSync } from 'node:sqlite';
import type { LongestLifetimes, Store, StoreContext } from '../../ports/store/store.ts';
import { createRestoreAcceptance } from './restore-acceptance.ts';
import { createRevoke } from './revoke.ts';
import type { SqliteAccess } from './sqlite-access.ts';
import { createSqliteAccounts } from './sqlite-accounts.ts';
import { createSqliteClients } from './sqlite-clients.ts';
import { createSqliteExchanges } from './sqlite-exchanges.ts';
import { createSqliteKeys } from './sqlite-keys.ts';
import { createSqliteRevocations } from './sqlite-revocations.ts';
import { createSqliteSessions } from './sqlite-sessions.ts';
import { createSqliteVerifiers } from './sqlite-verifiers.ts';
import { createSqliteWatch } from './sqlite-watch.ts';
import { createTransactions } from './transactions.ts';
import { createTurns } from './turns.ts';

/** Whoever asks whether the store is ready wants to know now. */
const READINESS_PATIENCE_MS = 1000;

/** The store on an open and migrated database, which it closes. Prepares every statement. */
export function createSqliteStore(database: DatabaseSync, context: StoreContext): Store {
  const transactions = createTransactions(database);
  const turns = createTurns(context, transactions);
  const access: SqliteAccess = { database, turns, transactions, ownWrites: { count: 0 } };
  const revoke = createRevoke(database, context);
  const { watch, stopAll } = createSqliteWatch(access, context);
  // A commit that writes nothing would succeed on a disk that takes nothing.
  const touch = database.prepare('UPDATE feed_head SET sequence = sequence');
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    stopAll();
    await turns.finish();
    database.close();
  }

  return {
    sessions: createSqliteSessions(access, revoke, context.clock),
    revocations: createSqliteRevocations(access, revoke, context),
    keys: createSqliteKeys(access, revoke),
    accounts: createSqliteAccounts(access),
    clients: createSqliteClients(access),
    exchanges: createSqliteExchanges(access),
    verifiers: createSqliteVerifiers(access, context.clock),
    raiseLifetimes: createRaiseLifetimes(access),
    ...createRestoreAcceptance(access, context),
    watch,
    nowMs: async () => {
      turns.assertOpen();
      return context.clock.nowMs();
    },
    isReady: async () => {
      try {
        await turns.write(() => touch.run(), Math.min(READINESS_PATIENCE_MS, context.patienceMs));
        return true;
      } catch {
        return false;
      }
    },
    close: () => (closing ??= close()),
  };
}

function createRaiseLifetimes({ database, turns, transactions }: SqliteAccess): Store['raiseLifetimes'] {
  const read = database.prepare('SELECT token_ms, session_ms FROM longest_lifetimes');
  const raise = database.prepare(
    'UPDATE longest_lifetimes SET token_ms = max(token_ms, ?), session_ms = max(session_ms, ?)',
  );
  const readMaxima = (): LongestLifetimes => {
    const row = read.get();
    return { tokenMs: row?.['token_ms'] as number, sessionMs: row?.['session_ms'] as number };
  };
  return async (lifetimes) => {
    const [tokenMs, sessionMs] = [Math.ceil(lifetimes.tokenMs), Math.ceil(lifetimes.sessionMs)];
    // They only ever rise, so that one that is high enough needs no write.
    const maxima = await turns.read(readMaxima);
    if (maxima.tokenMs >= tokenMs && maxima.sessionMs >= sessionMs) return maxima;
    return turns.write(() =>
      transactions.write(() => {
        raise.run(tokenMs, sessionMs);
        return readMaxima();
      }),
    );
  };
}
