import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import { epochMs } from '../../src/domain/time.ts';
import type { SessionStore } from '../../src/ports/store/session-store.ts';
import { broken, replace, type BrokenStore } from './broken-store.ts';

export const brokenExchanges: readonly BrokenStore[] = [
  broken(
    'start looks, lets others in, and takes',
    'concurrent starts with one',
    ({ sessions, exchanges }, { state }) => ({
      sessions: replace(sessions, {
        start: async (...[subject, build, exchange]: Parameters<SessionStore['start']>) => {
          const taken = exchange && (await exchanges.find(exchange.key));
          await nextLoopTurn();
          if (taken === undefined && exchange !== undefined) state.exchanges.delete(exchange.key.join());
          return sessions.start(subject, build, exchange);
        },
      }),
    }),
  ),
  broken(
    'a credential is used up before its session is there',
    'a start that fails',
    ({ sessions }, { state, context }) => ({
      sessions: replace(sessions, {
        start: async (subject, build, exchange) => {
          try {
            return await sessions.start(subject, build, exchange);
          } catch (error) {
            const sessionId = [...state.sessions.keys()][0];
            const atMs = context.clock.nowMs();
            if (exchange && sessionId) {
              state.exchanges.set(exchange.key.join(), { sessionId, atMs, expiresMs: atMs });
            }
            throw error;
          }
        },
      }),
    }),
  ),
  broken('startWithin takes no credential', 'leaves it where there is no room', ({ sessions }) => ({
    sessions: replace(sessions, {
      startWithin: (room, subject, build) => sessions.startWithin(room, subject, build),
    }),
  })),
  broken('release does not look whose it is', 'of that session alone', ({ exchanges }, { state }) => ({
    exchanges: replace(exchanges, {
      release: async (key) => void state.exchanges.delete(key.join()),
    }),
  })),
  broken(
    'credentials are forgotten with their sessions',
    'when its session is gone',
    ({ sessions }, { state }) => ({
      sessions: replace(sessions, {
        deleteExpired: async (beforeMs, limit) => {
          const count = await sessions.deleteExpired(beforeMs, limit);
          for (const [name, { sessionId }] of state.exchanges) {
            if (!state.sessions.has(sessionId)) state.exchanges.delete(name);
          }
          return count;
        },
      }),
    }),
  ),
  broken('a hash is replaced whatever it was', 'still the one expected', ({ accounts }, { state }) => ({
    accounts: replace(accounts, {
      replaceHash: async (id, _expected, next) => {
        const record = state.accounts.get(id);
        if (record !== undefined) state.accounts.set(id, { ...record, passwordHash: next });
        return record !== undefined;
      },
    }),
  })),
  broken('credentials are forgotten early', 'and not before', ({ exchanges }) => ({
    exchanges: replace(exchanges, {
      deleteExpired: (nowMs, limit) => exchanges.deleteExpired(epochMs(nowMs + 1), limit),
    }),
  })),
];
