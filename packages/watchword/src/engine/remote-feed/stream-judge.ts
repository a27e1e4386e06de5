import { equalBytes } from '../../crypto/digest.ts';
import type { FeedCheckpoint } from '../../domain/feed.ts';
import { parseRecords } from '../../domain/feed-records.ts';
import type { LogHead, RevocationRecord } from '../../domain/revocation.ts';
import { chainRecords } from '../feed-format/record-chain.ts';
import type { StreamEvent } from './event-stream.ts';
import { RemoteFault } from './feed-problem.ts';
import type { LogTrail } from './log-trail.ts';

/** Between two checkpoints that say something new. */
const MOST_IDLE_EVENTS = 100;

export interface StreamJudgeParts {
  readonly trail: LogTrail;
  /** What the stream was asked for with. */
  readonly nonce: string;
  /** Proves a checkpoint, or throws a `RemoteFault`. */
  readonly read: (text: string) => Promise<FeedCheckpoint>;
}

/** A checkpoint that continues what is known, and the records that lead to it. */
export interface Advance {
  readonly checkpoint: FeedCheckpoint;
  readonly text: string;
  readonly records: readonly RevocationRecord[];
  /** Whether it is the one that came with the nonce. */
  readonly isFirst: boolean;
}

/**
 * Judges one connection to the feed: records count from the moment that a checkpoint covers them, which it does when the chain of hashes
 * from where the verifier stands leads exactly to its head. Everything else throws a `RemoteFault`, and has changed nothing.
 */
export class StreamJudge {
  readonly #parts: StreamJudgeParts;
  #waiting: readonly RevocationRecord[] = [];
  #last: FeedCheckpoint | undefined;
  #lastText = '';
  #idleEvents = 0;

  constructor(parts: StreamJudgeParts) {
    this.#parts = parts;
  }

  /** What an event gives; `undefined` for records, which wait, and for what a later version may send. */
  async take({ type, data }: StreamEvent): Promise<Advance | undefined> {
    if (type === 'records') this.#hold(data);
    // Each signature takes time to check, and the same one says nothing new.
    const isRepeated = this.#waiting.length === 0 && data === this.#lastText;
    if (type === 'checkpoint' && !isRepeated) return this.#advance(data);
    this.#idleEvents += 1;
    if (this.#idleEvents > MOST_IDLE_EVENTS) throw new RemoteFault('too_large', 'the events say nothing new');
    return undefined;
  }

  #hold(text: string): void {
    if (this.#waiting.length > 0) throw new RemoteFault('chain', 'records came that nobody had signed');
    const unhashed = parseRecords(text);
    if (unhashed === undefined) throw new RemoteFault('malformed', 'the records are not of their form');
    const records = chainRecords(this.#position(), unhashed);
    if (records === undefined) throw new RemoteFault('chain', 'the records leave a gap');
    this.#waiting = records;
  }

  async #advance(text: string): Promise<Advance> {
    const { nonce, trail, read } = this.#parts;
    const checkpoint = await read(text);
    const last = this.#last;
    if (last === undefined && checkpoint.nonce !== nonce) {
      throw new RemoteFault('replayed', 'the first checkpoint is not an answer to this request');
    }
    if (last !== undefined && checkpoint.clock !== last.clock) {
      throw new RemoteFault('replayed', 'a checkpoint is that of another process');
    }
    if (last !== undefined && checkpoint.nowMs < last.nowMs) {
      throw new RemoteFault('replayed', 'a checkpoint is older than the one before');
    }
    const records = this.#waiting;
    this.#assertLeadsTo(checkpoint.head, records);
    trail.assertFits(checkpoint, records);
    this.#waiting = [];
    this.#last = checkpoint;
    this.#lastText = text;
    this.#idleEvents = 0;
    return { checkpoint, text, records, isFirst: last === undefined };
  }

  #assertLeadsTo(head: LogHead, records: readonly RevocationRecord[]): void {
    const position = this.#position();
    // The store was restored. Asked again, the issuer says that this position is none any more.
    if (head.epoch !== position.epoch) throw new RemoteFault('position', 'the issuer’s log began anew');
    const { sequence, hash } = records.at(-1) ?? position;
    if (head.sequence > sequence) throw new RemoteFault('truncated', 'records are missing');
    if (head.sequence < sequence) throw new RemoteFault('went_back', 'the log is behind its own records');
    if (!equalBytes(head.hash, hash)) throw new RemoteFault('forked', 'the records are not those of the log');
  }

  #position(): LogHead {
    const { position } = this.#parts.trail;
    if (position === undefined) throw new RemoteFault('position', 'there is no position to go on from');
    return position;
  }
}
