import { isOpaqueId } from '../crypto/opaque-id.ts';
import { isJsonObject } from '../domain/json.ts';
import type { Engine } from '../engine/engine.ts';
import { MAX_ACCESS_TTL_SECONDS } from '../engine/limits.ts';
import { assertText, audienceList } from '../engine/sessions/session-input.ts';
import { ArgumentError } from '../errors/watchword-error.ts';
import { createConnectGuard, type GuardOptions, type HttpFace } from '../http/index.ts';
import type { Events } from './event-hub.ts';
import { createExpect, verifiedOrThrow, type Expect } from './expectations.ts';
import { presentAccounts } from './present-accounts.ts';
import { presentClients } from './present-clients.ts';
import { presentFeed } from './present-feed.ts';
import { presentHttp } from './present-http.ts';
import { presentKeys } from './present-keys.ts';
import { presentRevoke } from './present-revoke.ts';
import { presentSessions } from './present-sessions.ts';
import { refuseUnknownOptions } from './unknown-options.ts';
import type { EffectiveSettings, IssueToken, Watchword } from './watchword.ts';

const ISSUE_NAMES: readonly (keyof IssueToken)[] = ['typ', 'subject', 'audience', 'ttlSeconds', 'claims'];
/** 30 days: by then every session that the backup knew has refreshed or expired. */
const LONGEST_ACCEPTANCE_SECONDS = 2_592_000;

/** The engine as its users see it: promises and exceptions in place of unions. */
export function presentWatchword(engine: Engine, http: HttpFace, events: Events): Watchword {
  const { settings } = engine.context;
  const expect = createExpect(settings);
  const face = presentHttp(http, settings);
  const verify: Watchword['verify'] = (accessToken, options) =>
    verifiedOrThrow(engine.verify(accessToken, expect('verify', options)));

  return {
    sessions: presentSessions(engine),
    settings: presentSettings(engine),
    clients: presentClients(engine),
    accounts: presentAccounts(engine),
    tokens: presentCustomTokens(engine, expect),
    verify,
    async authenticate(credential, options) {
      if (!isOpaqueId(credential)) return verify(credential, options);
      const expected = expect('authenticate', options);
      return verifiedOrThrow(await engine.opaqueSessions.judge(credential, expected));
    },
    require(...given: readonly [options?: GuardOptions]) {
      // `app.get('/me', auth.require, …)` would have it called with each request.
      if (given.length > 1) {
        throw new ArgumentError('`auth.require` makes a guard and is none: write `auth.require()`.');
      }
      return createConnectGuard(face.guard('require', given[0]));
    },
    revoke: presentRevoke(engine),
    feed: presentFeed(engine),
    keys: presentKeys(engine),
    events,
    http: face,
    async acceptRestore(options) {
      refuseUnknownOptions('acceptRestore', options, ['forSeconds'], ArgumentError);
      const { forSeconds } = options;
      if (!Number.isInteger(forSeconds) || forSeconds < 60 || forSeconds > LONGEST_ACCEPTANCE_SECONDS) {
        throw new ArgumentError(
          `\`forSeconds\` has to be a whole number from 60 to ${LONGEST_ACCEPTANCE_SECONDS}.`,
        );
      }
      return { untilMs: await engine.acceptRestore(forSeconds * 1000) };
    },
    selfCheck: () => http.selfCheck(),
    isReady: () => engine.context.store.isReady(),
    close: () => engine.close(),
  };
}

function presentCustomTokens(engine: Engine, expect: Expect): Watchword['tokens'] {
  return {
    async issue(input) {
      refuseUnknownOptions('tokens.issue', input, ISSUE_NAMES, ArgumentError);
      const { typ, subject, ttlSeconds, claims = {} } = input;
      assertText('subject', subject);
      if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > MAX_ACCESS_TTL_SECONDS) {
        throw new ArgumentError(
          `\`ttlSeconds\` has to be a whole number from 1 to ${MAX_ACCESS_TTL_SECONDS}.`,
        );
      }
      if (!isJsonObject(claims)) throw new ArgumentError('`claims` has to be an object.');
      const audience = audienceList(input.audience) ?? engine.context.settings.audience;
      return (await engine.issueCustom({ typ, subject, audience, ttlMs: ttlSeconds * 1000, claims })).text;
    },
    verify: (token, { typ, ...options }) =>
      verifiedOrThrow(engine.verifyCustom(token, typ, expect('tokens.verify', options))),
  };
}

/** Member by member: what the engine is told besides is nobody's business. */
function presentSettings({ context }: Engine): EffectiveSettings {
  const { settings } = context;
  return Object.freeze({
    issuer: settings.issuer,
    audience: settings.audience,
    algorithm: settings.algorithmIsFixed ? settings.algorithm : undefined,
    accessTtlMs: settings.accessTtlMs,
    idleTtlMs: settings.idleTtlMs,
    absoluteTtlMs: settings.absoluteTtlMs,
    unrememberedTtlMs: settings.unrememberedTtlMs,
    browserSessions: settings.browserSessions,
    sessionLimit: settings.sessionLimit,
    chain: settings.chain,
    maxStalenessMs: settings.maxStalenessMs,
  });
}
