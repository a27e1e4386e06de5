import type { PasswordHasher } from '../../../src/ports/password-hasher.ts';

/** A hasher that costs nothing, says what it was asked, and can be held up. */
export interface CountingHasher extends PasswordHasher {
  readonly calls: { readonly hash: number; readonly verify: number };
  /** How many calls ran at once, at most. */
  readonly mostAtOnce: number;
  /** From now on calls wait until `release`. */
  hold(): void;
  release(): void;
}

export function createCountingHasher(): CountingHasher {
  const calls = { hash: 0, verify: 0 };
  let running = 0;
  let mostAtOnce = 0;
  let gate: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  async function run<Result>(work: () => Result): Promise<Result> {
    running += 1;
    mostAtOnce = Math.max(mostAtOnce, running);
    await gate?.promise;
    running -= 1;
    return work();
  }

  return {
    calls,
    get mostAtOnce() {
      return mostAtOnce;
    },
    hash(password) {
      calls.hash += 1;
      return run(() => `hash of ${Buffer.from(password).toString('base64url')}`);
    },
    verify(hash, password) {
      calls.verify += 1;
      return run(() => hash === `hash of ${Buffer.from(password).toString('base64url')}`);
    },
    isCurrent: (hash) => hash.startsWith('hash of '),
    hold() {
      gate = Promise.withResolvers<void>();
    },
    release() {
      gate?.resolve();
      gate = undefined;
    },
  };
}
