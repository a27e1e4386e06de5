import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Watchword } from 'watchword';

/** What leads to a server often learns of it some seconds after it has begun. */
const ATTEMPTS = 4;
const PAUSE_MS = 15_000;

/** Says once after the start what the proxies in front break, in sentences. Never rejects. */
export async function reportSelfCheck(auth: Watchword, logger: Logger, signal: AbortSignal): Promise<void> {
  try {
    const { checks } = await reached(auth, signal);
    for (const { name, ok, seen, advice } of checks) {
      if (!ok) logger.warn({ check: name, seen }, advice);
    }
  } catch (error) {
    if (!signal.aborted) logger.warn({ err: error }, 'The self-check could not run.');
  }
}

async function reached(auth: Watchword, signal: AbortSignal): ReturnType<Watchword['selfCheck']> {
  for (let attempt = 1; ; attempt += 1) {
    const report = await auth.selfCheck();
    const isReached = report.checks.some(({ name, ok }) => name === 'reachable' && ok);
    if (isReached || attempt === ATTEMPTS) return report;
    await sleep(PAUSE_MS, undefined, { ref: false, signal });
  }
}
