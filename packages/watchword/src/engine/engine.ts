import { epochMs, type EpochMs } from '../domain/time.ts';
import type { KeyWrapping } from '../ports/key-wrapping.ts';
import type { RevocationLifetimes } from '../ports/store/revocation-log.ts';
import { settlingTimeMs } from '../domain/refresh-chain.ts';
import { createAccounts, type Accounts, type AccountsOptions } from './accounts/accounts.ts';
import type { EngineContext } from './context.ts';
import { createKeyKeeper, type KeyKeeper } from './keys/key-keeper.ts';
import { CLOCK_JUMP_MS, CLOCK_SKEW_MS } from './limits.ts';
import { Refresher } from './refresh/rotate.ts';
import { createSettler } from './refresh/settle.ts';
import { followStore } from './revocation/follow.ts';
import { createRevoker, type Revoker } from './revocation/revoke.ts';
import { createRevocationView } from './revocation/view.ts';
import { createSessions, type Sessions } from './sessions/sessions.ts';
import { createTokenMint, type CustomTokenClaims, type MintedToken } from './tokens/mint.ts';
import { assertCustomType, freeClaims } from './tokens/reserved.ts';
import { ACCESS_TOKEN, customKind } from './tokens/kinds.ts';
import { createTokenVerifier, type TokenExpectations, type Verdict } from './tokens/verify.ts';
import { startUpkeep } from './upkeep.ts';

/** All capabilities, joined. It decides everything and knows neither HTTP nor SQL. */
export interface Engine {
  readonly context: EngineContext;
  readonly keys: KeyKeeper;
  readonly sessions: Sessions;
  readonly refresher: Refresher;
  readonly revoker: Revoker;
  /** `undefined` where the application has users of its own. */
  readonly accounts: Accounts | undefined;
  /** Judges an access token and notes its use. Sync, no I/O. */
  verify(token: unknown, expected: TokenExpectations): Verdict;
  verifyCustom(token: unknown, typ: string, expected: TokenExpectations): Verdict;
  issueCustom(claims: CustomTokenClaims): Promise<MintedToken>;
  /** Lets rows move forward to what clients present for a while, after a restore; gives the time until when. */
  acceptRestore(forMs: number): Promise<EpochMs>;
  /** Finishes what is pending, and closes the store. */
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly wrapping: KeyWrapping;
  readonly accounts?: AccountsOptions;
}

export async function createEngine(context: EngineContext, options: EngineOptions): Promise<Engine> {
  const { store, settings, clock, events } = context;
  let longest = await store.raiseLifetimes({
    tokenMs: settings.accessTtlMs,
    sessionMs: settings.absoluteTtlMs,
  });
  const longestTokenMs = async (): Promise<number> => {
    // Another process may have issued longer-lived tokens since.
    longest = await store.raiseLifetimes(longest);
    // An answer may be repeated, with a fresh token and without a write, for S after the row says that it was given.
    return longest.tokenMs + CLOCK_SKEW_MS + settlingTimeMs(settings.chain);
  };
  const lifetimes = async (): Promise<RevocationLifetimes> => {
    // What was dropped while the clock was ahead would be missing once it is set right.
    const tokenMs = (await longestTokenMs()) + CLOCK_JUMP_MS;
    return { tokenMs, cutoffMs: longest.sessionMs + tokenMs };
  };

  const keys = await createKeyKeeper(context, options.wrapping, { longestTokenMs, lifetimes });
  if (keys.signing().algorithm !== settings.algorithm) await keys.rotate(settings.algorithm);
  const view = createRevocationView(clock, events);
  const revoker = createRevoker(context, view, lifetimes);
  const mint = createTokenMint(context, keys);
  const refresher = new Refresher({ context, keys, mint, revoker });
  const sessions = createSessions({ context, keys, refresher, revoker });
  const settler = createSettler(context);
  const verifier = createTokenVerifier({
    issuer: settings.issuer,
    clock,
    keys,
    view,
    cacheSize: settings.tokenCacheSize,
  });
  const accounts = options.accounts && (await createAccounts(context, options.accounts));
  const stopFollowing = await followStore(context, view, keys, () => settler.forget());
  const stopUpkeep = startUpkeep(context, view);

  return {
    context,
    keys,
    sessions,
    refresher,
    revoker,
    accounts,
    verify(token, expected) {
      const verdict = verifier.verify(token, ACCESS_TOKEN, expected);
      if (verdict.kind === 'verified') settler.noteUse(verdict.token);
      return verdict;
    },
    verifyCustom(token, typ, expected) {
      assertCustomType(typ);
      return verifier.verify(token, customKind(typ), expected);
    },
    async issueCustom(claims) {
      assertCustomType(claims.typ);
      const own = freeClaims(claims.claims);
      // A revocation has to outlive every token that it kills, so a longer life is recorded before it begins.
      if (claims.ttlMs > longest.tokenMs) {
        longest = await store.raiseLifetimes({ ...longest, tokenMs: claims.ttlMs });
      }
      const token = mint.customToken({ ...claims, claims: own });
      events.record('token_issued', { typ: claims.typ, subject: claims.subject });
      return token;
    },
    async acceptRestore(forMs) {
      const untilMs = epochMs(clock.nowMs() + forMs);
      await store.acceptRestore(untilMs);
      events.record('restore_accepted', { untilMs });
      return untilMs;
    },
    async close() {
      stopUpkeep();
      stopFollowing();
      await settler.flush().catch(() => undefined);
      await store.close();
    },
  };
}
