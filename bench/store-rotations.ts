import { sha256 } from '../packages/watchword/src/crypto/digest.ts';
import { createSessionId, type SessionId } from '../packages/watchword/src/domain/ids.ts';
import { startChain, type ChainState } from '../packages/watchword/src/domain/refresh-chain.ts';
import type { SessionRecord } from '../packages/watchword/src/domain/session.ts';
import { epochMs, type EpochMs } from '../packages/watchword/src/domain/time.ts';
import { systemClock } from '../packages/watchword/src/platform/system-clock.ts';
import { systemRandom } from '../packages/watchword/src/platform/system-random.ts';
import { systemScheduler } from '../packages/watchword/src/platform/system-scheduler.ts';
import type { SessionStore } from '../packages/watchword/src/ports/store/session-store.ts';
import type { Store, StoreFactory } from '../packages/watchword/src/ports/store/store.ts';
import type { Contestant } from './benchmark.ts';

const WEEK_MS = 7 * 86_400_000;

export function openStore(factory: StoreFactory): Promise<Store> {
  return factory.open({
    clock: systemClock,
    random: systemRandom,
    scheduler: systemScheduler,
    digest: sha256,
    patienceMs: 4000,
  });
}

/** One client that knows where its chain stands: nothing but the durable step. */
export async function steps({ sessions }: Store): Promise<Contestant> {
  const { session, chain: first } = await sessions.start('user', newRow);
  let chain = first;
  return async (count) => {
    for (let done = 0; done < count; done += 1)
      chain = await step(sessions, session.id, chain, systemClock.nowMs());
  };
}

/** Each of `clients` rotates its own session as the engine does, one time after the other: find the row, step it. */
export async function rotations({ sessions }: Store, clients: number): Promise<Contestant> {
  const ids: SessionId[] = [];
  for (let client = 0; client < clients; client += 1) {
    const { session } = await sessions.start(`user-${client}`, newRow);
    ids.push(session.id);
  }
  async function rotate(id: SessionId): Promise<void> {
    const reading = await sessions.find(id);
    if (reading === undefined) throw new Error('the session is gone');
    await step(sessions, id, reading.record.chain, reading.nowMs);
  }
  return async (count) => {
    await Promise.all(
      ids.map(async (id) => {
        for (let done = 0; done < count / clients; done += 1) await rotate(id);
      }),
    );
  };
}

async function step(
  sessions: SessionStore,
  sessionId: SessionId,
  expected: ChainState,
  nowMs: EpochMs,
): Promise<ChainState> {
  const next = { ...expected, generation: expected.generation + 1, deliveredMs: nowMs };
  const idleExpiresMs = epochMs(nowMs + WEEK_MS);
  const result = await sessions.advance({ sessionId, expected, next, lastRefreshedMs: nowMs, idleExpiresMs });
  if (result === 'conflict') throw new Error('somebody else stepped the session');
  return next;
}

function newRow(startedMs: EpochMs): SessionRecord {
  const expiresMs = epochMs(startedMs + WEEK_MS);
  return {
    session: {
      id: createSessionId(startedMs, systemRandom.bytes(10)),
      subject: 'user',
      clientId: 'app',
      delivery: 'body',
      remembered: true,
      audience: ['http://localhost:1'],
      scope: [],
      amr: [],
      claims: {},
      authenticatedMs: startedMs,
      startedMs,
      lastRefreshedMs: startedMs,
      idleExpiresMs: expiresMs,
      absoluteExpiresMs: expiresMs,
    },
    chain: startChain(1),
    share: systemRandom.bytes(32),
  };
}
