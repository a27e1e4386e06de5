import type { FeedRelay, FeedRelayContext, FeedRelayFactory } from '../../ports/feed-relay.ts';
import { relayFault } from './relay-fault.ts';
import { parseRedisAddress, type RedisAddress } from './redis-address.ts';
import { createSession, type RelaySession } from './relay-session.ts';
import { streamName } from './stream-entries.ts';

const SHORTEST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5000;
/** A session that lasted as long was no failure. */
const LASTED_MS = 10_000;
const ORIGIN_BYTES = 12;

/**
 * Carries entries of the revocation log through a stream of a Redis server, or of what speaks its protocol:
 * `redis://localhost:6379`, or `rediss://` for TLS. Nothing depends on it but the time that a revocation takes.
 */
export function redisRelay(url: string): FeedRelayFactory {
  const address = parseRedisAddress(url);
  return { kind: 'redis', open: async (context) => openRelay(address, context) };
}

function openRelay(address: RedisAddress, { installation, scheduler, random }: FeedRelayContext): FeedRelay {
  const stream = streamName(installation);
  const origin = Buffer.from(random.bytes(ORIGIN_BYTES)).toString('base64url');
  const listeners = new Set<(message: Uint8Array) => void>();
  let session: RelaySession;
  let failures = 0;
  let closed = false;
  let fault: string | undefined;
  let cancelRetry = (): void => undefined;

  function connect(): void {
    const current = createSession(address, { stream, origin, scheduler });
    session = current;
    let cancelLasted = (): void => undefined;
    const run = async (): Promise<never> => {
      await current.open();
      cancelLasted = scheduler.after(LASTED_MS, () => (failures = 0));
      return await current.read((message) => {
        for (const listener of listeners) listener(message);
      });
    };
    run().catch((cause: unknown) => {
      fault = relayFault(cause);
      cancelLasted();
      current.end();
      if (!closed) cancelRetry = scheduler.after(retryMs(), connect);
    });
  }

  function retryMs(): number {
    const longestMs = Math.min(SHORTEST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
    failures += 1;
    return longestMs * (0.5 + random.jitter() / 2);
  }

  connect();
  return {
    publish: (message) => session.add(message),
    subscribe(listener) {
      // The same function may be handed in twice, and each is stopped by itself.
      const own = (message: Uint8Array) => listener(message);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    isConnected: () => session.isOpen(),
    fault: () => (session.isOpen() ? undefined : fault),
    async close() {
      closed = true;
      cancelRetry();
      session.end();
    },
  };
}
