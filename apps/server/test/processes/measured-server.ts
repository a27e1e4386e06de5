/**
 * A server in a process of its own that measures how long its event loop is held up: `restart` and `report` come as
 * messages of the parent, and are answered with the longest delays since the last `restart`.
 *
 * `ownMs` leaves out the time in which the thread could have run and the machine gave its cores to others: four servers
 * and their client share as few as two. What is left is what the server does itself: computing, waiting for the disk,
 * waiting for a lock.
 */
import { readFileSync } from 'node:fs';
import { startServer } from '../../src/index.ts';

export interface LoopDelay {
  readonly wholeMs: number;
  readonly ownMs: number;
}

const PERIOD_MS = 2;

let longest: LoopDelay = { wholeMs: 0, ownMs: 0 };
let seen = { nowMs: performance.now(), outOfTurnMs: outOfTurnMs() };

/** How long this thread has waited for a core so far; 0 where the system does not say. */
function outOfTurnMs(): number {
  try {
    // proc(5): time on a core, time waiting for one, number of turns.
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

function look(): void {
  const now = { nowMs: performance.now(), outOfTurnMs: outOfTurnMs() };
  const wholeMs = Math.max(0, now.nowMs - seen.nowMs - PERIOD_MS);
  const ownMs = Math.max(0, wholeMs - (now.outOfTurnMs - seen.outOfTurnMs));
  longest = { wholeMs: Math.max(longest.wholeMs, wholeMs), ownMs: Math.max(longest.ownMs, ownMs) };
  seen = now;
}

await startServer(process.env);
setInterval(look, PERIOD_MS);
process.on('message', (question) => {
  look();
  if (question === 'restart') longest = { wholeMs: 0, ownMs: 0 };
  process.send?.(longest);
});
process.send?.(longest);
