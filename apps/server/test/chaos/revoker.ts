import assert from 'node:assert/strict';
import type { Answer } from '../processes/server-group.ts';
import type { ChaosServer } from './chaos-server.ts';
import type { Case, Referee } from './referee.ts';

const MOST_AT_ONCE = 12;

export interface Revoking {
  /** How many were acknowledged, and how many were not; of those nobody knows. */
  readonly counts: { readonly acknowledged: number; readonly unknown: number };
  stop(): Promise<void>;
}

/** Revokes one token after the other at servers in turns, each once, whatever is broken meanwhile. */
export function startRevoking(
  referee: Referee,
  servers: readonly ChaosServer[],
  pool: readonly Case[],
  pauseMs: number,
): Revoking {
  const counts = { acknowledged: 0, unknown: 0 };
  const underway = new Set<Promise<void>>();
  const faults: string[] = [];
  let next = 0;

  async function revoke(one: Case, server: ChaosServer): Promise<void> {
    if (await revokeOnce(referee, one, server, faults)) counts.acknowledged += 1;
    else counts.unknown += 1;
  }

  const timer = setInterval(() => {
    const one = pool[next];
    const server = servers[next % servers.length];
    if (one === undefined || server === undefined || underway.size >= MOST_AT_ONCE) return;
    next += 1;
    const work = revoke(one, server).finally(() => underway.delete(work));
    underway.add(work);
  }, pauseMs);
  // A test that failed does not go on for that.
  timer.unref();

  return {
    counts,
    async stop() {
      clearInterval(timer);
      await Promise.all(underway);
      assert.deepEqual(faults, []);
    },
  };
}

/** Asks for a revocation; says whether it was acknowledged. */
export async function revokeOnce(
  referee: Referee,
  one: Case,
  server: ChaosServer,
  faults: string[] = [],
): Promise<boolean> {
  referee.asked(one);
  const { kind, target } = one;
  const answer = await server.operate('POST', '/revocations', { kind, target }).catch(() => undefined);
  if (answer?.status === 200) {
    referee.acknowledged(one);
    return true;
  }
  if (answer !== undefined && !isRefusedLoudly(answer)) faults.push(`${answer.status} ${answer.json?.code}`);
  return false;
}

function isRefusedLoudly({ status, headers, json }: Answer): boolean {
  return status === 503 && json?.code === 'ERR_STORE_UNAVAILABLE' && Number(headers['retry-after']) > 0;
}
