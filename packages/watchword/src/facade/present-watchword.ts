import { parseKeyId, parseSessionId, parseTokenId } from '../domain/ids.ts';
import { isJsonObject } from '../domain/json.ts';
import { targetBeforeMs, targetId, type RevocationRecord } from '../domain/revocation.ts';
import { SIGNING_ALGORITHMS } from '../domain/signing-key.ts';
import type { Engine } from '../engine/engine.ts';
import { MAX_ACCESS_TTL_SECONDS } from '../engine/limits.ts';
import { assertText, audienceList } from '../engine/sessions/session-input.ts';
import { ArgumentError } from '../errors/watchword-error.ts';
import { createConnectGuard, type HttpFace } from '../http/index.ts';
import type { RevocationRequest, RevocationResult } from '../ports/store/revocation-log.ts';
import type { Events } from './event-hub.ts';
import { createExpect, verifiedOrThrow, type Expect } from './expectations.ts';
import { pageLimit } from './page-limit.ts';
import { presentAccounts } from './present-accounts.ts';
import { presentClients } from './present-clients.ts';
import { presentSessions, START_NAMES } from './present-sessions.ts';
import { refuseUnknownOptions } from './unknown-options.ts';
import type { EffectiveSettings, IssueToken, LoggedRevocation, Revoked, Watchword } from './watchword.ts';

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
    settings: presentSettings(engine),
    clients: presentClients(engine),
    accounts: presentAccounts(engine),
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
    sessionLimit: settings.sessionLimit,
    chain: settings.chain,
    maxStalenessMs: settings.maxStalenessMs,
  });
}

function presentRevoke({ revoker, context, revocationsAgeMs }: Engine): Watchword['revoke'] {
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
    async log(query = {}) {
      refuseUnknownOptions('revoke.log', query, ['after', 'limit'], ArgumentError);
      const { after = 0, limit } = query;
      if (!Number.isInteger(after) || after < 0) {
        throw new ArgumentError('`after` has to be the number of an entry: 0, or more.');
      }
      const { revocations } = context.store;
      const records = await revocations.readAfter(after, pageLimit(limit));
      const { epoch, sequence } = await revocations.head();
      return { records: records.map(presentRecord), head: { epoch, sequence } };
    },
    ageMs: () => revocationsAgeMs(),
  };
}

function presentKeys({ keys, revoker }: Engine): Watchword['keys'] {
  return {
    list: () => keys.list(),
    async rotate(options = {}) {
      refuseUnknownOptions('keys.rotate', options, ['algorithm'], ArgumentError);
      const { algorithm = keys.usualAlgorithm() } = options;
      if (!SIGNING_ALGORITHMS.includes(algorithm)) {
        throw new ArgumentError(`\`algorithm\` has to be one of ${SIGNING_ALGORITHMS.join(', ')}.`);
      }
      return keys.rotate(algorithm);
    },
    rotateRefreshKey: () => keys.rotateRefreshKey(),
    rewrap: async () => ({ rows: await keys.rewrap() }),
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

function presentRecord({ sequence, target, atMs, expiresMs }: RevocationRecord): LoggedRevocation {
  const beforeMs = targetBeforeMs(target);
  const { kind } = target;
  const entry = { sequence, kind, target: targetId(target), atMs, expiresMs };
  return beforeMs === 0 ? entry : { ...entry, beforeMs };
}

function presentRevoked({ head }: RevocationResult): Revoked {
  return { sequence: head.sequence };
}

function refuseId(sentence: string): never {
  throw new ArgumentError(sentence);
}
