import { WatchwordError } from '../../errors/watchword-error.ts';
import type { AccountStore } from '../../ports/store/account-store.ts';
import type { MemoryState } from './memory-state.ts';

export function createMemoryAccounts(state: MemoryState): AccountStore {
  return {
    create: async (record, address) => {
      if (state.accountIdsByEmail.has(address.key)) return 'email_taken';
      if (state.accounts.has(record.account.id)) {
        throw new WatchwordError('ERR_INTERNAL', { detail: 'an account with this id exists already' });
      }
      state.accounts.set(record.account.id, structuredClone(record));
      state.accountIdsByEmail.set(address.key, record.account.id);
      return 'created';
    },

    findByEmail: async (key) => {
      const id = state.accountIdsByEmail.get(key);
      return id === undefined ? undefined : structuredClone(state.accounts.get(id));
    },

    find: async (id) => structuredClone(state.accounts.get(id)),

    replaceHash: async (id, expected, next) => {
      const record = state.accounts.get(id);
      if (record?.passwordHash !== expected) return false;
      state.accounts.set(id, { ...record, passwordHash: next });
      return true;
    },
  };
}
