import type { FeedStreamEnd } from '../../domain/events.ts';
import type { LogHead, RevocationRecord } from '../../domain/revocation.ts';
import type { StreamingBody } from '../../ports/byte-sink.ts';
import type { EngineContext } from '../context.ts';
import type { LogListener } from '../revocation/follow.ts';
import type { Checkpoints, HeadAsOf } from './checkpoints.ts';
import { drained } from './drained.ts';
import { checkpointEvent, recordsEvent } from './event-text.ts';
import { HEARTBEAT_MS, MOST_WAITING_BYTES, RECHECK_MS, type FeedLimits } from './limits.ts';
import { Places, type FeedReader } from './reader.ts';
import { FeedStream, type StreamStart } from './stream.ts';
import type { Tail, TailPiece } from './tail.ts';

/** Streams get their heartbeats in turns, so that thousands do not hold up everything else once a second. */
const TURNS = 10;

/** Sending to all takes at most a third of the time: what comes meanwhile goes out together. */
const PAUSES = 2;

export interface StreamsParts {
  readonly context: Pick<EngineContext, 'clock' | 'scheduler' | 'events'>;
  readonly checkpoints: Checkpoints;
  readonly tail: Tail;
  /** The entries behind a position as the store has them; `undefined` where some have expired. */
  readonly readPiece: (after: LogHead) => Promise<TailPiece | undefined>;
  readonly isStillAllowed: (reader: FeedReader) => Promise<boolean>;
  readonly limits: FeedLimits;
}

/**
 * All streams of this process. Those that were sent everything are sent the same bytes, made and signed once. The others, which
 * resume or do not read fast enough, are sent the log piece by piece at their own pace, from memory or from the store.
 */
export class Streams implements LogListener {
  readonly #parts: StreamsParts;
  readonly #places: Places;
  readonly #all = new Set<FeedStream>();
  /** Those that were sent everything up to `#sent`, by the turn in which they get their heartbeat. */
  readonly #live: readonly Set<FeedStream>[] = Array.from({ length: TURNS }, () => new Set());
  #sent: LogHead | undefined;
  #opened = 0;
  #turn = 0;
  #isFlushPlanned = false;
  #quietUntilMs = Number.NEGATIVE_INFINITY;
  #stopTimers: (() => void) | undefined;
  #rechecking = false;
  #closed = false;

  constructor(parts: StreamsParts) {
    this.#parts = parts;
    this.#places = new Places(parts.limits.streams, parts.limits.streamsPerClient);
  }

  get count(): number {
    return this.#places.count;
  }

  isFree(reader: FeedReader): boolean {
    return this.#places.isFree(reader);
  }

  body(reader: FeedReader, start: StreamStart): StreamingBody {
    return {
      open: (sink) => {
        const stream = new FeedStream(reader, sink, start);
        if (this.#closed || !this.isFree(reader)) {
          sink.abort();
          return () => undefined;
        }
        this.#add(stream);
        this.#pump(stream, start.piece).catch(() => this.#end(stream, 'store_unavailable'));
        return () => this.#end(stream, 'client_left');
      },
    };
  }

  applied(records: readonly RevocationRecord[], from: LogHead): void {
    this.#parts.tail.append(records, from);
    this.#flushSoon();
  }

  broken(reason: 'gap' | 'new_epoch'): void {
    for (const stream of this.#all) this.#end(stream, reason);
  }

  close(): void {
    this.#closed = true;
    for (const stream of this.#all) this.#end(stream, 'closing');
  }

  #add(stream: FeedStream): void {
    this.#places.take(stream.reader);
    this.#all.add(stream);
    this.#parts.context.events.record('feed_stream_opened', { clientId: stream.reader.clientId });
    this.#stopTimers ??= this.#startTimers();
  }

  #end(stream: FeedStream, reason: FeedStreamEnd): void {
    if (!stream.end(reason)) return;
    this.#all.delete(stream);
    this.#leaveLive(stream);
    this.#places.giveBack(stream.reader);
    const { clientId } = stream.reader;
    this.#parts.context.events.record('feed_stream_closed', { clientId, reason });
    if (this.#all.size > 0) return;
    this.#stopTimers?.();
    this.#stopTimers = undefined;
  }

  #startTimers(): () => void {
    const { scheduler } = this.#parts.context;
    const stopHeartbeat = scheduler.every(HEARTBEAT_MS / TURNS, () => this.#beat());
    const stopRecheck = scheduler.every(RECHECK_MS, () => this.#recheck());
    return () => {
      stopHeartbeat();
      stopRecheck();
    };
  }

  /** Sends what is missing until nothing is, and lets the stream join the others then. */
  async #pump(stream: FeedStream, read: TailPiece | undefined): Promise<void> {
    let piece = read;
    while (stream.ended === undefined) {
      const current = this.#parts.checkpoints.current();
      if (current === undefined || current.head.epoch !== stream.position.epoch) {
        return this.#end(stream, 'new_epoch');
      }
      if (current.head.sequence === stream.position.sequence) return this.#join(stream, current);
      piece ??= this.#parts.tail.after(stream.position) ?? (await this.#parts.readPiece(stream.position));
      if (piece === undefined) return this.#end(stream, 'gap');
      const waiting = this.#sendPiece(stream, piece);
      piece = undefined;
      if (waiting > MOST_WAITING_BYTES && !(await drained(stream.sink, this.#parts.context.scheduler))) {
        return this.#end(stream, 'too_slow');
      }
    }
  }

  #sendPiece(stream: FeedStream, piece: TailPiece): number {
    const { checkpoints } = this.#parts;
    const current = checkpoints.current();
    if (stream.ended !== undefined || current === undefined) return 0;
    const checkpoint = signFor(checkpoints, piece.head, current, stream.nonce);
    return stream.send(recordsEvent(piece, checkpoint), piece.head);
  }

  #join(stream: FeedStream, current: HeadAsOf): void {
    // Those who are there already are sent what this one has been sent.
    this.#flush();
    if (stream.isNew) {
      const checkpoint = signFor(this.#parts.checkpoints, current.head, current, stream.nonce);
      stream.send(checkpointEvent(current.head, checkpoint), current.head);
    }
    this.#opened += 1;
    this.#live[this.#opened % TURNS]?.add(stream);
  }

  #leaveLive(stream: FeedStream): void {
    for (const streams of this.#live) streams.delete(stream);
  }

  #flushSoon(): void {
    if (this.#isFlushPlanned || this.#all.size === 0) return;
    this.#isFlushPlanned = true;
    const { clock, scheduler } = this.#parts.context;
    const pauseMs = this.#quietUntilMs - clock.monotonicMs();
    if (pauseMs > 0) scheduler.after(pauseMs, () => this.#flushPlanned());
    else void scheduler.nextTurn().then(() => this.#flushPlanned());
  }

  #flushPlanned(): void {
    this.#isFlushPlanned = false;
    const { clock } = this.#parts.context;
    const beganMs = clock.monotonicMs();
    this.#flush();
    const endedMs = clock.monotonicMs();
    this.#quietUntilMs = endedMs + PAUSES * (endedMs - beganMs);
  }

  /** Sends what was applied since to all who were sent everything before. */
  #flush(): void {
    const { checkpoints, tail } = this.#parts;
    const current = checkpoints.current();
    if (current === undefined) return;
    while (this.#sent?.epoch === current.head.epoch && this.#sent.sequence < current.head.sequence) {
      const piece = this.#liveCount() === 0 ? undefined : tail.after(this.#sent);
      if (piece === undefined) break;
      this.#sendAll(recordsEvent(piece, signFor(checkpoints, piece.head, current)), piece.head);
      this.#sent = piece.head;
    }
    // What memory has forgotten already is sent to each from the store.
    if (this.#sent?.sequence !== current.head.sequence) this.#pumpAllLive();
    this.#sent = current.head;
  }

  #liveCount(): number {
    return this.#live.reduce((count, streams) => count + streams.size, 0);
  }

  #sendAll(bytes: Uint8Array, head: LogHead): void {
    for (const streams of this.#live) this.#sendSome(streams, bytes, head);
  }

  #sendSome(streams: ReadonlySet<FeedStream>, bytes: Uint8Array, head: LogHead): void {
    for (const stream of streams) {
      if (stream.send(bytes, head) > MOST_WAITING_BYTES) this.#fallBehind(stream);
    }
  }

  #pumpAllLive(): void {
    for (const streams of this.#live) for (const stream of streams) this.#fallBehind(stream);
  }

  /** Goes on with a stream at the pace of its reader, once that has read what waits. */
  #fallBehind(stream: FeedStream): void {
    this.#leaveLive(stream);
    drained(stream.sink, this.#parts.context.scheduler)
      .then((isDrained) => (isDrained ? this.#pump(stream, undefined) : this.#end(stream, 'too_slow')))
      .catch(() => this.#end(stream, 'store_unavailable'));
  }

  /** A checkpoint for those whose turn it is, be the head a new one or not: that it is none is news too. */
  #beat(): void {
    this.#flush();
    this.#turn = (this.#turn + 1) % TURNS;
    const streams = this.#live[this.#turn];
    const current = this.#parts.checkpoints.current();
    if (streams === undefined || streams.size === 0 || current === undefined) return;
    this.#sendSome(
      streams,
      checkpointEvent(current.head, this.#parts.checkpoints.sign(current)),
      current.head,
    );
  }

  #recheck(): void {
    if (this.#rechecking) return;
    this.#rechecking = true;
    void this.#endWithdrawn().finally(() => {
      this.#rechecking = false;
    });
  }

  /** One question for each credential, however many streams it has. */
  async #endWithdrawn(): Promise<void> {
    const readers = new Map<string, FeedReader>();
    for (const { credential, reader } of this.#all) readers.set(credential, reader);
    for (const [credential, reader] of readers) {
      // While the store is away nobody can tell: the next time will.
      const isAllowed = await this.#parts.isStillAllowed(reader).catch(() => true);
      if (isAllowed) continue;
      for (const stream of this.#all) {
        if (stream.credential === credential) this.#end(stream, 'withdrawn');
      }
    }
  }
}

/** A checkpoint behind which there is more says nothing of when that was all. */
function signFor(checkpoints: Checkpoints, head: LogHead, current: HeadAsOf, nonce?: string): string {
  const extras = nonce === undefined ? {} : { nonce };
  return head.epoch === current.head.epoch && head.sequence === current.head.sequence
    ? checkpoints.sign(current, extras)
    : checkpoints.signPartial(head, extras);
}
