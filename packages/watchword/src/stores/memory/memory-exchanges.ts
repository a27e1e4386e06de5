import type { SessionId } from '../../domain/ids.ts';
import { epochMs, type EpochMs } from '../../domain/time.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { Exchange, Exchanged, ExchangeStore } from '../../ports/store/exchange-store.ts';
import type { MemoryState } from './memory-state.ts';

/** An exchange as it is kept. */
export interface KeptExchange extends Exchanged {
  readonly expiresMs: EpochMs;
}

export function createMemoryExchanges({ exchanges }: MemoryState): ExchangeStore {
  return {
    find: async (key) => {
      const found = exchanges.get(nameOf(key));
      return found && { sessionId: found.sessionId, atMs: found.atMs };
    },

    release: async (key, sessionId) => {
      const name = nameOf(key);
      if (exchanges.get(name)?.sessionId === sessionId) exchanges.delete(name);
    },

    deleteExpired: async (nowMs, limit) => {
      const expired = [...exchanges]
        .filter(([, { expiresMs }]) => expiresMs <= nowMs)
        .slice(0, Math.max(0, limit));
      for (const [name] of expired) exchanges.delete(name);
      return expired.length;
    },
  };
}

export function refuseExchanged({ exchanges }: MemoryState, exchange: Exchange | undefined): void {
  if (exchange !== undefined && exchanges.has(nameOf(exchange.key))) {
    throw new WatchwordError('ERR_EXCHANGED');
  }
}

export function keepExchange(
  { exchanges }: MemoryState,
  exchange: Exchange | undefined,
  sessionId: SessionId,
  atMs: EpochMs,
): void {
  if (exchange === undefined) return;
  exchanges.set(nameOf(exchange.key), {
    sessionId,
    atMs,
    expiresMs: epochMs(Math.ceil(atMs + exchange.keptMs)),
  });
}

function nameOf(key: Uint8Array): string {
  return key.join();
}
