import { epochMs } from '../domain/time.ts';
import type { EngineContext } from './context.ts';
import type { RevocationView } from './revocation/view.ts';

const PERIOD_MS = 60_000;

/** So few that nobody waits for them: each costs a database some tenth of a millisecond. */
const BATCH = 20;

/** Between one batch and the next, so that others are served. */
const PAUSE_MS = 40;

/** How long a verifier that follows the feed is remembered after it was last heard. */
const FORGET_SILENT_MS = 3_600_000;

/** Once a minute drops what has expired, batch by batch until there is none. Gives the function that stops it. */
export function startUpkeep(
  { store, clock, scheduler, settings }: EngineContext,
  view: RevocationView,
): () => void {
  let sweeping = false;
  let stopped = false;

  async function sweep(): Promise<void> {
    // The clock of one machine, which may be wrong, must not delete what all others rely on.
    const nowMs = await store.nowMs();
    const viewHasMore = view.prune(epochMs(Math.min(nowMs, clock.nowMs())));
    // An expired session stays a while, so that its token is answered as expired and not as unknown.
    const sessions = await store.sessions.deleteExpired(epochMs(nowMs - settings.accessTtlMs), BATCH);
    const entries = await store.revocations.deleteExpired(nowMs, BATCH);
    const exchanges = await store.exchanges.deleteExpired(nowMs, BATCH);
    const verifiers = await store.verifiers.deleteSilent(epochMs(nowMs - FORGET_SILENT_MS), BATCH);
    const hasMore = viewHasMore || [sessions, entries, exchanges, verifiers].includes(BATCH);
    sweeping = !stopped && hasMore;
    if (sweeping) scheduler.after(PAUSE_MS, sweepSafely);
  }

  function sweepSafely(): void {
    sweeping = true;
    sweep().catch(() => {
      // What could not be deleted now is deleted a minute later.
      sweeping = false;
    });
  }

  const stop = scheduler.every(PERIOD_MS, () => {
    if (!sweeping) sweepSafely();
  });
  return () => {
    stopped = true;
    stop();
  };
}
