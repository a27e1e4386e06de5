import {
  judgeRefresh,
  startChain,
  type ChainPolicy,
  type ChainState,
} from '../../../src/domain/refresh-chain.ts';
import { epochMs } from '../../../src/domain/time.ts';

/*
 * An honest browser: tabs that share one cookie jar, a network that loses and delays, and crashes after which the jar is
 * what was on disk. It keeps what the promise asks for: no message outlives W/2, and what arrives is on disk within W/2.
 */

export type Step = { readonly waitMs: number } & (
  | {
      readonly kind: 'refresh';
      readonly tab: number;
      readonly requestMs: number;
      readonly answerMs: number;
      readonly diskMs: number;
      readonly lost: 'nothing' | 'request' | 'answer';
    }
  | { readonly kind: 'use'; readonly requestMs: number }
  | { readonly kind: 'crash' }
);

/** What the browser holds: a refresh token, and the access token that came with it. */
interface Jar {
  readonly generation: number;
  readonly mintedMs: number;
}

export interface Conviction {
  readonly presented: number;
  readonly chain: ChainState;
  /** How many generations in a row, the newest included, were resent late. */
  readonly lateInARow: number;
}

/** Plays the steps; gives the conviction, if there is one. `settlingMs` is what the verifier settles by. */
export function playHonestly(
  steps: readonly Step[],
  policy: ChainPolicy,
  settlingMs: number,
): Conviction | undefined {
  const queue: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];
  const busy = new Set<number>();
  const lateGenerations = new Set<number>();
  let nowMs = 1_000_000_000;
  let chain = startChain(1);
  let memory: Jar = { generation: 1, mintedMs: nowMs };
  let disk = memory;
  let life = 0;
  let conviction: Conviction | undefined;

  function at(delayMs: number, run: () => void): void {
    queue.push({ atMs: nowMs + delayMs, order: queue.length, run });
  }

  function runUntil(endMs: number): void {
    for (;;) {
      const due = queue
        .filter(({ atMs }) => atMs <= endMs)
        .toSorted((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
      if (due === undefined) break;
      queue.splice(queue.indexOf(due), 1);
      nowMs = due.atMs;
      due.run();
    }
    nowMs = endMs;
  }

  function refresh(step: Extract<Step, { kind: 'refresh' }>): void {
    if (busy.has(step.tab) || step.lost === 'request') return;
    const { generation } = memory;
    const sentIn = life;
    if (step.lost === 'nothing') busy.add(step.tab);
    at(step.requestMs, () => {
      const jar = answer(generation);
      if (jar === undefined || step.lost === 'answer') return;
      at(step.answerMs, () => {
        if (life !== sentIn) return;
        memory = jar;
        at(step.diskMs, () => {
          if (life !== sentIn) return;
          disk = memory;
          busy.delete(step.tab);
        });
      });
    });
  }

  function answer(generation: number): Jar | undefined {
    const presented = { generation, nowMs: epochMs(nowMs), newestKeyVersion: 1 };
    const verdict = judgeRefresh(chain, presented, policy);
    if (verdict.outcome === 'ahead') throw new Error('an honest client is never ahead');
    if (verdict.outcome === 'resent_late') lateGenerations.add(chain.generation);
    if (verdict.outcome === 'reused') {
      conviction ??= { presented: generation, chain, lateInARow: lateInARow() };
      return undefined;
    }
    if ('next' in verdict && verdict.next !== undefined) chain = verdict.next;
    return { generation: chain.generation, mintedMs: nowMs };
  }

  /** The newest counts: it is being delivered late by the very presentation that convicts. */
  function lateInARow(): number {
    let count = 1;
    while (lateGenerations.has(chain.generation - count)) count += 1;
    return count;
  }

  function use(requestMs: number): void {
    const { generation, mintedMs } = memory;
    at(requestMs, () => {
      const isProof = nowMs - mintedMs > settlingMs && chain.generation === generation;
      if (isProof) chain = { ...chain, settled: true };
    });
  }

  for (const step of steps) {
    runUntil(nowMs + step.waitMs);
    if (step.kind === 'refresh') refresh(step);
    else if (step.kind === 'use') use(step.requestMs);
    else {
      life += 1;
      memory = disk;
      busy.clear();
    }
    if (conviction !== undefined) return conviction;
  }
  runUntil(nowMs + 10 * policy.raceWindowMs);
  return conviction;
}
