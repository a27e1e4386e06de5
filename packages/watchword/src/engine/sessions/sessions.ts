import type { SessionId } from '../../domain/ids.ts';
import type { ChainPolicy, ChainState } from '../../domain/refresh-chain.ts';
import {
  sessionStatus,
  type Delivery,
  type Session,
  type SessionEndReason,
  type SessionStatus,
} from '../../domain/session.ts';
import type { RevocationResult } from '../../ports/store/revocation-log.ts';
import { MAX_LISTED_SESSIONS } from '../limits.ts';
import type { Issued } from '../refresh/outcome.ts';
import { parsePresented, prove, type Presented } from '../refresh/prove.ts';
import { createSessionScan } from './scan.ts';
import type { StartSession } from './session-input.ts';
import { createSessionStart, type SessionsParts } from './start-session.ts';

/** A live session and where its chain stands: what its own user may see. */
export interface SessionWithChain {
  readonly session: Session;
  readonly chain: ChainState;
  readonly policy: ChainPolicy;
}

export interface Sessions {
  /**
   * Rejects with `ERR_SESSION_LIMIT` where the subject has no room left; `replaced` is a session that needs none. Rejects with
   * `ERR_EXCHANGED` where what the input gives up was given up before.
   */
  start(input: StartSession, delivery: Delivery, replaced?: SessionId): Promise<Issued>;
  /** A live session; `undefined` if it is unknown, ended or expired. */
  get(id: SessionId): Promise<SessionWithChain | undefined>;
  /** A subject's live sessions, newest first. */
  list(subject: string): Promise<readonly Session[]>;
  /** The same of everybody, or older than `before`: exactly `limit` unless there are no more. */
  page(query: SessionQuery, limit: number): Promise<SessionPage>;
  /** How many sessions are live, of one subject or of all. */
  count(subject?: string): Promise<number>;
  /** A session whatever has become of it; `undefined` if it is unknown. */
  find(id: SessionId): Promise<{ readonly session: Session; readonly status: SessionStatus } | undefined>;
  end(id: SessionId, reason: SessionEndReason): Promise<RevocationResult>;
  /** Ends all live sessions of the subject but one; says how many. */
  endOthers(subject: string, keep: SessionId): Promise<number>;
  /** The session that a text of the form's shape names: nothing about it is proven. */
  namedBy(presented: Presented): SessionId | undefined;
  /** The session that a generation belongs to, be it an old one, for signing out; `undefined` if it proves nothing. */
  ofPresented(presented: Presented): Promise<SessionId | undefined>;
}

export interface SessionQuery {
  readonly subject?: string;
  readonly before?: SessionId;
}

export interface SessionPage {
  readonly sessions: readonly Session[];
  /** What to ask for next as `before`; `undefined` where there are no more. */
  readonly next: SessionId | undefined;
}

export function createSessions(parts: SessionsParts): Sessions {
  const { context, keys, revoker } = parts;
  const { settings, store } = context;

  return {
    start: createSessionStart(parts),

    async get(id) {
      const reading = await store.sessions.find(id);
      if (reading === undefined || sessionStatus(reading.record.session, reading.nowMs) !== 'live')
        return undefined;
      const { session, chain } = reading.record;
      return { session, chain, policy: settings.chain };
    },

    list: (subject) => store.sessions.listLive(subject, MAX_LISTED_SESSIONS),

    ...createSessionScan(context),

    async find(id) {
      const reading = await store.sessions.find(id);
      if (reading === undefined) return undefined;
      const { session } = reading.record;
      return { session, status: sessionStatus(session, reading.nowMs) };
    },

    end: (sessionId, reason) => revoker.revoke([{ kind: 'session', sessionId, reason }]),

    async endOthers(subject, keep) {
      let ended = 0;
      for (;;) {
        const live = await store.sessions.listLive(subject, MAX_LISTED_SESSIONS);
        const others = live.filter(({ id }) => id !== keep);
        if (others.length === 0) return ended;
        const requests = others.map(
          ({ id }) => ({ kind: 'session', sessionId: id, reason: 'revoked' }) as const,
        );
        ended += (await revoker.revoke(requests)).endedSessions.length;
      }
    },

    namedBy: (presented) => parsePresented(presented)?.sessionId,

    async ofPresented(presented) {
      const proof = await prove(presented, context, keys);
      return proof.kind === 'proven' ? proof.token.sessionId : undefined;
    },
  };
}
