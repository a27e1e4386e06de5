import assert from 'node:assert/strict';
import { availableParallelism, loadavg } from 'node:os';
import { monotonicMs } from './monotonic.ts';
import { LONGEST_PAUSE_MS, type Run } from './verifier-messages.ts';

/**
 * How old knowledge may be while nothing is broken: a checkpoint comes each second and tells of a look at the store that is up to a
 * quarter of a second old; the rest is what a busy machine may take.
 */
const STEADY_AGE_MS = 3000;

/** A token, and what was asked of the servers about it. */
export interface Case {
  readonly name: string;
  readonly token: string;
  /** What its revocation stands for in the log. */
  readonly kind: 'token' | 'session' | 'subject';
  readonly target: string;
  /** When its revocation was first asked for. */
  askedMs: number | undefined;
  /** When somebody first read that it was revoked. */
  acknowledgedMs: number | undefined;
}

/** A time in which a verifier has an excuse for not knowing what is new. */
export interface Break {
  readonly what: string;
  readonly verifiers: readonly string[];
  readonly fromMs: number;
  /** When nothing could be learned any more, and until when; `undefined` where something may have come through. */
  severed: { readonly fromMs: number; toMs: number } | undefined;
  /** When all of these verifiers knew what was durable after it was mended. */
  untilMs: number;
}

/**
 * What must hold, whatever breaks. It judges what services answered, from what was acknowledged and from what was broken when. Nothing
 * is added to a declared staleness: neither for the way of the answer, nor for what it costs to look.
 */
export class Referee {
  readonly cases = new Map<string, Case>();
  readonly #breaks: Break[] = [];
  #judged = 0;
  #staleRefusals = 0;

  add(cases: readonly Case[]): void {
    for (const one of cases) this.cases.set(one.name, one);
  }

  asked(one: Case): void {
    one.askedMs ??= monotonicMs();
  }

  acknowledged(one: Case): void {
    one.acknowledgedMs ??= monotonicMs();
  }

  /** Something is about to break for these verifiers. */
  break(what: string, verifiers: readonly string[]): Break {
    const begun: Break = {
      what,
      verifiers,
      fromMs: monotonicMs(),
      severed: undefined,
      untilMs: Number.POSITIVE_INFINITY,
    };
    this.#breaks.push(begun);
    return begun;
  }

  /** How often services answered, and how often with `ERR_FEED_STALE`. */
  get counts(): { readonly judged: number; readonly staleRefusals: number } {
    return { judged: this.#judged, staleRefusals: this.#staleRefusals };
  }

  /** Throws for what a service must not have answered. */
  judge(verifier: string, runs: readonly Run[]): void {
    const faults = runs.flatMap((run) => this.#fault(verifier, run) ?? []);
    this.#judged += runs.length;
    this.#staleRefusals += runs.filter(({ code }) => code === 'ERR_FEED_STALE').length;
    // Refusals may say no more than that nobody had time to read what had come.
    const load = `${loadavg()[0]?.toFixed(1)} processes for ${availableParallelism()} processors`;
    assert.deepEqual(faults.slice(0, 5), [], `${faults.length} wrong answers of ${verifier}, ${load}`);
  }

  #fault(verifier: string, run: Run): string | undefined {
    const one = this.cases.get(run.name);
    assert.ok(one, `nobody knows ${run.name}`);
    const told = (why: string) =>
      `${run.name} (bound ${run.boundMs}, ${run.code || 'taken'}, ${timeOf(run.fromMs)}–${timeOf(run.toMs)}): ${why}`;
    switch (run.code) {
      case '':
        return this.#acceptanceFault(verifier, run, one, told);
      case 'ERR_TOKEN_REVOKED': {
        const isEarly = one.askedMs === undefined || run.fromMs < one.askedMs;
        return isEarly ? told('nobody had asked for its revocation') : undefined;
      }
      case 'ERR_FEED_STALE':
        return this.#isExcused(verifier, run) ? undefined : told(`nothing was broken: ${this.#listBreaks()}`);
      default:
        return told('a wrong code');
    }
  }

  #acceptanceFault(verifier: string, run: Run, one: Case, told: (why: string) => string): string | undefined {
    const { acknowledgedMs } = one;
    if (acknowledgedMs !== undefined && run.toMs > acknowledgedMs + run.boundMs) {
      return told(`its revocation was acknowledged at ${timeOf(acknowledgedMs)}`);
    }
    const severed = this.#breaksOf(verifier).find((one) => {
      if (one.severed === undefined) return false;
      const fromMs = Math.max(run.fromMs, one.severed.fromMs + run.boundMs);
      // The answers of a run lie closer together than that, so that one of them lies between.
      return Math.min(run.toMs, one.severed.toMs) - fromMs > LONGEST_PAUSE_MS;
    });
    return severed && told(`nothing can be known so long after: ${severed.what}`);
  }

  /** Every answer of the run has to have its excuse in one break. */
  #isExcused(verifier: string, run: Run): boolean {
    return this.#breaksOf(verifier).some(
      ({ fromMs, untilMs }) => run.fromMs >= fromMs + run.boundMs - STEADY_AGE_MS && run.toMs <= untilMs,
    );
  }

  #breaksOf(verifier: string): readonly Break[] {
    return this.#breaks.filter(({ verifiers }) => verifiers.includes(verifier));
  }

  #listBreaks(): string {
    return this.#breaks
      .map(
        ({ what, verifiers, fromMs, untilMs }) =>
          `${what} of ${verifiers.join(', ')} ${timeOf(fromMs)}–${timeOf(untilMs)}`,
      )
      .join('; ');
  }
}

function timeOf(ms: number): string {
  return Number.isFinite(ms) ? ms.toFixed(0) : 'now';
}
