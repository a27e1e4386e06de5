import type { WatchwordOptions } from 'watchword';
import type { StoreSettings } from './read-store-settings.ts';

type Store = WatchwordOptions['store'];
type Relay = NonNullable<WatchwordOptions['relay']>;

/** Not opened yet. A driver is loaded by the installations that use it. */
export async function createStore(settings: StoreSettings): Promise<Store> {
  if (settings.kind === 'sqlite') {
    const { sqlite } = await import('watchword/sqlite');
    return sqlite(settings.path);
  }
  const { postgres } = await import('watchword/postgres');
  return postgres(settings.url, settings.options);
}

export async function createRelay(url: string): Promise<Relay> {
  const { redisRelay } = await import('watchword/redis');
  return redisRelay(url);
}
