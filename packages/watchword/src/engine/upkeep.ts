import { epochMs } from '../domain/time.ts';
import type { EngineContext } from './context.ts';
import type { RevocationView } from './revocation/view.ts';

const PERIOD_MS = 60_000;
const BATCH = 200;

/** Once a minute drops what has expired, in small batches. Gives the function that stops it. */
export function startUpkeep(
  { store, clock, scheduler, settings }: EngineContext,
  view: RevocationView,
): () => void {
  async function sweep(): Promise<void> {
    const nowMs = clock.nowMs();
    view.prune(nowMs);
    // An expired session stays a while, so that its token is answered as expired and not as unknown.
    await store.sessions.deleteExpired(epochMs(nowMs - settings.accessTtlMs), BATCH);
    await store.revocations.deleteExpired(nowMs, BATCH);
  }
  // What could not be deleted now is deleted a minute later.
  return scheduler.every(PERIOD_MS, () => void sweep().catch(() => undefined));
}
