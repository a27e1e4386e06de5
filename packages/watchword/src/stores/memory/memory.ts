import { WatchwordError } from '../../errors/watchword-error.ts';
import type { Store, StoreContext, StoreFactory } from '../../ports/store/store.ts';
import { LOOK_PERIOD_MS } from '../look-period.ts';
import { createMemoryAccounts } from './memory-accounts.ts';
import { createMemoryClients } from './memory-clients.ts';
import { createMemoryExchanges } from './memory-exchanges.ts';
import { createMemoryKeys } from './memory-keys.ts';
import { createMemoryRevocations } from './memory-revocations.ts';
import { createMemorySessions } from './memory-sessions.ts';
import { createMemoryState, epochOf, type MemoryState } from './memory-state.ts';
import { createMemoryVerifiers } from './memory-verifiers.ts';

const EPOCH_BYTES = 16;

/**
 * A store for tests and trials: it forgets everything when the process ends. All instances that are opened
 * from one factory share what is kept, as processes share a file.
 */
export function memory(): StoreFactory {
  let state: MemoryState | undefined;
  return {
    kind: 'memory',
    durable: false,
    open: async (context) => {
      state ??= createMemoryState(context.random.bytes(EPOCH_BYTES));
      return createMemoryStore(state, context);
    },
  };
}

export function createMemoryStore(state: MemoryState, context: StoreContext): Store {
  const watching = new Set<() => void>();
  let closed = false;

  function assertOpen(): void {
    if (closed) throw new WatchwordError('ERR_CLOSED');
  }

  return {
    sessions: whileOpen(createMemorySessions(state, context), assertOpen),
    revocations: whileOpen(createMemoryRevocations(state, context), assertOpen),
    keys: whileOpen(createMemoryKeys(state, context), assertOpen),
    accounts: whileOpen(createMemoryAccounts(state), assertOpen),
    clients: whileOpen(createMemoryClients(state), assertOpen),
    exchanges: whileOpen(createMemoryExchanges(state), assertOpen),
    verifiers: whileOpen(createMemoryVerifiers(state, context), assertOpen),

    raiseLifetimes: async ({ tokenMs, sessionMs }) => {
      assertOpen();
      state.lifetimes = {
        tokenMs: Math.max(Math.ceil(tokenMs), state.lifetimes.tokenMs),
        sessionMs: Math.max(Math.ceil(sessionMs), state.lifetimes.sessionMs),
      };
      return { ...state.lifetimes };
    },

    acceptRestore: async (untilMs) => {
      assertOpen();
      state.restoreAcceptedUntilMs = untilMs;
      state.head = { ...state.head, epoch: epochOf(context.random.bytes(EPOCH_BYTES)) };
      return structuredClone(state.head);
    },

    restoreAcceptedUntilMs: async () => {
      assertOpen();
      return state.restoreAcceptedUntilMs;
    },

    watch: (observer) => {
      assertOpen();
      function look(): void {
        const sinceMs = context.clock.monotonicMs();
        observer.looked({ head: structuredClone(state.head), keyRevision: state.keyRevision }, sinceMs);
      }
      const stopLooking = context.scheduler.every(LOOK_PERIOD_MS, look);
      watching.add(stopLooking);
      return () => {
        watching.delete(stopLooking);
        stopLooking();
      };
    },

    nowMs: async () => {
      assertOpen();
      return context.clock.nowMs();
    },

    isReady: async () => !closed,

    close: async () => {
      closed = true;
      for (const stopLooking of watching) stopLooking();
      watching.clear();
    },
  };
}

/** The same methods, each of which rejects once the store was closed. */
function whileOpen<Methods extends object>(methods: Methods, assertOpen: () => void): Methods {
  return new Proxy(methods, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        assertOpen();
        return Reflect.apply(method, target, args) as unknown;
      };
    },
  });
}
