import type { TestContext } from 'node:test';
import { createSecretWrapping } from '../../../src/crypto/sealed.ts';
import { sha256 } from '../../../src/crypto/digest.ts';
import type { WatchwordEvent } from '../../../src/domain/events.ts';
import { openRing, type OpenedRing } from '../../../src/engine/keys/opened-ring.ts';
import { createWatchwordOn, type Platform } from '../../../src/facade/create-watchword.ts';
import type { Watchword, WatchwordOptions } from '../../../src/facade/index.ts';
import type { Store, StoreFactory } from '../../../src/ports/store/store.ts';
import { createMemoryState, type MemoryState } from '../../../src/stores/memory/memory-state.ts';
import { createMemoryStore } from '../../../src/stores/memory/memory.ts';
import { createFakeClock, type FakeClock } from '../../../src/testing/fake-clock.ts';
import { createManualScheduler, type ManualScheduler } from '../../../src/testing/manual-scheduler.ts';
import { createSeededRandom, type SeededRandom } from '../../../src/testing/seeded-random.ts';
import { fromHex } from '../../domain/support/vectors.ts';
import { seed } from '../../domain/support/property.ts';
import { createCountingHasher, type CountingHasher } from './counting-hasher.ts';

export const ISSUER = 'https://app.example';
/** Guards nothing: it is the secret of installations that live as long as a test. */
export const SECRET = '5f0c1d7a93be4426d8a17b3ec59204f6718d2ca03be95f64170cd83a2b96e4f1';

/** One process of an installation, and what it has told so far. */
export interface Opened {
  readonly auth: Watchword;
  readonly events: readonly WatchwordEvent[];
  /** The types of the events since the last time that this was asked. */
  newTypes(): readonly WatchwordEvent['type'][];
}

/** One memory, one clock, and any number of processes on them. */
export interface Installation {
  readonly clock: FakeClock;
  readonly scheduler: ManualScheduler;
  readonly random: SeededRandom;
  readonly hasher: CountingHasher;
  readonly platform: Platform;
  readonly factory: StoreFactory;
  open(options?: Partial<WatchwordOptions>): Promise<Opened>;
  /** Lets a short time pass on both clocks, and what is due in it happen. */
  pass(milliseconds: number): Promise<void>;
  /** Passes the moment that a process needs to hear what another wrote, or to write down what it has noted. */
  settle(): Promise<void>;
  /** Sets the wall clock on by a long time, without living through it. */
  later(milliseconds: number): void;
  /** Runs what waits for the scheduler to the end, without letting more time pass than it asks for. */
  through<Result>(work: Promise<Result>): Promise<Result>;
  /** The keys of the installation: for forging tokens that only the issuer could. */
  ring(): Promise<OpenedRing>;
  /** The store itself, beside the processes. */
  store(): Promise<Store>;
  /** A copy of everything that is kept, as a backup is; the function restores it. */
  backUp(): () => void;
}

export function createInstallation(t: TestContext): Installation {
  t.after(() => {
    // Node has it from 22 on; its types do not know it yet.
    if (Reflect.get(t, 'passed') !== true) t.diagnostic(`WATCHWORD_SEED=${seed}`);
  });
  const clock = createFakeClock();
  const manual = createManualScheduler(clock);
  const random = createSeededRandom(seed);
  const hasher = createCountingHasher();
  const state = createMemoryState(random.bytes(16));
  let sleeping = 0;
  const scheduler: ManualScheduler = {
    ...manual,
    waiting: 0,
    sleep(delayMs) {
      sleeping += 1;
      return manual.sleep(delayMs).finally(() => (sleeping -= 1));
    },
  };
  const platform: Platform = {
    clock,
    random,
    scheduler,
    createHasher: async () => hasher,
    findTrackedFile: async () => undefined,
  };
  const factory: StoreFactory = {
    kind: 'memory',
    durable: false,
    open: async (context) => createMemoryStore(state, context),
  };

  async function through<Result>(work: Promise<Result>): Promise<Result> {
    let isDone = false;
    const end = (): void => {
      isDone = true;
    };
    work.then(end, end);
    while (!isDone) {
      if (sleeping > 0) await manual.advance(1);
      else await new Promise((resolve) => setImmediate(resolve));
    }
    return work;
  }

  const store = (): Promise<Store> =>
    factory.open({ clock, random, scheduler, digest: sha256, patienceMs: 1000 });

  return {
    clock,
    scheduler,
    random,
    hasher,
    platform,
    factory,
    async open(options = {}) {
      const opened = await through(
        createWatchwordOn(platform, {
          issuer: ISSUER,
          store: factory,
          secret: SECRET,
          environment: 'development',
          ...options,
        }),
      );
      t.after(() => opened.close());
      return observed(opened);
    },
    pass: (milliseconds) => manual.advance(milliseconds),
    settle: () => manual.advance(60),
    later: (milliseconds) => clock.jump(milliseconds),
    through,
    async ring() {
      const wrapping = createSecretWrapping(fromHex(SECRET), random);
      return openRing(await (await store()).keys.read(), wrapping, ISSUER);
    },
    store,
    backUp() {
      const copy = structuredClone(state);
      return () => restore(state, copy);
    },
  };
}

function observed(auth: Watchword): Opened {
  const events: WatchwordEvent[] = [];
  let seen = 0;
  auth.events.on('*', (event) => events.push(event));
  return {
    auth,
    events,
    newTypes() {
      const types = events.slice(seen).map(({ type }) => type);
      seen = events.length;
      return types;
    },
  };
}

function restore(state: MemoryState, copy: MemoryState): void {
  const { log, head, keyRevision, lifetimes, restoreAcceptedUntilMs, ...maps } = structuredClone(copy);
  Object.assign(state, { log, head, keyRevision, lifetimes, restoreAcceptedUntilMs });
  for (const [name, map] of Object.entries(maps) as [keyof typeof maps, Map<never, never>][]) {
    const into = state[name] as Map<unknown, unknown>;
    into.clear();
    for (const [key, value] of map) into.set(key, value);
  }
}
