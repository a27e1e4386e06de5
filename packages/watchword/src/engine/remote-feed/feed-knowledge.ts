import { epochMs } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { Scheduler } from '../../ports/scheduler.ts';
import type { SnapshotFile } from '../../ports/snapshot-file.ts';
import { createRevocationView, type RevocationView } from '../revocation/view.ts';
import { RemoteFault } from './feed-problem.ts';
import { Freshness } from './freshness.ts';
import { IssuerClock } from './issuer-clock.ts';
import type { LoadedSnapshot } from './load-snapshot.ts';
import { LogTrail } from './log-trail.ts';
import { Saver } from './saver.ts';
import type { Advance } from './stream-judge.ts';

export interface FeedKnowledgeParts {
  readonly issuer: string;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly events: EventSink;
  /** Where what is known outlives the process; `undefined` where it does not. */
  readonly file: SnapshotFile | undefined;
}

const PRUNE_PERIOD_MS = 60_000;

/** What a verifier knows of an issuer's revocations, up to where, and how long ago that was all. Entries leave when they expire. */
export class FeedKnowledge {
  readonly view: RevocationView;
  readonly trail = new LogTrail();
  readonly freshness: Freshness;
  readonly issuerClock: IssuerClock;
  readonly #parts: FeedKnowledgeParts;
  readonly #saver: Saver | undefined;
  /** The newest checkpoint that was found right. */
  #proof: string | undefined;
  #isSaved = true;
  #stopPruning: () => void = () => undefined;
  #closed = false;

  constructor(parts: FeedKnowledgeParts) {
    const { clock, events, file } = parts;
    this.#parts = parts;
    this.view = createRevocationView(clock, events);
    this.freshness = new Freshness(clock);
    this.issuerClock = new IssuerClock(clock);
    this.#saver = file && new Saver({ ...parts, file });
  }

  /** Takes what a former process kept: as old as the wall clock says, and of unknown age where that was set back. */
  async open(): Promise<void> {
    const { clock, scheduler } = this.#parts;
    this.#stopPruning = scheduler.every(PRUNE_PERIOD_MS, () => void this.#prune());
    const restored = await this.#saver?.restore();
    if (restored === undefined) return;
    await this.#absorb(restored.staged);
    this.trail.resume(restored.head, restored.formerEpochs);
    this.freshness.dropped(restored.droppedMs);
    const ageMs = clock.nowMs() - restored.asOfMs;
    if (ageMs >= 0) this.freshness.confirm(clock.monotonicMs() - ageMs);
  }

  /** Takes a snapshot in, and keeps what was known before. */
  async take({ staged, checkpoint, text }: LoadedSnapshot): Promise<void> {
    this.trail.assertFits(checkpoint);
    if (this.freshness.isIncomplete) {
      this.freshness.restart();
      // Nothing is to be dropped any more by the time that was wrong.
      this.#drop();
    }
    await this.#absorb(staged);
    this.trail.moveTo(checkpoint);
    this.#proof = text;
    this.#isSaved = false;
  }

  /** Takes in what the stream has brought. */
  advance({ checkpoint, text, records }: Advance): void {
    if (this.freshness.isIncomplete) {
      throw new RemoteFault('position', 'entries were dropped by a clock that has been set back since');
    }
    for (const record of records) this.view.apply(record);
    this.trail.moveTo(checkpoint);
    this.#proof = text;
    if (records.length > 0) this.#isSaved = false;
    const sinceMs = this.issuerClock.notBefore(checkpoint);
    if (sinceMs === undefined) throw new RemoteFault('clock', 'how the clocks differ is not known any more');
    // Behind a batch of many there are more: that checkpoint says nothing of when it was all.
    if (checkpoint.asOfMs > 0) this.freshness.confirm(sinceMs);
    if (!this.#isSaved && this.#saver?.isDue === true) void this.#save();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopPruning();
    await this.#saver?.idle();
    await this.#save();
  }

  async #absorb(staged: RevocationView): Promise<void> {
    for (const _ of this.view.absorb(staged)) await this.#parts.scheduler.nextTurn();
  }

  async #prune(): Promise<void> {
    const { scheduler } = this.#parts;
    while (!this.#closed && this.#drop()) await scheduler.nextTurn();
  }

  #drop(): boolean {
    const nowMs = this.#parts.clock.nowMs();
    this.freshness.dropped(nowMs);
    return this.view.prune(nowMs);
  }

  async #save(): Promise<void> {
    const { issuer } = this.#parts;
    const { position, formerEpochs } = this.trail;
    const { droppedMs } = this.freshness;
    const asOfMs = this.freshness.asOfWallMs();
    if (position === undefined || asOfMs === undefined || this.#proof === undefined) return;
    this.#isSaved = true;
    const saved = {
      issuer,
      head: position,
      asOfMs: epochMs(asOfMs),
      droppedMs: epochMs(Math.max(droppedMs, 0)),
      formerEpochs,
    };
    await this.#saver?.save(this.view, saved, this.#proof);
  }
}
