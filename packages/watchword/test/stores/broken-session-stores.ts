import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import { broken, replace, withoutCutoffs, type BrokenStore } from './broken-store.ts';

export const brokenChains: readonly BrokenStore[] = [
  broken('advance compares nothing', 'advance compares every field of the chain', ({ sessions }) => ({
    sessions: replace(sessions, {
      advance: async (step) => {
        const reading = await sessions.find(step.sessionId);
        return sessions.advance({ ...step, expected: reading?.record.chain ?? step.expected });
      },
    }),
  })),
  broken(
    'advance compares the generation alone',
    'advance compares every field of the chain',
    ({ sessions }) => ({
      sessions: replace(sessions, {
        advance: async (step) => {
          const reading = await sessions.find(step.sessionId);
          if (reading?.record.chain.generation !== step.expected.generation) return 'conflict';
          return sessions.advance({ ...step, expected: reading.record.chain });
        },
      }),
    }),
  ),
  broken(
    'advance reads, lets others in, and writes',
    'concurrent equal steps exactly one advances',
    (store, { state }) => ({
      sessions: replace(store.sessions, {
        advance: async (step) => {
          const record = state.sessions.get(step.sessionId);
          if (record === undefined || record.session.ended !== undefined) return 'conflict';
          if (JSON.stringify(record.chain) !== JSON.stringify(step.expected)) return 'conflict';
          await nextLoopTurn();
          const { lastRefreshedMs, idleExpiresMs } = step;
          const session = { ...record.session, lastRefreshedMs, idleExpiresMs };
          state.sessions.set(step.sessionId, { ...record, session, chain: step.next });
          return 'advanced';
        },
      }),
    }),
  ),
  broken(
    'an ended session advances',
    'a session that has ended never advances',
    ({ sessions }, { state }) => ({
      sessions: replace(sessions, {
        advance: async (step) => {
          const record = state.sessions.get(step.sessionId);
          if (record?.session.ended === undefined) return sessions.advance(step);
          const { ended: _, ...session } = record.session;
          state.sessions.set(step.sessionId, { ...record, session });
          const outcome = await sessions.advance(step);
          const after = state.sessions.get(step.sessionId) ?? record;
          const { ended } = record.session;
          state.sessions.set(step.sessionId, { ...after, session: { ...after.session, ended } });
          return outcome;
        },
      }),
    }),
  ),
  broken(
    'advance ignores cut-offs',
    'advance refuses a row that started before a cut-off',
    ({ sessions }, { state }) => ({
      sessions: replace(sessions, { advance: (step) => withoutCutoffs(state, () => sessions.advance(step)) }),
    }),
  ),
  broken('advance forgets the idle expiry', 'advance sets the chain and the two times', ({ sessions }) => ({
    sessions: replace(sessions, {
      advance: (step) => sessions.advance({ ...step, idleExpiresMs: step.lastRefreshedMs }),
    }),
  })),
  broken('settle is told but lost', 'settle marks the newest generation once', ({ sessions }, { state }) => ({
    sessions: replace(sessions, {
      settle: async (id, generation) => {
        const record = state.sessions.get(id);
        const outcome = await sessions.settle(id, generation);
        if (record !== undefined) state.sessions.set(id, record);
        return outcome;
      },
    }),
  })),
  broken('settle marks any generation', 'settle leaves other generations', ({ sessions }, { state }) => ({
    sessions: replace(sessions, {
      settle: (id, generation) => sessions.settle(id, state.sessions.get(id)?.chain.generation ?? generation),
    }),
  })),
];

export const brokenSessions: readonly BrokenStore[] = [
  broken('start ignores cut-offs', 'cut off in this millisecond starts later', ({ sessions }, { state }) => ({
    sessions: replace(sessions, {
      start: (subject, build) => withoutCutoffs(state, () => sessions.start(subject, build)),
    }),
  })),
  broken(
    'start overwrites',
    'a second session with the id of another is refused',
    ({ sessions }, { state }) => ({
      sessions: replace(sessions, {
        start: (subject, build) =>
          sessions.start(subject, (startedMs) => {
            const record = build(startedMs);
            state.sessions.delete(record.session.id);
            return record;
          }),
      }),
    }),
  ),
  broken('startWithin knows no limit', 'startWithin ends the oldest', ({ sessions }) => ({
    sessions: replace(sessions, {
      startWithin: async (_, subject, build) => ({
        record: await sessions.start(subject, build),
        displaced: undefined,
      }),
    }),
  })),
  broken('startWithin lets one more in', 'none brings a subject above its limit', ({ sessions }) => ({
    sessions: replace(sessions, {
      startWithin: (room, subject, build) =>
        sessions.startWithin({ ...room, perSubject: room.perSubject + 1 }, subject, build),
    }),
  })),
  broken('startWithin counts what is replaced', 'nor the one that is to be replaced', ({ sessions }) => ({
    sessions: replace(sessions, {
      startWithin: (room, subject, build) =>
        sessions.startWithin({ ...room, except: undefined }, subject, build),
    }),
  })),
  broken('startWithin never refuses', 'refuses where it may end nobody', ({ sessions }) => ({
    sessions: replace(sessions, {
      startWithin: (room, subject, build) =>
        sessions.startWithin({ ...room, whenReached: 'end_oldest' }, subject, build),
    }),
  })),
  broken('advance forgets the place', 'advance sets the chain and the two times', ({ sessions }) => ({
    sessions: replace(sessions, { advance: (step) => sessions.advance({ ...step, place: {} }) }),
  })),
  broken(
    'find gives the row itself',
    'what goes in and what comes out are copies',
    ({ sessions }, { state, context }) => ({
      sessions: replace(sessions, {
        find: async (id) => {
          const record = state.sessions.get(id);
          return record === undefined ? undefined : { record, nowMs: context.clock.nowMs() };
        },
      }),
    }),
  ),
  broken(
    'listLive lists what expired idle',
    'listLive leaves out what has ended',
    ({ sessions }, { state }) => ({
      sessions: replace(sessions, {
        listLive: async (subject, limit) =>
          [...state.sessions.values()]
            .map(({ session }) => structuredClone(session))
            .filter((session) => session.subject === subject && session.ended === undefined)
            .toReversed()
            .slice(0, limit),
      }),
    }),
  ),
  broken(
    'deleteExpired deletes what is idle',
    'deleteExpired deletes sessions whose absolute',
    ({ sessions }, { state }) => ({
      sessions: replace(sessions, {
        deleteExpired: async (beforeMs, limit) => {
          const idle = [...state.sessions.values()].filter(({ session }) => session.idleExpiresMs < beforeMs);
          for (const { session } of idle.slice(0, limit)) state.sessions.delete(session.id);
          return Math.min(idle.length, limit);
        },
      }),
    }),
  ),
];
