import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

export interface FeedRelayContext {
  /** Names the installation: relays of several may share a server. */
  readonly installation: string;
  readonly scheduler: Scheduler;
  readonly random: Random;
}

/** A relay that was configured but not opened: what `redisRelay('redis://…')` gives and `createWatchword` takes. */
export interface FeedRelayFactory {
  /** For messages: `redis`. */
  readonly kind: string;
  /** Connects in the background; resolves at once, whether the other side answers or not. */
  open(context: FeedRelayContext): Promise<FeedRelay>;
}

/**
 * Carries entries of the revocation log between the processes of an installation faster than the store is looked at. It is
 * never the only copy and is not believed: what it carries is authenticated by the engine, it may lose, repeat and reorder, and
 * nobody's knowledge is called fresh because of it.
 */
export interface FeedRelay {
  /** Sends bytes to all other processes, as well as it can; never throws, never waits. */
  publish(message: Uint8Array): void;
  /** Hands over what others published since; gives the function that stops it. */
  subscribe(listener: (message: Uint8Array) => void): () => void;
  isConnected(): boolean;
  /** What it failed with last, as a short code such as `ECONNREFUSED` or `WRONGPASS`; `undefined` while it is connected. */
  fault(): string | undefined;
  close(): Promise<void>;
}
