import type { KeyStore, StoredRoot } from '../../ports/store/key-store.ts';
import type { StoreContext } from '../../ports/store/store.ts';
import { revokeInMemory } from './memory-revocations.ts';
import type { MemoryState } from './memory-state.ts';

export function createMemoryKeys(state: MemoryState, context: StoreContext): KeyStore {
  return {
    read: async () => ({
      revision: state.keyRevision,
      signingKeys: structuredClone([...state.signingKeys.values()]).toSorted(
        (a, b) => a.key.announcedMs - b.key.announcedMs || (a.key.id < b.key.id ? -1 : 1),
      ),
      roots: structuredClone([...state.roots.values()]).toSorted(
        (a, b) => (a.purpose < b.purpose ? -1 : a.purpose > b.purpose ? 1 : 0) || a.version - b.version,
      ),
    }),

    change: async (change) => {
      if (change.expectedRevision !== state.keyRevision) return { kind: 'conflict' };
      for (const stored of change.signingKeys) state.signingKeys.set(stored.key.id, structuredClone(stored));
      for (const root of change.roots) state.roots.set(nameOf(root), structuredClone(root));
      state.keyRevision += 1;
      const revision = state.keyRevision;
      if (change.revoke === undefined) return { kind: 'committed', revision };
      const { requests, lifetimes } = change.revoke;
      return { kind: 'committed', revision, revocation: revokeInMemory(state, context, requests, lifetimes) };
    },
  };
}

function nameOf(root: StoredRoot): string {
  return `${root.purpose}/${root.version}`;
}
