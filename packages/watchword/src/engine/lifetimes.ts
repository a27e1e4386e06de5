import { settlingTimeMs } from '../domain/refresh-chain.ts';
import type { RevocationLifetimes } from '../ports/store/revocation-log.ts';
import type { EngineContext } from './context.ts';
import { CLOCK_JUMP_MS, CLOCK_SKEW_MS } from './limits.ts';

/** How long tokens may live, and what kills them has to be kept. */
export interface Lifetimes {
  readonly longestTokenMs: () => Promise<number>;
  readonly forRevocations: () => Promise<RevocationLifetimes>;
  /** Records that tokens are issued that live for so long, before the first of them is. */
  raise(tokenMs: number): Promise<void>;
}

/** `legacyUntilMs`: until when tokens of the issuer before are taken; `undefined` where there was none. */
export async function recordLifetimes(
  { store, settings, clock }: EngineContext,
  legacyUntilMs: number | undefined,
): Promise<Lifetimes> {
  let longest = await store.raiseLifetimes({
    tokenMs: settings.accessTtlMs,
    sessionMs: settings.absoluteTtlMs,
  });

  async function longestTokenMs(): Promise<number> {
    // Another process may have issued longer-lived tokens since.
    longest = await store.raiseLifetimes(longest);
    // An answer may be repeated, with a fresh token and without a write, for S after the row says that it was given.
    return longest.tokenMs + CLOCK_SKEW_MS + settlingTimeMs(settings.chain);
  }

  return {
    longestTokenMs,
    async forRevocations() {
      // What was dropped while the clock was ahead would be missing once it is set right.
      const tokenMs = (await longestTokenMs()) + CLOCK_JUMP_MS;
      // Tokens of the issuer before are as old as they like, and die at the latest then.
      const legacyMs = legacyUntilMs === undefined ? 0 : legacyUntilMs - clock.nowMs();
      return { tokenMs, cutoffMs: Math.max(longest.sessionMs, legacyMs) + tokenMs };
    },
    async raise(tokenMs) {
      if (tokenMs > longest.tokenMs) longest = await store.raiseLifetimes({ ...longest, tokenMs });
    },
  };
}
