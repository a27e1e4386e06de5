import type { ClientRecord, ClientStore } from '../../ports/store/client-store.ts';
import type { MemoryState } from './memory-state.ts';

export function createMemoryClients({ clients }: MemoryState): ClientStore {
  return {
    create: async (record) => {
      if (clients.has(record.client.id)) return 'id_taken';
      clients.set(record.client.id, structuredClone(record));
      return 'created';
    },

    find: async (id) => structuredClone(clients.get(id)),

    isTaken: async (id) => clients.has(id),

    list: async () =>
      [...clients.values()]
        .filter((record) => record !== undefined)
        .map(({ client }) => structuredClone(client))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),

    replaceSecret: async (id, { secretHash, changedMs, formerUntilMs }) => {
      const record = clients.get(id);
      if (record === undefined) return undefined;
      const { formerSecretUntilMs: _, ...client } = record.client;
      const changed: ClientRecord = {
        client: {
          ...client,
          secretChangedMs: changedMs,
          ...(formerUntilMs !== undefined && { formerSecretUntilMs: formerUntilMs }),
        },
        secretHash,
        ...(formerUntilMs !== undefined && { formerSecretHash: record.secretHash }),
      };
      clients.set(id, structuredClone(changed));
      return structuredClone(changed.client);
    },

    delete: async (id) => {
      const isThere = clients.get(id) !== undefined;
      if (isThere) clients.set(id, undefined);
      return isThere;
    },
  };
}
