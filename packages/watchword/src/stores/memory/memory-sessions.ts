import type { ChainState } from '../../domain/refresh-chain.ts';
import type { SessionPlace } from '../../domain/place.ts';
import { sessionStatus, type Session, type SessionRecord } from '../../domain/session.ts';
import type { EpochMs } from '../../domain/time.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { RevocationResult } from '../../ports/store/revocation-log.ts';
import type {
  ChainStep,
  ScannedSessions,
  SessionRoom,
  SessionScan,
  SessionStore,
} from '../../ports/store/session-store.ts';
import type { StoreContext } from '../../ports/store/store.ts';
import { sessionStartMs } from '../revocation-entry.ts';
import { keepExchange, refuseExchanged } from './memory-exchanges.ts';
import { revokeInMemory } from './memory-revocations.ts';
import { asItStands, greatestCutoffMs, type MemoryState } from './memory-state.ts';

/** Each method does its work without awaiting anything, which is what makes it atomic. */
export function createMemorySessions(state: MemoryState, context: StoreContext): SessionStore {
  const { clock } = context;

  function prepare(subject: string, build: (startedMs: EpochMs) => SessionRecord): SessionRecord {
    const record = build(sessionStartMs(clock.nowMs(), greatestCutoffMs(state, subject)));
    if (state.sessions.has(record.session.id)) {
      throw new WatchwordError('ERR_INTERNAL', { detail: 'a session with this id exists already' });
    }
    return structuredClone(record);
  }

  function keep(record: SessionRecord): SessionRecord {
    state.sessions.set(record.session.id, record);
    return structuredClone(record);
  }

  function newestFirst(): Session[] {
    return [...state.sessions.values()]
      .map((record) => asItStands(state, record.session))
      .toSorted((a, b) => (a.id < b.id ? 1 : -1));
  }

  function liveSessions(subject: string): Session[] {
    return newestFirst().filter((session) => session.subject === subject && isLive(session));
  }

  function isLive(session: Session): boolean {
    return sessionStatus(session, clock.nowMs()) === 'live';
  }

  function scan({ subject, before, rows }: SessionScan): ScannedSessions {
    const looked = newestFirst()
      .filter((session) => subject === undefined || session.subject === subject)
      .filter(({ id }) => before === undefined || id < before)
      .slice(0, rows);
    const live = looked.filter(isLive).map((session) => structuredClone(session));
    return { live, next: looked.length === rows ? looked.at(-1)?.id : undefined };
  }

  function makeRoom(room: SessionRoom, subject: string): RevocationResult | undefined {
    const counted = liveSessions(subject).filter(({ id }) => id !== room.except);
    const superfluous = counted.slice(room.perSubject - 1);
    if (superfluous.length === 0) return undefined;
    if (room.whenReached === 'refuse') throw new WatchwordError('ERR_SESSION_LIMIT');
    const requests = superfluous.map(({ id }) => {
      return { kind: 'session', sessionId: id, reason: 'displaced' } as const;
    });
    return revokeInMemory(state, context, requests, room.lifetimes);
  }

  return {
    start: async (subject, build, exchange) => {
      refuseExchanged(state, exchange);
      const record = prepare(subject, build);
      keepExchange(state, exchange, record.session.id, clock.nowMs());
      return keep(record);
    },

    startWithin: async (room, subject, build, exchange) => {
      refuseExchanged(state, exchange);
      const record = prepare(subject, build);
      const displaced = makeRoom(room, subject);
      keepExchange(state, exchange, record.session.id, clock.nowMs());
      return { displaced, record: keep(record) };
    },

    find: async (id) => {
      const record = state.sessions.get(id);
      if (record === undefined) return undefined;
      const session = asItStands(state, record.session);
      return { record: structuredClone({ ...record, session }), nowMs: clock.nowMs() };
    },

    listLive: async (subject, limit) =>
      liveSessions(subject)
        .slice(0, Math.max(0, limit))
        .map((session) => structuredClone(session)),

    scanLive: async (look) => scan(look),

    countLive: async (look) => {
      const { live, next } = scan(look);
      return { live: live.length, next };
    },

    advance: async (step) => {
      const record = state.sessions.get(step.sessionId);
      if (record === undefined || !mayAdvance(state, record, step)) return 'conflict';
      const { lastRefreshedMs, idleExpiresMs, place } = step;
      state.sessions.set(step.sessionId, {
        ...record,
        session: { ...movedTo(record.session, place), lastRefreshedMs, idleExpiresMs },
        chain: { ...step.next },
      });
      return 'advanced';
    },

    settle: async (id, generation) => {
      const record = state.sessions.get(id);
      if (record === undefined || asItStands(state, record.session).ended !== undefined) return false;
      if (record.chain.generation !== generation || record.chain.settled) return false;
      state.sessions.set(id, { ...record, chain: { ...record.chain, settled: true } });
      return true;
    },

    deleteExpired: async (beforeMs, limit) => {
      const expired = [...state.sessions.values()]
        .filter((record) => record.session.absoluteExpiresMs < beforeMs)
        .slice(0, Math.max(0, limit));
      for (const record of expired) state.sessions.delete(record.session.id);
      return expired.length;
    },
  };
}

function movedTo(session: Session, place: SessionPlace | undefined): Session {
  if (place === undefined) return session;
  const { addressPrefix: _, userAgent: __, ...rest } = session;
  return { ...rest, ...place };
}

function mayAdvance(state: MemoryState, record: SessionRecord, step: ChainStep): boolean {
  const { session, chain } = record;
  return asItStands(state, session).ended === undefined && isSameChain(chain, step.expected);
}

function isSameChain(a: ChainState, b: ChainState): boolean {
  return (
    a.generation === b.generation &&
    a.keyVersion === b.keyVersion &&
    a.deliveredMs === b.deliveredMs &&
    a.settled === b.settled &&
    a.late === b.late &&
    a.lateDelivery === b.lateDelivery
  );
}
