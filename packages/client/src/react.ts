import { useSyncExternalStore } from 'react';
import type { Client } from './client.ts';
import { UNKNOWN, type Snapshot } from './snapshot.ts';

/**
 * Who is signed in, as a hook: renders again when that changes, not at each renewal. On the server, and while a page that was
 * rendered there comes alive, the state is `unknown`.
 */
export function useSession(client: Client): Snapshot {
  return useSyncExternalStore(
    client.subscribe,
    () => client.snapshot,
    () => UNKNOWN,
  );
}
