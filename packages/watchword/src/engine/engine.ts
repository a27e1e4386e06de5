import { epochMs, type EpochMs } from '../domain/time.ts';
import type { KeyWrapping } from '../ports/key-wrapping.ts';
import { createAccounts, type Accounts, type AccountsOptions } from './accounts/accounts.ts';
import { createClients, type Clients } from './clients/clients.ts';
import type { EngineContext } from './context.ts';
import { createFeed, type Feed } from './feed/feed.ts';
import { createKeyKeeper, type KeyKeeper } from './keys/key-keeper.ts';
import { startKeySchedule } from './keys/schedule.ts';
import { recordLifetimes } from './lifetimes.ts';
import { createPageReports, type PageReports } from './page-reports/page-reports.ts';
import { createOpaqueSessions, type OpaqueSessions } from './opaque-sessions/opaque-sessions.ts';
import { createReceipts, type VerifierReceipts } from './receipts/receipts.ts';
import { createProbes, type Probes } from './probes.ts';
import { Refresher } from './refresh/rotate.ts';
import { createSettler } from './refresh/settle.ts';
import { createUseReports, type UseReports } from './refresh/use-reports.ts';
import { joinLog } from './revocation/join-log.ts';
import type { Revoker } from './revocation/revoke.ts';
import { createCsrfTokens, type CsrfTokens } from './sessions/csrf-tokens.ts';
import { createSessions, type Sessions } from './sessions/sessions.ts';
import { createIntrospector, type Introspect } from './tokens/introspect.ts';
import { createInstallationTokens } from './tokens/installation-tokens.ts';
import type { LegacyTokens } from './tokens/legacy-tokens.ts';
import { createTokenMint, type CustomTokenClaims, type MintedToken } from './tokens/mint.ts';
import { assertCustomType, freeClaims } from './tokens/reserved.ts';
import type { TokenExpectations, Verdict } from './tokens/verify.ts';
import { startUpkeep } from './upkeep.ts';

/** All capabilities, joined. It decides everything and knows neither HTTP nor SQL. */
export interface Engine {
  readonly context: EngineContext;
  readonly keys: KeyKeeper;
  readonly sessions: Sessions;
  readonly csrfTokens: CsrfTokens;
  readonly probes: Probes;
  /** What browsers have that are given no tokens. */
  readonly opaqueSessions: OpaqueSessions;
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
  /** What browsers report of pages. */
  readonly pageReports: PageReports;
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
  const whenRestored = [() => settler.forget(), () => keys.restored()];
  const log = await joinLog(context, keys, lifetimes.forRevocations, () => {
    for (const forget of whenRestored) forget();
  });
  const { view, following, revoker } = log;
  const opaqueSessions = createOpaqueSessions({ context, keys, view });
  whenRestored.push(() => opaqueSessions.forget());
  const mint = createTokenMint(context, keys);
  const refresher = new Refresher({ context, keys, mint, revoker });
  const sessions = createSessions({ context, keys, refresher, revoker });
  const tokens = createInstallationTokens({ context, keys, view, settler, legacy: options.legacy });
  const accounts = options.accounts && (await createAccounts(context, options.accounts));
  const clients = createClients(context);
  const feed = createFeed({ context, keys, view, following, clients });
  const receipts = createReceipts(context);
  const pageReports = createPageReports(context);
  const stopUpkeep = startUpkeep(context, view);
  const stopSchedule = startKeySchedule(context, keys);

  return {
    context,
    keys,
    sessions,
    csrfTokens: createCsrfTokens(keys),
    probes: createProbes(context, keys),
    opaqueSessions,
    refresher,
    revoker,
    accounts,
    clients,
    receipts,
    feed,
    pageReports,
    useReports: createUseReports(clock, settler),
    introspect: createIntrospector({
      context,
      keys,
      verify: (token, expected) => tokens.verifyOwn(token, expected),
      catchUp: () => following.catchUp(),
    }),
    verify: (token, expected) => tokens.verify(token, expected),
    verifyCustom: (token, typ, expected) => tokens.verifyCustom(token, typ, expected),
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
      pageReports.close();
      stopSchedule();
      feed.close();
      log.stop();
      await settler.flush().catch(() => undefined);
      await opaqueSessions.flush();
      await receipts.close();
      await context.relay?.link.close();
      await store.close();
    },
  };
}
