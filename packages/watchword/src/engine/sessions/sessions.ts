import type { SessionId } from '../../domain/ids.ts';
import { createSessionId } from '../../domain/ids.ts';
import { startChain, type ChainPolicy, type ChainState } from '../../domain/refresh-chain.ts';
import type { Delivery, Session, SessionEndReason, SessionRecord } from '../../domain/session.ts';
import { sessionStatus } from '../../domain/session.ts';
import { epochMs, type EpochMs } from '../../domain/time.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { RevocationResult } from '../../ports/store/revocation-log.ts';
import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import { MAX_LISTED_SESSIONS } from '../limits.ts';
import type { IssuedTokens } from '../refresh/outcome.ts';
import { proveRefreshToken } from '../refresh/prove.ts';
import type { Refresher } from '../refresh/rotate.ts';
import type { Revoker } from '../revocation/revoke.ts';
import { completeSessionInput, type SessionInput, type StartSession } from './session-input.ts';

/** A live session and where its chain stands: what its own user may see. */
export interface SessionWithChain {
  readonly session: Session;
  readonly chain: ChainState;
  readonly policy: ChainPolicy;
}

export interface Sessions {
  /** Rejects with `ERR_SESSION_LIMIT` where the subject has no room left; `replaced` is a session that needs none. */
  start(input: StartSession, delivery: Delivery, replaced?: SessionId): Promise<IssuedTokens>;
  /** A live session; `undefined` if it is unknown, ended or expired. */
  get(id: SessionId): Promise<SessionWithChain | undefined>;
  /** A subject's live sessions, newest first. */
  list(subject: string): Promise<readonly Session[]>;
  end(id: SessionId, reason: SessionEndReason): Promise<RevocationResult>;
  /** Ends all live sessions of the subject but one; says how many. */
  endOthers(subject: string, keep: SessionId): Promise<number>;
  /** The session that a refresh token of any generation belongs to, for signing out; `undefined` if it proves nothing. */
  ofRefreshToken(text: unknown): Promise<SessionId | undefined>;
}

const SHARE_BYTES = 32;
const SESSION_ID_RANDOM_BYTES = 10;

export interface SessionsParts {
  readonly context: EngineContext;
  readonly keys: KeyKeeper;
  readonly refresher: Refresher;
  readonly revoker: Revoker;
}

export function createSessions({ context, keys, refresher, revoker }: SessionsParts): Sessions {
  const { settings, clock, random, store, events } = context;

  function buildRecord(input: SessionInput, startedMs: EpochMs): SessionRecord {
    const longestMs = input.remembered ? settings.absoluteTtlMs : settings.unrememberedTtlMs;
    const absoluteExpiresMs = epochMs(startedMs + longestMs);
    return {
      session: {
        ...input,
        id: createSessionId(startedMs, random.bytes(SESSION_ID_RANDOM_BYTES)),
        authenticatedMs: clock.nowMs(),
        startedMs,
        lastRefreshedMs: startedMs,
        idleExpiresMs: epochMs(Math.min(startedMs + settings.idleTtlMs, absoluteExpiresMs)),
        absoluteExpiresMs,
      },
      chain: startChain(keys.newestRefreshKey().version),
      share: random.bytes(SHARE_BYTES),
    };
  }

  async function startRecord(input: SessionInput, replaced: SessionId | undefined): Promise<SessionRecord> {
    const { subject } = input;
    const build = (startedMs: EpochMs): SessionRecord => buildRecord(input, startedMs);
    if (settings.sessionLimit === undefined) return store.sessions.start(subject, build);
    const room = { ...settings.sessionLimit, except: replaced, lifetimes: await revoker.lifetimes() };
    try {
      const { record, displaced } = await store.sessions.startWithin(room, subject, build);
      if (displaced !== undefined) revoker.announce(displaced, 'displaced');
      return record;
    } catch (error) {
      if (error instanceof WatchwordError && error.code === 'ERR_SESSION_LIMIT') {
        events.record('session_refused', { subject, reason: 'session_limit' });
      }
      throw error;
    }
  }

  return {
    async start(input, delivery, replaced) {
      const complete = completeSessionInput(input, delivery, settings.audience);
      const { subject, clientId } = complete;
      const record = await startRecord(complete, replaced);
      events.record('session_started', { sessionId: record.session.id, subject, clientId, delivery });
      try {
        return await refresher.firstTokens(record);
      } catch (error) {
        // A hook of the application has failed; nobody will ever hold the tokens of this session.
        await revoker.revoke([{ kind: 'session', sessionId: record.session.id, reason: 'revoked' }]);
        throw error;
      }
    },

    async get(id) {
      const reading = await store.sessions.find(id);
      if (reading === undefined || sessionStatus(reading.record.session, reading.nowMs) !== 'live')
        return undefined;
      const { session, chain } = reading.record;
      return { session, chain, policy: settings.chain };
    },

    list: (subject) => store.sessions.listLive(subject, MAX_LISTED_SESSIONS),

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

    async ofRefreshToken(text) {
      const proof = await proveRefreshToken(text, context, keys);
      return proof.kind === 'proven' ? proof.token.sessionId : undefined;
    },
  };
}
