import { parseKeyId, parseSessionId, parseTokenId } from '../domain/ids.ts';
import { isJsonObject } from '../domain/json.ts';
import { SIGNING_ALGORITHMS } from '../domain/signing-key.ts';
import type { Engine } from '../engine/engine.ts';
import { MAX_ACCESS_TTL_SECONDS } from '../engine/limits.ts';
import type { IssuedTokens, RefreshOutcome } from '../engine/refresh/outcome.ts';
import {
  assertCaller,
  assertText,
  audienceList,
  DEFAULT_CLIENT_ID,
  type StartSession,
} from '../engine/sessions/session-input.ts';
import { ArgumentError, WatchwordError } from '../errors/watchword-error.ts';
import { createConnectGuard, type HttpFace } from '../http/index.ts';
import type { RevocationRequest, RevocationResult } from '../ports/store/revocation-log.ts';
import type { Events } from './event-hub.ts';
import { createExpect, verifiedOrThrow, type Expect } from './expectations.ts';
import { refuseUnknownOptions } from './unknown-options.ts';
import type { IssueToken, RefreshOptions, Revoked, SessionTokens, Watchword } from './watchword.ts';

const START_NAMES: readonly (keyof StartSession)[] = [
  'subject',
  'audience',
  'scope',
  'amr',
  'claims',
  'client',
  'remember',
  'address',
  'userAgent',
];
const REFRESH_NAMES: readonly (keyof RefreshOptions)[] = ['client', 'address', 'userAgent'];
const ISSUE_NAMES: readonly (keyof IssueToken)[] = ['typ', 'subject', 'audience', 'ttlSeconds', 'claims'];
/** 30 days: by then every session that the backup knew has refreshed or expired. */
const LONGEST_ACCEPTANCE_SECONDS = 2_592_000;

/** The engine as its users see it: promises and exceptions in place of unions. */
export function presentWatchword(engine: Engine, http: HttpFace, events: Events): Watchword {
  const { settings } = engine.context;
  const expect = createExpect(settings);
  const verify: Watchword['verify'] = (accessToken, options) =>
    verifiedOrThrow(engine.verify(accessToken, expect('verify', options)));

  return {
    sessions: presentSessions(engine),
    tokens: presentCustomTokens(engine, expect),
    verify,
    authenticate: async (credential, options) => verify(credential, options),
    require: (options) => createConnectGuard(http, expect('require', options)),
    revoke: presentRevoke(engine),
    keys: presentKeys(engine),
    events,
    http: {
      ...http,
      async startCookieSession(request, input) {
        refuseUnknownOptions('signIn', input, START_NAMES, ArgumentError);
        return http.startCookieSession(request, input);
      },
    },
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
    isReady: () => engine.context.store.isReady(),
    close: () => engine.close(),
  };
}

function presentSessions({ sessions, refresher }: Engine): Watchword['sessions'] {
  return {
    async start(input) {
      refuseUnknownOptions('sessions.start', input, START_NAMES, ArgumentError);
      return presentTokens(await sessions.start(input, 'body'));
    },
    async refresh(refreshToken, options = {}) {
      refuseUnknownOptions('sessions.refresh', options, REFRESH_NAMES, ArgumentError);
      assertCaller(options);
      const { client = DEFAULT_CLIENT_ID, ...caller } = options;
      const channel = { ...caller, clientId: client, delivery: 'body' } as const;
      return presentTokens(tokensOrThrow(await refresher.refresh(refreshToken, channel)));
    },
    list: (subject) => sessions.list(subject),
    async get(id) {
      const sessionId = parseSessionId(id);
      return sessionId && (await sessions.get(sessionId))?.session;
    },
    async endOthers(subject, keep) {
      assertText('subject', subject);
      const sessionId = parseSessionId(keep) ?? refuseId('`keep` has to be the id of a session, a UUIDv7.');
      return { ended: await sessions.endOthers(subject, sessionId) };
    },
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

function presentRevoke({ revoker }: Engine): Watchword['revoke'] {
  async function revoke(request: RevocationRequest): Promise<Revoked> {
    return presentRevoked(await revoker.revoke([request]));
  }
  return {
    async token(jti) {
      const tokenId = parseTokenId(jti) ?? refuseId('`jti` has to be the `jti` claim of a token of ours.');
      return revoke({ kind: 'token', tokenId });
    },
    async session(id) {
      const sessionId = parseSessionId(id) ?? refuseId('`id` has to be the id of a session, a UUIDv7.');
      return revoke({ kind: 'session', sessionId, reason: 'revoked' });
    },
    async subject(subject) {
      assertText('subject', subject);
      return revoke({ kind: 'subject', subject });
    },
    all: () => revoke({ kind: 'all' }),
  };
}

function presentKeys({ keys, revoker, context }: Engine): Watchword['keys'] {
  return {
    list: () => keys.list(),
    async rotate(options = {}) {
      refuseUnknownOptions('keys.rotate', options, ['algorithm'], ArgumentError);
      const { algorithm = context.settings.algorithm } = options;
      if (!SIGNING_ALGORITHMS.includes(algorithm)) {
        throw new ArgumentError(`\`algorithm\` has to be one of ${SIGNING_ALGORITHMS.join(', ')}.`);
      }
      return keys.rotate(algorithm);
    },
    rotateRefreshKey: () => keys.rotateRefreshKey(),
    async compromise(kid) {
      const keyId =
        parseKeyId(kid) ?? refuseId('`kid` has to be the id of a key; `keys.list()` shows those there are.');
      const result = await keys.compromise(keyId);
      revoker.announce(result, 'revoked');
      return presentRevoked(result);
    },
    jwks: () => ({ keys: keys.publicJwks() }),
  };
}

function presentTokens({ session, accessToken, refreshToken }: IssuedTokens): SessionTokens {
  const { text, expiresInSeconds } = accessToken;
  return { accessToken: text, refreshToken, expiresInSeconds, session };
}

function tokensOrThrow(outcome: RefreshOutcome): IssuedTokens {
  switch (outcome.kind) {
    case 'rotated':
    case 'current':
    case 'resent':
    case 'resent_late':
    case 'moved_forward':
      return outcome;
    case 'reused':
      throw new WatchwordError('ERR_REFRESH_INVALID', { detail: 'reused' });
    case 'refused':
      throw new WatchwordError('ERR_REFRESH_INVALID', { detail: outcome.reason });
    case 'ahead':
      throw new WatchwordError('ERR_STORE_ROLLED_BACK');
  }
}

function presentRevoked({ head }: RevocationResult): Revoked {
  return { sequence: head.sequence };
}

function refuseId(sentence: string): never {
  throw new ArgumentError(sentence);
}
