import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { handleRequest } from '../../src/adapters/node/index.ts';
import type { WatchwordEvent } from '../../src/domain/events.ts';
import { formatPosition } from '../../src/domain/feed.ts';
import type { LogHead } from '../../src/domain/revocation.ts';
import { epochMs } from '../../src/domain/time.ts';
import { WatchwordError } from '../../src/errors/watchword-error.ts';
import { createWatchwordOn } from '../../src/facade/create-watchword.ts';
import type { ClientRole, Watchword, WatchwordOptions } from '../../src/facade/index.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { systemRandom } from '../../src/platform/system-random.ts';
import { systemScheduler } from '../../src/platform/system-scheduler.ts';
import type { Store, StoreFactory } from '../../src/ports/store/store.ts';
import { createMemoryState, type MemoryState } from '../../src/stores/memory/memory-state.ts';
import { createMemoryStore } from '../../src/stores/memory/memory.ts';

/** Guards nothing: it is the secret of installations that live as long as a test. */
const SECRET = '8c1d7a93be4426d8a17b3ec59204f6718d2ca03be95f64170cd83a2b96e4f15f';

export type IssuerServer = Awaited<ReturnType<typeof openIssuer>>;

/** An installation behind a server of Node's own, on a store that can be away and can be set back. */
export async function openIssuer(t: TestContext, options: Partial<WatchwordOptions> = {}) {
  const state = createMemoryState(randomBytes(16));
  let isAway = false;
  let laterMs = 0;
  const store: StoreFactory = {
    kind: 'memory',
    durable: false,
    open: async (context) => withOutages(createMemoryStore(state, context), () => isAway),
  };
  const platform = {
    clock: { ...systemClock, nowMs: () => epochMs(systemClock.nowMs() + laterMs) },
    random: systemRandom,
    scheduler: systemScheduler,
    createHasher: () => Promise.reject(new Error('nothing is hashed in these tests')),
    findTrackedFile: async () => undefined,
  };
  const server = createServer((request, response) => {
    void handleRequest(auth, request, response).then((isOurs) => {
      if (!isOurs) response.writeHead(418).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function openProcess(): Promise<Watchword> {
    const common = { issuer: origin, store, secret: SECRET, clients: true } as const;
    const opened = await createWatchwordOn(platform, { ...common, ...options });
    t.after(() => opened.close());
    return opened;
  }
  const auth = await openProcess();
  const events: WatchwordEvent[] = [];
  auth.events.on('*', (event) => events.push(event));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });

  return {
    auth,
    origin,
    events,
    state,
    server,
    openProcess,
    /** Lets the store fail, or answer again. */
    setAway: (value: boolean) => {
      isAway = value;
    },
    later: (milliseconds: number) => {
      laterMs += milliseconds;
    },
    /** Basic credentials of a new client. */
    async register(id: string, roles: readonly ClientRole[] = ['verifier']): Promise<string> {
      const { secret } = await auth.clients.create({ id, roles });
      return basic(id, secret);
    },
    head: (): LogHead => structuredClone(state.head),
    position: (): string => formatPosition(state.head),
    /** A position of before the first entry. */
    genesis: (): string => formatPosition({ ...state.head, sequence: 0, hash: new Uint8Array(32) }),
    async get(path: string, authorization: string, headers: Readonly<Record<string, string>> = {}) {
      const response = await fetch(origin + path, { headers: { authorization, ...headers } });
      return { status: response.status, headers: response.headers, body: await response.text() };
    },
    async post(path: string, authorization: string, body: unknown) {
      const response = await fetch(origin + path, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: response.status, json: JSON.parse(await response.text()) };
    },
  };
}

export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

/** What is kept, as a backup has it; the function restores it. */
export function backUp(state: MemoryState): () => void {
  const { log, head } = structuredClone({ log: state.log, head: state.head });
  return () => Object.assign(state, structuredClone({ log, head }));
}

function withOutages(store: Store, isAway: () => boolean): Store {
  const guard = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          if (isAway()) throw new WatchwordError('ERR_STORE_UNAVAILABLE');
          return Reflect.apply(method, target, args) as unknown;
        };
      },
    });
  return {
    ...store,
    revocations: guard(store.revocations),
    clients: guard(store.clients),
    watch: (observer) =>
      store.watch({
        looked: (sighting, sinceMs) => {
          if (!isAway()) observer.looked(sighting, sinceMs);
        },
      }),
  };
}
