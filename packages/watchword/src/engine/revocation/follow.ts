import { equalBytes } from '../../crypto/digest.ts';
import type { LogHead, RevocationRecord } from '../../domain/revocation.ts';
import type { RevocationResult } from '../../ports/store/revocation-log.ts';
import type { Sighting } from '../../ports/store/store.ts';
import type { EngineContext } from '../context.ts';
import { chainRecords } from '../feed-format/record-chain.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import { FirstFill } from './first-fill.ts';
import type { RevocationView } from './view.ts';

/** In one read: of all there is, and of what is new, each of which is hashed again. */
const BATCH = 5000;
const NEW_BATCH = 1000;

/** Is told how the position moves on. */
export interface LogListener {
  /** These follow, each upon the one before, upon `from`, which was the position. */
  applied(records: readonly RevocationRecord[], from: LogHead): void;
  /** The position moved otherwise: entries expired before they were read, or the log has another history. */
  broken(reason: 'gap' | 'new_epoch'): void;
}

export interface Following {
  /** The head up to which the view has everything; `undefined` while that is not known of the log's present history. */
  position(): LogHead | undefined;
  /** The monotonic time of the last look at the primary that showed nothing beyond the position. */
  asOfMs(): number;
  listen(listener: LogListener): void;
  /** Takes in what this process made durable. */
  committed(result: Pick<RevocationResult, 'records' | 'head'>): void;
  /** Takes in what another process made durable, if it follows upon the position; else the store is looked at. Says which. */
  relayed(records: readonly RevocationRecord[], epoch: string): boolean;
  /** Looks at the store; resolves when the view contains everything that was durable when this was asked for. */
  catchUp(): Promise<void>;
  /** The same at the next opportunity, whatever becomes of it. */
  lookSoon(): void;
  stop(): void;
}

export interface FollowingParts {
  readonly context: EngineContext;
  readonly view: RevocationView;
  readonly keys: Pick<KeyKeeper, 'follow'>;
  /** Told when the store has gone back to an earlier state. */
  readonly onRestored: () => void;
}

/** Keeps the view and the keys of this process true to what all processes wrote. */
export async function followStore(parts: FollowingParts): Promise<Following> {
  const follower = new Follower(parts);
  await follower.catchUp();
  follower.start();
  return follower;
}

class Follower implements Following {
  readonly #parts: FollowingParts;
  readonly #listeners = new Set<LogListener>();
  /** What the newest look showed, and when that was known. */
  #seen: LogHead | undefined;
  #seenMs = Number.NEGATIVE_INFINITY;
  #position: LogHead | undefined;
  /** By when the store had the entry at the position: a look that begins later has to show it. */
  #heldMs = Number.NEGATIVE_INFINITY;
  /** How far all of it was read again, while there is no position. */
  #readTo = 0;
  #lastRead: RevocationRecord | undefined;
  /** What was read while nobody uses the view yet. */
  #firstFill: FirstFill | undefined;
  /** Counts the times that reading began again, so that what was asked for before is not taken for an answer. */
  #history = 0;
  #asOfMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  #looking = false;
  #isLookWanted = false;
  /** The epoch in which the store lost entries, while it has no other. */
  #lostEpoch: string | undefined;
  #beginning = false;
  #stop: () => void = () => undefined;

  constructor(parts: FollowingParts) {
    this.#parts = parts;
    this.#firstFill = new FirstFill(parts.view);
  }

  start(): void {
    this.#stop = this.#parts.context.store.watch({
      looked: (sighting, sinceMs) => this.#looked(sighting, sinceMs),
    });
  }

  stop(): void {
    this.#stop();
  }

  position(): LogHead | undefined {
    return this.#lostEpoch === undefined ? this.#position : undefined;
  }

  asOfMs(): number {
    return this.#asOfMs;
  }

  listen(listener: LogListener): void {
    this.#listeners.add(listener);
  }

  committed({ records, head }: Pick<RevocationResult, 'records' | 'head'>): void {
    for (const record of records) this.#parts.view.apply(record);
    if (records.length > 0 && !this.#advance(records, head.epoch)) this.lookSoon();
  }

  relayed(records: readonly RevocationRecord[], epoch: string): boolean {
    if (this.#advance(records, epoch)) return true;
    this.lookSoon();
    return false;
  }

  async catchUp(): Promise<void> {
    const { store, clock } = this.#parts.context;
    const sinceMs = clock.monotonicMs();
    const head = await store.revocations.head();
    this.#saw(head, sinceMs);
    while (!this.#has(head)) {
      // A history of before is not waited for.
      if (this.#seen !== undefined && this.#seen.epoch !== head.epoch) break;
      await this.#read();
    }
    this.#agree(head, sinceMs);
  }

  lookSoon(): void {
    if (this.#looking) {
      this.#isLookWanted = true;
      return;
    }
    this.#looking = true;
    this.catchUp()
      // Until a later look succeeds the view grows old, and says so.
      .catch(() => undefined)
      .finally(() => {
        this.#looking = false;
        const isWanted = this.#isLookWanted;
        this.#isLookWanted = false;
        if (isWanted) this.lookSoon();
      });
  }

  #looked({ head, keyRevision }: Sighting, sinceMs: number): void {
    this.#parts.keys.follow(keyRevision);
    this.#saw(head, sinceMs);
    // The entries up to the head may all have expired, so that reading them gives none: being there is what counts.
    if (this.#agree(head, sinceMs) || this.#reading !== undefined) return;
    this.#read()
      .then(() => this.#agree(head, sinceMs))
      .catch(() => undefined);
  }

  /** The view is complete as of a look that showed nothing beyond the position. */
  #agree(head: LogHead, sinceMs: number): boolean {
    if (!this.#has(head)) return false;
    this.#parts.view.confirm(sinceMs);
    this.#asOfMs = Math.max(this.#asOfMs, sinceMs);
    return true;
  }

  #has({ epoch, sequence }: LogHead): boolean {
    return this.#position?.epoch === epoch && this.#position.sequence >= sequence;
  }

  /** Judges what a look showed, which may have been overtaken by what is known from elsewhere since it began. */
  #saw(head: LogHead, sinceMs: number): void {
    const { clock } = this.#parts.context;
    const seen = this.#seen;
    const isLater = sinceMs > this.#seenMs;
    const continues = seen === undefined || isContinuation(head, seen);
    // Of two looks at once either may be the older one: the next will tell.
    if (!continues && !isLater) return;
    const keeps = this.#keepsPosition(head, sinceMs);
    if (continues) {
      this.#seen = head;
      this.#seenMs = clock.monotonicMs();
    }
    if (continues && keeps) return this.#retryEpoch(head);
    const isSameEpoch = seen?.epoch === head.epoch;
    const known = Math.max(seen?.sequence ?? 0, this.#position?.sequence ?? 0);
    this.#seen = head;
    this.#seenMs = clock.monotonicMs();
    // A store that was restored counts on from an earlier number: what is known stays, and all of it is read again.
    this.#startAgain();
    if (isSameEpoch) this.#lost(head, known);
    else this.#lostEpoch = undefined;
  }

  /** Whether a log with this head can have the entry at the position. */
  #keepsPosition(head: LogHead, sinceMs: number): boolean {
    const position = this.#position;
    if (position === undefined || position.epoch !== head.epoch) return true;
    if (head.sequence === position.sequence) return equalBytes(head.hash, position.hash);
    return head.sequence > position.sequence || sinceMs <= this.#heldMs;
  }

  #startAgain(): void {
    this.#history += 1;
    this.#position = undefined;
    this.#readTo = 0;
    this.#lastRead = undefined;
    this.#parts.onRestored();
    for (const listener of this.#listeners) listener.broken('new_epoch');
  }

  /**
   * The store goes on under numbers that were given to other entries, and nobody has told it so: verifiers elsewhere would take one
   * history for the other. Only what a process of the installation was shown by the store itself counts for that; a receipt that
   * names a number beyond the head is refused, or a client could have everybody load snapshots for nothing.
   */
  #lost({ epoch, sequence }: LogHead, knownSequence: number): void {
    this.#lostEpoch = epoch;
    this.#parts.context.events.record('revocation_log_lost', { sequence, knownSequence });
    this.#beginEpoch(epoch);
  }

  #retryEpoch({ epoch }: LogHead): void {
    if (this.#lostEpoch === epoch) this.#beginEpoch(epoch);
  }

  #beginEpoch(epoch: string): void {
    if (this.#beginning) return;
    this.#beginning = true;
    this.#parts.context.store.revocations
      .beginEpoch(epoch)
      .then(() => this.lookSoon())
      // While it cannot be begun, nothing is told to verifiers; each look tries again.
      .catch(() => undefined)
      .finally(() => {
        this.#beginning = false;
      });
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readOn().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Reads until there is no more; then the view has all that the newest look showed. */
  async #readOn(): Promise<void> {
    const { store } = this.#parts.context;
    for (;;) {
      const history = this.#history;
      const seen = this.#seen;
      const limit = this.#position === undefined ? BATCH : NEW_BATCH;
      const after = this.#position?.sequence ?? this.#readTo;
      const records = await store.revocations.readAfter(after, limit, 'own');
      if (history !== this.#history) continue;
      const isLast = records.length < limit;
      if (this.#position === undefined) {
        this.#takePart(records);
        if (isLast) await this.#endFirstFill();
        if (isLast && history === this.#history) this.#takenAll(seen);
      } else {
        this.#takeMore(records, isLast ? seen : undefined);
      }
      if (isLast && history === this.#history) return;
    }
  }

  /** Takes in a part of the whole log. */
  #takePart(records: readonly RevocationRecord[]): void {
    for (const record of records) {
      if (this.#firstFill === undefined) this.#parts.view.apply(record);
      else this.#firstFill.take(record);
    }
    const last = records.at(-1);
    if (last === undefined) return;
    this.#readTo = last.sequence;
    this.#lastRead = last;
  }

  async #endFirstFill(): Promise<void> {
    if (this.#firstFill === undefined) return;
    for (const _ of this.#firstFill.finish()) await this.#parts.context.scheduler.nextTurn();
    this.#firstFill = undefined;
  }

  /** With the last part the position is known: the last entry, or the head if that has expired. */
  #takenAll(head: LogHead | undefined): void {
    if (head === undefined) return;
    const read = this.#lastRead;
    const isBeyond = read !== undefined && read.sequence > head.sequence;
    this.#hold(isBeyond ? { epoch: head.epoch, sequence: read.sequence, hash: read.hash } : head);
  }

  #takeMore(read: readonly RevocationRecord[], head: LogHead | undefined): void {
    const from = this.#position;
    if (from === undefined) return;
    // Those that came another way meanwhile are there already.
    const records = read.filter(({ sequence }) => sequence > from.sequence);
    const [first] = records;
    if (first?.sequence === from.sequence + 1 && !follows(from, first)) {
      // The entries before it are others than those that were read.
      this.#startAgain();
      return this.#lost(this.#seen ?? from, from.sequence);
    }
    const last = records.at(-1);
    if (!this.#advance(records, from.epoch) && last !== undefined) {
      for (const record of records) this.#parts.view.apply(record);
      this.#jump({ epoch: from.epoch, sequence: last.sequence, hash: last.hash });
    }
    if (head !== undefined && head.epoch === from.epoch && !this.#has(head)) this.#jump(head);
  }

  /** Takes entries in that follow upon the position, which is then where the last of them is; says whether they do. */
  #advance(offered: readonly RevocationRecord[], epoch: string): boolean {
    const from = this.#position;
    if (from === undefined || from.epoch !== epoch) return false;
    const records = offered.filter(({ sequence }) => sequence > from.sequence);
    if (records.length === 0) return true;
    const chained = chainRecords(from, records);
    const last = chained?.at(-1);
    const claimed = records.at(-1);
    if (last === undefined || claimed === undefined || !equalBytes(last.hash, claimed.hash)) return false;
    for (const record of records) this.#parts.view.apply(record);
    this.#hold({ epoch, sequence: last.sequence, hash: last.hash });
    for (const listener of this.#listeners) listener.applied(records, from);
    return true;
  }

  /** Goes on behind entries that expired before they were read. */
  #jump(head: LogHead): void {
    this.#hold(head);
    for (const listener of this.#listeners) listener.broken('gap');
  }

  #hold(head: LogHead): void {
    this.#position = head;
    this.#heldMs = this.#parts.context.clock.monotonicMs();
  }
}

function isContinuation({ epoch, sequence, hash }: LogHead, seen: LogHead): boolean {
  if (epoch !== seen.epoch || sequence < seen.sequence) return false;
  return sequence > seen.sequence || equalBytes(hash, seen.hash);
}

function follows(after: LogHead, record: RevocationRecord): boolean {
  const [chained] = chainRecords(after, [record]) ?? [];
  return chained !== undefined && equalBytes(chained.hash, record.hash);
}
