import { epochMs, type EpochMs } from '../domain/time.ts';
import type { KeyWrapping } from '../ports/key-wrapping.ts';
import type { RevocationLifetimes } from '../ports/store/revocation-log.ts';
import { settlingTimeMs } from '../domain/refresh-chain.ts';
import { createAccounts, type Accounts, type AccountsOptions } from './accounts/accounts.ts';
import { createClients, type Clients } from './clients/clients.ts';
import type { EngineContext } from './context.ts';
import { createKeyKeeper, type KeyKeeper } from './keys/key-keeper.ts';
import { startKeySchedule } from './keys/schedule.ts';
import { CLOCK_JUMP_MS, CLOCK_SKEW_MS } from './limits.ts';
import { Refresher } from './refresh/rotate.ts';
import { createSettler } from './refresh/settle.ts';
import { followStore } from './revocation/follow.ts';
import { createRevoker, type Revoker } from './revocation/revoke.ts';
import { createRevocationView } from './revocation/view.ts';
import { createSessions, type Sessions } from './sessions/sessions.ts';
import { createIntrospector, type Introspect } from './tokens/introspect.ts';
import { createLegacyVerifier, type LegacyTokens } from './tokens/legacy-tokens.ts';
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
  readonly clients: Clients;
  /** Judges an access token and notes its use. Sync, no I/O. */
  verify(token: unknown, expected: TokenExpectations): Verdict;
  /** What a token of either kind is; notes the use of an access token, and changes nothing else. */
  readonly introspect: Introspect;
  verifyCustom(token: unknown, typ: string, expected: TokenExpectations): Verdict;
  issueCustom(claims: CustomTokenClaims): Promise<MintedToken>;
  /** Milliseconds since this process last knew all revocations. */
  revocationsAgeMs(): number;
  /** Lets rows move forward to what clients present for a while, after a restore; gives the time until when. */
  acceptRestore(forMs: number): Promise<EpochMs>;
  /** Finishes what is pending, and closes the store. */
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly wrapping: KeyWrapping;
  readonly accounts?: AccountsOptions;
  readonly legacy?: LegacyTokens;
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
    // Tokens of the issuer before are as old as they like, and die at the latest then.
    const legacyMs = options.legacy === undefined ? 0 : options.legacy.untilMs - clock.nowMs();
    return { tokenMs, cutoffMs: Math.max(longest.sessionMs, legacyMs) + tokenMs };
  };

  const keys = await createKeyKeeper(context, options.wrapping, { longestTokenMs, lifetimes });
  if (keys.signing().algorithm !== keys.usualAlgorithm()) await keys.rotate(keys.usualAlgorithm());
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
  const legacyVerifier =
    options.legacy &&
    createLegacyVerifier({
      legacy: options.legacy,
      audience: settings.audience,
      clock,
      events,
      keys,
      view,
    });
  const accounts = options.accounts && (await createAccounts(context, options.accounts));
  function verifyOwn(token: unknown, expected: TokenExpectations): Verdict {
    const verdict = verifier.verify(token, ACCESS_TOKEN, expected);
    if (verdict.kind === 'verified') settler.noteUse(verdict.token);
    return verdict;
  }
  function verifyAccess(token: unknown, expected: TokenExpectations): Verdict {
    const verdict = verifyOwn(token, expected);
    const isForeign = verdict.kind === 'refused' && verdict.code === 'ERR_TOKEN_TYPE';
    return isForeign && legacyVerifier !== undefined ? legacyVerifier.verify(token, expected) : verdict;
  }
  const following = await followStore(context, view, keys, () => settler.forget());
  const stopUpkeep = startUpkeep(context, view);
  const stopSchedule = startKeySchedule(context, keys);

  return {
    context,
    keys,
    sessions,
    refresher,
    revoker,
    accounts,
    clients: createClients(context),
    introspect: createIntrospector({ context, keys, verify: verifyOwn, catchUp: following.catchUp }),
    verify: verifyAccess,
    verifyCustom(token, typ, expected) {
      assertCustomType(typ);
      return verifier.verify(token, customKind(typ), expected);
    },
    async issueCustom(claims) {
      assertCustomType(claims.typ);
      const own = freeClaims(claims.claims, settings.allowedClaims);
      // A revocation has to outlive every token that it kills, so a longer life is recorded before it begins.
      if (claims.ttlMs > longest.tokenMs) {
        longest = await store.raiseLifetimes({ ...longest, tokenMs: claims.ttlMs });
      }
      const token = mint.customToken({ ...claims, claims: own });
      events.record('token_issued', { typ: claims.typ, subject: claims.subject });
      return token;
    },
    revocationsAgeMs: () => view.ageMs(),
    async acceptRestore(forMs) {
      const untilMs = epochMs(clock.nowMs() + forMs);
      await store.acceptRestore(untilMs);
      events.record('restore_accepted', { untilMs });
      return untilMs;
    },
    async close() {
      stopUpkeep();
      stopSchedule();
      following.stop();
      await settler.flush().catch(() => undefined);
      await store.close();
    },
  };
}
