import type { Store, StoreFactory } from '../../../src/ports/store/store.ts';

/** What happens before a call of a store's part, such as `sessions.find`: a wait, a failure, a note. */
export type BeforeCall = (call: string) => void | Promise<void>;

/** The same store, each of whose calls is announced. Its notices (`watch`) pass unless `mayLook` says otherwise. */
export function spiedStore(
  factory: StoreFactory,
  before: BeforeCall,
  mayLook: () => boolean = () => true,
): StoreFactory {
  return {
    ...factory,
    open: async (context) => {
      const store = await factory.open(context);
      const spied: Store = {
        ...store,
        sessions: spiedPart('sessions', store.sessions, before),
        revocations: spiedPart('revocations', store.revocations, before),
        keys: spiedPart('keys', store.keys, before),
        accounts: spiedPart('accounts', store.accounts, before),
        exchanges: spiedPart('exchanges', store.exchanges, before),
        verifiers: spiedPart('verifiers', store.verifiers, before),
        watch: (observer) =>
          store.watch({
            looked: (sighting, sinceMs) => {
              if (mayLook()) observer.looked(sighting, sinceMs);
            },
          }),
      };
      return spied;
    },
  };
}

function spiedPart<Part extends object>(name: string, part: Part, before: BeforeCall): Part {
  return new Proxy(part, {
    get: (target, method) => {
      const original: unknown = Reflect.get(target, method);
      if (typeof original !== 'function') return original;
      return async (...args: unknown[]) => {
        await before(`${name}.${String(method)}`);
        return Reflect.apply(original, target, args) as unknown;
      };
    },
  });
}
