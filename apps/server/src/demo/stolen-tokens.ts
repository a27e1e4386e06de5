/** So many sessions are robbed at most; beyond that the thief forgets the oldest. */
const MOST = 100;
/** How long a thief keeps a token. */
const KEPT_MS = 30 * 60_000;

export interface StolenToken {
  readonly token: string;
  readonly generation: number;
  readonly stolenAtMs: number;
}

/** What the thief of the demo holds: in this process's memory alone, by session, few and not for long. */
export interface StolenTokens {
  keep(sessionId: string, token: string, generation: number): void;
  find(sessionId: string): StolenToken | undefined;
  forget(sessionId: string): void;
}

export function createStolenTokens(monotonicMs = () => performance.now()): StolenTokens {
  const held = new Map<string, StolenToken>();

  function dropOld(): void {
    for (const [id, { stolenAtMs }] of held) {
      if (held.size <= MOST && monotonicMs() - stolenAtMs < KEPT_MS) return;
      held.delete(id);
    }
  }

  return {
    keep(sessionId, token, generation) {
      // Taken out first, so that the order in the map stays that of the thefts.
      held.delete(sessionId);
      held.set(sessionId, { token, generation, stolenAtMs: monotonicMs() });
      dropOld();
    },
    find(sessionId) {
      dropOld();
      return held.get(sessionId);
    },
    forget(sessionId) {
      held.delete(sessionId);
    },
  };
}
