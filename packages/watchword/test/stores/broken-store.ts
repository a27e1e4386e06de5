import type { Store, StoreContext, StoreFactory } from '../../src/ports/store/store.ts';
import { createMemoryState, type MemoryState } from '../../src/stores/memory/memory-state.ts';
import { createMemoryStore } from '../../src/stores/memory/memory.ts';

/** A memory store with one fault, and the case of the contract that must notice it (others may as well). */
export interface BrokenStore {
  readonly fault: string;
  readonly noticedBy: string;
  create(): StoreFactory;
}

interface Parts {
  readonly state: MemoryState;
  readonly context: StoreContext;
}

type Break = (store: Store, parts: Parts) => Partial<Store>;

export function broken(fault: string, noticedBy: string, breakIt: Break): BrokenStore {
  const create = (): StoreFactory => {
    let state: MemoryState | undefined;
    return {
      kind: 'broken',
      durable: false,
      open: async (context) => {
        state ??= createMemoryState(context.random.bytes(16));
        const store = createMemoryStore(state, context);
        return { ...store, ...breakIt(store, { state, context }) };
      },
    };
  };
  return { fault, noticedBy, create };
}

/** The methods of one part of a store, some of them replaced. */
export function replace<Methods extends object>(methods: Methods, replacements: Partial<Methods>): Methods {
  return new Proxy(methods, {
    get: (target, name) =>
      Reflect.get(Reflect.has(replacements, name) ? replacements : target, name) as unknown,
  });
}

/** Hides the cut-offs from what runs until its first await, which in the memory store is all of it. */
export function withoutCutoffs<Result>(state: MemoryState, work: () => Promise<Result>): Promise<Result> {
  const cutoffs = [...state.cutoffs];
  state.cutoffs.clear();
  const result = work();
  for (const [subject, cutoff] of cutoffs) state.cutoffs.set(subject, cutoff);
  return result;
}
