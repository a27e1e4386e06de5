import { epochMs, type EpochMs } from '../domain/time.ts';
import type { KeyWrapping } from '../ports/key-wrapping.ts';
import { createAccounts, type Accounts, type AccountsOptions } from './accounts/accounts.ts';
import { createClients, type Clients } from './clients/clients.ts';
import type { EngineContext } from './context.ts';
import { createFeed, type Feed } from './feed/feed.ts';
import { createKeyKeeper, type KeyKeeper } from './keys/key-keeper.ts';
import { startKeySchedule } from './keys/schedule.ts';
import { recordLifetimes } from './lifetimes.ts';
import { createReceipts, type VerifierReceipts } from './receipts/receipts.ts';
import { Refresher } from './refresh/rotate.ts';
import { createSettler } from './refresh/settle.ts';
import { createUseReports, type UseReports } from './refresh/use-reports.ts';
import { joinLog } from './revocation/join-log.ts';
import type { Revoker } from './revocation/revoke.ts';
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
  /** Which verifiers in other services know what was revoked. */
  readonly receipts: VerifierReceipts;
  /** What was revoked, for verifiers in other services. */
  readonly feed: Feed;
  /** What they report of tokens in use. */
  readonly useReports: UseReports;
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
  const lifetimes = await recordLifetimes(context, options.legacy?.untilMs);
  const keys = await createKeyKeeper(context, options.wrapping, {
    longestTokenMs: lifetimes.longestTokenMs,
    lifetimes: lifetimes.forRevocations,
  });
  if (keys.signing().algorithm !== keys.usualAlgorithm()) await keys.rotate(keys.usualAlgorithm());
  const settler = createSettler(context, keys);
  const log = await joinLog(context, keys, lifetimes.forRevocations, () => {
    settler.forget();
    keys.restored();
  });
  const { view, following, revoker } = log;
  const mint = createTokenMint(context, keys);
  const refresher = new Refresher({ context, keys, mint, revoker });
  const sessions = createSessions({ context, keys, refresher, revoker });
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
  const clients = createClients(context);
  const feed = createFeed({ context, keys, view, following, clients });
  const receipts = createReceipts(context);
  const stopUpkeep = startUpkeep(context, view);
  const stopSchedule = startKeySchedule(context, keys);

  return {
    context,
    keys,
    sessions,
    refresher,
    revoker,
    accounts,
    clients,
    receipts,
    feed,
    useReports: createUseReports(clock, settler),
    introspect: createIntrospector({
      context,
      keys,
      verify: verifyOwn,
      catchUp: () => following.catchUp(),
    }),
    verify: verifyAccess,
    verifyCustom(token, typ, expected) {
      assertCustomType(typ);
      return verifier.verify(token, customKind(typ), expected);
    },
    async issueCustom(claims) {
      assertCustomType(claims.typ);
      const own = freeClaims(claims.claims, settings.allowedClaims);
      // A revocation has to outlive every token that it kills, so a longer life is recorded before it begins.
      await lifetimes.raise(claims.ttlMs);
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
      feed.close();
      log.stop();
      await settler.flush().catch(() => undefined);
      await receipts.close();
      await context.relay?.link.close();
      await store.close();
    },
  };
}
