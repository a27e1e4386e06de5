import { parseSessionId } from '../domain/ids.ts';
import type { Engine } from '../engine/engine.ts';
import { tokensOf, type Issued, type RefreshOutcome } from '../engine/refresh/outcome.ts';
import {
  assertCaller,
  assertText,
  DEFAULT_CLIENT_ID,
  type StartSession,
} from '../engine/sessions/session-input.ts';
import { ArgumentError, WatchwordError } from '../errors/watchword-error.ts';
import { pageLimit } from './page-limit.ts';
import { refuseUnknownOptions } from './unknown-options.ts';
import type { RefreshOptions, SessionFilter, SessionTokens, Watchword } from './watchword.ts';

export const START_NAMES: readonly (keyof StartSession)[] = [
  'subject',
  'audience',
  'scope',
  'amr',
  'claims',
  'client',
  'remember',
  'address',
  'userAgent',
  'exchanges',
];
const REFRESH_NAMES: readonly (keyof RefreshOptions)[] = ['client', 'address', 'userAgent'];

export function presentSessions({ sessions, refresher }: Engine): Watchword['sessions'] {
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
      return presentTokens(
        issuedOrThrow(await refresher.refresh({ form: 'token', text: refreshToken }, channel)),
      );
    },
    list: (subject) => sessions.list(subject),
    async page(query = {}) {
      refuseUnknownOptions('sessions.page', query, ['subject', 'after', 'limit'], ArgumentError);
      const { after, limit } = query;
      const before = after === undefined ? undefined : sessionIdOf('after', after);
      const found = await sessions.page({ ...filterOf(query), ...(before && { before }) }, pageLimit(limit));
      return { sessions: found.sessions, ...(found.next !== undefined && { next: found.next }) };
    },
    async count(filter = {}) {
      refuseUnknownOptions('sessions.count', filter, ['subject'], ArgumentError);
      return sessions.count(filterOf(filter).subject);
    },
    async find(id) {
      const sessionId = parseSessionId(id);
      return sessionId && sessions.find(sessionId);
    },
    async get(id) {
      const sessionId = parseSessionId(id);
      return sessionId && (await sessions.get(sessionId))?.session;
    },
    async endOthers(subject, keep) {
      assertText('subject', subject);
      return { ended: await sessions.endOthers(subject, sessionIdOf('keep', keep)) };
    },
  };
}

function filterOf({ subject }: SessionFilter): SessionFilter {
  if (subject === undefined) return {};
  assertText('subject', subject);
  return { subject };
}

function sessionIdOf(name: string, text: string) {
  const sessionId = parseSessionId(text);
  if (sessionId === undefined) {
    throw new ArgumentError(`\`${name}\` has to be the id of a session, a UUIDv7.`);
  }
  return sessionId;
}

function presentTokens(issued: Issued): SessionTokens {
  const { session, accessToken, refreshToken } = tokensOf(issued);
  const { text, expiresInSeconds } = accessToken;
  return { accessToken: text, refreshToken, expiresInSeconds, session };
}

function issuedOrThrow(outcome: RefreshOutcome): Issued {
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
