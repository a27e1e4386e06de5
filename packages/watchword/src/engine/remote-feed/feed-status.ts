import type { FeedProblem } from '../../domain/events.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { FeedKnowledge } from './feed-knowledge.ts';
import { isAlarming, type RemoteFault } from './feed-problem.ts';

export type RemoteFeedState = 'starting' | 'following' | 'disconnected' | 'refused';

/** What is known of an issuer's revocations. */
export interface RemoteFeedStatus {
  readonly issuer: string;
  /** `refused`: the issuer does not take the credential. */
  readonly state: RemoteFeedState;
  /** Up to where the log is known; `undefined` before the first snapshot. */
  readonly epoch: string | undefined;
  readonly sequence: number | undefined;
  /** How long ago what is known was complete, at most; infinite before the first time. */
  readonly ageMs: number;
  readonly entries: number;
  readonly bytes: number;
  /** For how long the present connection has been followed. */
  readonly connectedMs: number | undefined;
  readonly reconnects: number;
  /** Why the feed was last not followed any further. */
  readonly lastFault: RemoteFeedFault | undefined;
}

export interface RemoteFeedFault {
  readonly problem: FeedProblem;
  readonly detail: string;
  readonly agoMs: number;
}

/** How following goes, for people and their alarms. */
export class FeedStatus {
  readonly #clock: Clock;
  readonly #events: EventSink;
  readonly #issuer: string;
  #state: RemoteFeedState = 'starting';
  #followingSinceMs: number | undefined;
  #connections = 0;
  #lastFault: (Omit<RemoteFeedFault, 'agoMs'> & { readonly atMs: number }) | undefined;
  #toldOutage = false;
  #wasExcused = false;

  constructor(clock: Clock, events: EventSink, issuer: string) {
    this.#clock = clock;
    this.#events = events;
    this.#issuer = issuer;
  }

  following(): void {
    this.#state = 'following';
    this.#followingSinceMs = this.#clock.monotonicMs();
    this.#connections += 1;
    this.#toldOutage = false;
    this.#wasExcused = false;
  }

  stopped(): void {
    if (this.#state === 'following') this.#state = 'disconnected';
    this.#followingSinceMs = undefined;
  }

  failed(fault: RemoteFault): void {
    const { problem, message: detail } = fault;
    this.#state = problem === 'credential' ? 'refused' : 'disconnected';
    this.#lastFault = { problem, detail, atMs: this.#clock.monotonicMs() };
    const told = { issuer: this.#issuer, problem, detail };
    if (isAlarming(fault)) return this.#events.record('feed_fault', told);
    // Connecting again mends it, if it is mended at all.
    const isExcused = (problem === 'clock' || problem === 'position') && !this.#wasExcused;
    this.#wasExcused = true;
    if (this.#toldOutage || isExcused) return;
    this.#toldOutage = true;
    this.#events.record('feed_disconnected', told);
  }

  of({ view, trail, freshness }: FeedKnowledge): RemoteFeedStatus {
    const { sessions, tokens, subjects, keys, all, bytes } = view.counts();
    const nowMs = this.#clock.monotonicMs();
    const fault = this.#lastFault;
    return {
      issuer: this.#issuer,
      state: this.#state,
      epoch: trail.position?.epoch,
      sequence: trail.position?.sequence,
      ageMs: freshness.ageMs(),
      entries: sessions + tokens + subjects + keys + all,
      bytes,
      connectedMs: this.#followingSinceMs === undefined ? undefined : nowMs - this.#followingSinceMs,
      reconnects: Math.max(0, this.#connections - 1),
      lastFault: fault && { problem: fault.problem, detail: fault.detail, agoMs: nowMs - fault.atMs },
    };
  }
}
