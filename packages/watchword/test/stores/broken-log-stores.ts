import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import { createMemoryState } from '../../src/stores/memory/memory-state.ts';
import { createMemoryStore } from '../../src/stores/memory/memory.ts';
import { broken, replace, withoutCutoffs, type BrokenStore } from './broken-store.ts';

export const brokenLogs: readonly BrokenStore[] = [
  broken(
    'sequence numbers have gaps',
    'the log is a chain of hashes without gaps',
    ({ revocations }, { state }) => ({
      revocations: replace(revocations, {
        revoke: async (requests, lifetimes) => {
          state.head = { ...state.head, sequence: state.head.sequence + 1 };
          return revocations.revoke(requests, lifetimes);
        },
      }),
    }),
  ),
  broken(
    'the number is taken before others are done',
    'concurrent revocations get numbers without gaps',
    (store, { state }) => ({
      revocations: replace(store.revocations, {
        revoke: async (requests, lifetimes) => {
          const { head } = state;
          await nextLoopTurn();
          state.head = head;
          return store.revocations.revoke(requests, lifetimes);
        },
      }),
    }),
  ),
  broken(
    'hashes do not cover the predecessor',
    'the log is a chain of hashes',
    ({ revocations }, { state }) => ({
      revocations: replace(revocations, {
        revoke: async (requests, lifetimes) => {
          state.head = { ...state.head, hash: new Uint8Array(32) };
          return revocations.revoke(requests, lifetimes);
        },
      }),
    }),
  ),
  broken(
    'every process that notices a loss begins another epoch',
    'a new epoch is begun once',
    ({ revocations }) => ({
      revocations: replace(revocations, {
        beginEpoch: async () => revocations.beginEpoch((await revocations.head()).epoch),
      }),
    }),
  ),
  broken(
    'a cut-off is the clock’s time',
    'a cut-off lies after every session that it covers',
    ({ revocations }, { context }) => ({
      revocations: replace(revocations, {
        revoke: async (requests, lifetimes) => {
          const result = await revocations.revoke(requests, lifetimes);
          const beforeMs = context.clock.nowMs();
          const records = result.records.map((record) =>
            'beforeMs' in record.target ? { ...record, target: { ...record.target, beforeMs } } : record,
          );
          return { ...result, records };
        },
      }),
    }),
  ),
  broken('a cut-off is lowered', 'a later cut-off under a clock set back', ({ revocations }, { state }) => ({
    revocations: replace(revocations, {
      revoke: async (requests, lifetimes) => {
        state.cutoffs.clear();
        return revocations.revoke(requests, lifetimes);
      },
    }),
  })),
  broken('a revocation ends nothing', 'revoking a session ends its row', ({ revocations }, { state }) => ({
    revocations: replace(revocations, {
      revoke: async (requests, lifetimes) => {
        const before = [...state.sessions];
        const result = await revocations.revoke(requests, lifetimes);
        for (const [id, record] of before) state.sessions.set(id, record);
        return result;
      },
    }),
  })),
  broken(
    'revoking a session again appends again',
    'a session that has ended already',
    ({ revocations }, { state }) => ({
      revocations: replace(revocations, {
        revoke: async (requests, lifetimes) => {
          for (const request of requests) {
            const record = request.kind === 'session' ? state.sessions.get(request.sessionId) : undefined;
            if (record === undefined) continue;
            const { ended: _, ...session } = record.session;
            state.sessions.set(session.id, { ...record, session });
          }
          return revocations.revoke(requests, lifetimes);
        },
      }),
    }),
  ),
  broken(
    'readAfter gives what has expired',
    'readAfter leaves out what has expired',
    ({ revocations }, { state }) => ({
      revocations: replace(revocations, {
        readAfter: async (sequence, limit) =>
          structuredClone(state.log.filter((record) => record.sequence > sequence).slice(0, limit)),
      }),
    }),
  ),
  broken(
    'deleteExpired forgets cut-offs too early',
    'deleteExpired keeps a cut-off',
    ({ revocations }, { state }) => ({
      revocations: replace(revocations, {
        deleteExpired: async (beforeMs, limit) => {
          state.cutoffs.clear();
          return revocations.deleteExpired(beforeMs, limit);
        },
      }),
    }),
  ),
  broken(
    'deleteExpired keeps cut-offs for ever',
    'deleteExpired deletes cut-offs that have expired',
    ({ revocations }, { state }) => ({
      revocations: replace(revocations, {
        deleteExpired: (beforeMs, limit) =>
          withoutCutoffs(state, () => revocations.deleteExpired(beforeMs, limit)),
      }),
    }),
  ),
];

export const brokenOthers: readonly BrokenStore[] = [
  broken(
    'one address may have two accounts',
    'sign-ups with one address exactly one',
    ({ accounts }, { state }) => ({
      accounts: replace(accounts, {
        create: async (record, address) => {
          state.accountIdsByEmail.delete(address.key);
          return accounts.create(record, address);
        },
      }),
    }),
  ),
  broken(
    'addresses are unique as they are written',
    'a second account with the key of another',
    ({ accounts }) => ({
      accounts: replace(accounts, {
        create: (record, { text }) => accounts.create(record, { text, key: text }),
        findByEmail: async (key) => accounts.findByEmail(key),
      }),
    }),
  ),
  broken(
    'the key ring is not compared',
    'changes of one key ring exactly one is committed',
    ({ keys }, { state }) => ({
      keys: replace(keys, {
        change: (change) => keys.change({ ...change, expectedRevision: state.keyRevision }),
      }),
    }),
  ),
  broken('a key change revokes even on conflict', 'a change of another revision is a conflict', (store) => ({
    keys: replace(store.keys, {
      change: async ({ revoke, ...change }) => {
        const revocation = revoke && (await store.revocations.revoke(revoke.requests, revoke.lifetimes));
        const outcome = await store.keys.change(change);
        return outcome.kind === 'committed' && revocation ? { ...outcome, revocation } : outcome;
      },
    }),
  })),
  broken('lifetimes are set, not raised', 'lifetimes only grow', (_, { state }) => ({
    raiseLifetimes: async (lifetimes) => (state.lifetimes = { ...lifetimes }),
  })),
  broken('watch does not see keys', 'watch sees what another instance', (store) => ({
    watch: (observer) =>
      store.watch({
        looked: (sighting, sinceMs) => observer.looked({ ...sighting, keyRevision: 0 }, sinceMs),
      }),
  })),
  broken('watch tells of what it saw a look ago', 'a look claims no more than it saw', (store) => ({
    watch: (observer) => {
      let before: Parameters<typeof observer.looked>[0] | undefined;
      return store.watch({
        looked: (sighting, sinceMs) => {
          observer.looked(structuredClone(before ?? sighting), sinceMs);
          before = sighting;
        },
      });
    },
  })),
  broken('a closed store still reads', 'each method rejects with ERR_CLOSED', (store, { state }) => ({
    revocations: replace(store.revocations, { head: async () => structuredClone(state.head) }),
  })),
  broken('instances share nothing', 'closing one instance leaves the others working', (_, { context }) =>
    createMemoryStore(createMemoryState(context.random.bytes(16)), context),
  ),
];
