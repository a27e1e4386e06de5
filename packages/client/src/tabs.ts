import type { Place } from './own-request.ts';
import type { Span } from './span.ts';

/** What tabs tell each other: a session was begun or renewed, or, without a life, ended. */
export interface Tiding {
  /** `undefined` ends whatever session there is. */
  readonly sessionId: string | undefined;
  readonly life: Span | undefined;
}

/** The other tabs of the origin. */
export interface Tabs {
  tell(tiding: Tiding): void;
  close(): void;
}

/** The name of the lock and of the channel: pages of one origin may use several servers. */
export function nameOf({ base }: Place): string {
  return `watchword ${base.href}`;
}

/** Where there is no BroadcastChannel nobody is told: each tab then renews for itself, which the server forgives. */
export function openTabs(name: string, onTiding: (tiding: Tiding) => void): Tabs | undefined {
  if (typeof BroadcastChannel === 'undefined') return undefined;
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<Tiding>) => onTiding(data);
  return { tell: (tiding) => channel.postMessage(tiding), close: () => channel.close() };
}

/** A tab that was frozen while it held the lock, or stood first in line, may keep it for ever. */
const PATIENCE_MS = 15_000;

/**
 * Does something that only one tab of the origin does at a time. `work` is told whether it had to wait for another. Where there
 * are no Web Locks, or the lock does not come, it is done all the same: the server's race window makes that harmless.
 */
export async function alone<Result>(
  name: string,
  work: (waited: boolean) => Promise<Result>,
): Promise<Result> {
  // Not there in old browsers, whatever the types say.
  const locks = navigator.locks as LockManager | undefined;
  if (locks === undefined) return work(false);
  let done: Promise<Result> | undefined;
  const run = (waited: boolean): Promise<Result> => (done = work(waited));
  try {
    await locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock !== null) await run(false);
    });
    if (done === undefined) {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      await locks.request(name, { signal }, () => run(true));
    }
  } catch {
    // The lock's failure is none of the work's; the work's own is thrown below.
  }
  return done ?? work(true);
}
