/**
 * A process that does what it is told on one database and tells how long its event loop was held.
 * Usage: racer.ts DATABASE
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import type { SessionId } from '../../../src/domain/ids.ts';
import { watchEventLoop } from '../event-loop.ts';
import { LIFETIMES, realContext, rotationOf, sessionRow } from '../real-context.ts';
import { storeAt } from './store-at.ts';

export type RacerTask =
  /** `count` concurrent equal steps of one session. */
  | {
      readonly task: 'advance';
      readonly sessionId: SessionId;
      readonly generation: number;
      readonly count: number;
    }
  /** `count` concurrent rotations, each of a session of its own, that many `rounds` after each other. */
  | { readonly task: 'rotate'; readonly count: number; readonly rounds: number }
  /** Concurrent revocations, each of a subject of its own. */
  | { readonly task: 'revoke'; readonly count: number }
  /**
   * No store at all: writes of one page to a file of its own, each made durable, and the event loop let go
   * after each.
   */
  | { readonly task: 'fsync'; readonly count: number }
  /** Opens a database that does not exist yet at exactly that time of the clock that processes share, and revokes. */
  | { readonly task: 'create'; readonly path: string; readonly atNs: string };

export interface RacerReport {
  readonly advanced: number;
  readonly failed: readonly string[];
  readonly sequences: readonly number[];
  readonly epoch: string | undefined;
  readonly tookMs: number;
  readonly longestMs: number;
  readonly maxLoopDelayMs: number;
}

const store = await storeAt(process.argv[2] ?? '').open(realContext());

async function perform(task: RacerTask) {
  switch (task.task) {
    case 'advance':
      return Promise.all(repeat(task.count, () => advance(task.sessionId, task.generation)));
    case 'rotate':
      return Promise.all(repeat(task.count, () => rotateOften(task.rounds))).then((outcomes) =>
        outcomes.flat(),
      );
    case 'fsync':
      return syncOften(task.count);
    case 'create':
      return [await create(task.path, BigInt(task.atNs))];
    case 'revoke':
      return Promise.all(repeat(task.count, (index) => revoke(index)));
  }
}

interface Outcome {
  readonly advanced?: boolean;
  readonly failed?: string;
  readonly sequences?: readonly number[];
  readonly epoch?: string;
  readonly tookMs: number;
}

async function advance(sessionId: SessionId, generation: number): Promise<Outcome> {
  const beganMs = performance.now();
  try {
    const advanced = (await store.sessions.advance(rotationOf(sessionId, generation))) === 'advanced';
    return { advanced, tookMs: performance.now() - beganMs };
  } catch (error) {
    return { failed: String(error), tookMs: performance.now() - beganMs };
  }
}

async function rotateOften(rounds: number): Promise<Outcome[]> {
  const { id } = (await store.sessions.start('alice', (startedMs) => sessionRow(startedMs))).session;
  const outcomes: Outcome[] = [];
  for (let round = 1; round <= rounds; round += 1) outcomes.push(await advance(id, round));
  return outcomes;
}

async function revoke(index: number): Promise<Outcome> {
  const beganMs = performance.now();
  const request = { kind: 'subject', subject: `user ${index}` } as const;
  const { records } = await store.revocations.revoke([request], LIFETIMES);
  return { sequences: records.map(({ sequence }) => sequence), tookMs: performance.now() - beganMs };
}

async function syncOften(count: number): Promise<Outcome[]> {
  const file = openSync(`${process.argv[2] ?? ''}.fsync-${process.pid}`, 'w');
  const page = Buffer.alloc(4096, 1);
  const outcomes: Outcome[] = [];
  for (let index = 0; index < count; index += 1) {
    const beganMs = performance.now();
    writeSync(file, page);
    fsyncSync(file);
    outcomes.push({ tookMs: performance.now() - beganMs });
    await nextLoopTurn();
  }
  closeSync(file);
  return outcomes;
}

async function create(path: string, atNs: bigint): Promise<Outcome> {
  while (process.hrtime.bigint() < atNs);
  const beganMs = performance.now();
  const created = await storeAt(path).open(realContext());
  const { head } = await created.revocations.revoke([{ kind: 'all' }], LIFETIMES);
  await created.close();
  return { epoch: head.epoch, sequences: [head.sequence], tookMs: performance.now() - beganMs };
}

function repeat<Result>(count: number, make: (index: number) => Result): Result[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

async function measure(task: RacerTask): Promise<RacerReport> {
  const eventLoop = await watchEventLoop();
  const beganMs = performance.now();
  const outcomes: readonly Outcome[] = await perform(task);
  const tookMs = performance.now() - beganMs;
  return {
    advanced: outcomes.filter(({ advanced }) => advanced).length,
    failed: outcomes.flatMap(({ failed }) => failed ?? []),
    sequences: outcomes.flatMap(({ sequences }) => sequences ?? []),
    epoch: outcomes[0]?.epoch,
    tookMs,
    longestMs: outcomes.reduce((longest, outcome) => Math.max(longest, outcome.tookMs), 0),
    maxLoopDelayMs: await eventLoop.stop(),
  };
}

process.on('message', (task: RacerTask) => void measure(task).then((report) => process.send?.(report)));
process.on('disconnect', () => void store.close().then(() => process.exit()));
process.send?.('ready');
