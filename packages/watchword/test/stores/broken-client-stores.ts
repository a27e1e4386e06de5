import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import type { ScannedSessions } from '../../src/ports/store/session-store.ts';
import { broken, replace, withoutCutoffs, type BrokenStore } from './broken-store.ts';

export const brokenClients: readonly BrokenStore[] = [
  broken('a deleted client leaves no trace', 'its id stays taken', ({ clients }, { state }) => ({
    clients: replace(clients, {
      delete: async (id) => state.clients.get(id) !== undefined && state.clients.delete(id),
    }),
  })),
  broken('create looks, lets others in, and writes', 'concurrent creations', ({ clients }, { state }) => ({
    clients: replace(clients, {
      create: async (record) => {
        if (await clients.isTaken(record.client.id)) return 'id_taken';
        await nextLoopTurn();
        state.clients.set(record.client.id, structuredClone(record));
        return 'created';
      },
    }),
  })),
  broken('replaceSecret reads before it writes', 'concurrent replacements', ({ clients }, { state }) => ({
    clients: replace(clients, {
      replaceSecret: async (id, change) => {
        const before = state.clients.get(id);
        await nextLoopTurn();
        const client = await clients.replaceSecret(id, change);
        const after = state.clients.get(id);
        if (before && after) state.clients.set(id, { ...after, formerSecretHash: before.secretHash });
        return client;
      },
    }),
  })),
  broken('replaceSecret revives who was deleted', 'its id stays taken', ({ clients }, { state }) => ({
    clients: replace(clients, {
      replaceSecret: async (id, change) => {
        if (state.clients.get(id) !== undefined || !state.clients.has(id))
          return clients.replaceSecret(id, change);
        const { secretHash, changedMs } = change;
        const client = { id, name: id, roles: [], createdMs: changedMs, secretChangedMs: changedMs };
        state.clients.set(id, { client, secretHash });
        return client;
      },
    }),
  })),
  broken('a former secret outlives its successor', 'leaves no former secret', ({ clients }, { state }) => ({
    clients: replace(clients, {
      replaceSecret: async (id, change) => {
        const former = state.clients.get(id)?.formerSecretHash;
        const client = await clients.replaceSecret(id, change);
        const after = state.clients.get(id);
        if (after && former) state.clients.set(id, { formerSecretHash: former, ...after });
        return client;
      },
    }),
  })),
];

export const brokenScans: readonly BrokenStore[] = [
  broken('a scan shows what was cut off', 'was cut off, or has expired', ({ sessions }, { state }) => ({
    sessions: replace(sessions, {
      scanLive: (scan) => withoutCutoffs(state, () => sessions.scanLive(scan)),
      countLive: (scan) => withoutCutoffs(state, () => sessions.countLive(scan)),
    }),
  })),
  broken('a scan begins again at the last one', 'however few rows', ({ sessions }) => ({
    sessions: replace(sessions, {
      scanLive: async ({ before, ...scan }) => {
        const look = await sessions.scanLive({ ...scan, ...(before && { before }) });
        const last = before && (await sessions.find(before));
        if (last === undefined || look.next !== undefined) return look;
        return { ...look, live: [...look.live, last.record.session] } satisfies ScannedSessions;
      },
    }),
  })),
  broken('a scan ends where it finds nothing live', 'it found nothing live', ({ sessions }) => ({
    sessions: replace(sessions, {
      scanLive: async (scan) => {
        const look = await sessions.scanLive(scan);
        return look.live.length === 0 ? { live: [], next: undefined } : look;
      },
    }),
  })),
  broken('a scan of one subject shows all', 'simple model', ({ sessions }) => ({
    sessions: replace(sessions, {
      scanLive: ({ subject: _, ...scan }) => sessions.scanLive(scan),
      countLive: ({ subject: _, ...scan }) => sessions.countLive(scan),
    }),
  })),
  broken('a count counts what has ended', 'was cut off, or has expired', ({ sessions }, { state }) => ({
    sessions: replace(sessions, {
      countLive: async (scan) => {
        const look = await sessions.countLive(scan);
        const { rows, subject } = scan;
        return subject === undefined ? { ...look, live: Math.min(rows, state.sessions.size) } : look;
      },
    }),
  })),
];
