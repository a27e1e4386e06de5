import type { FeedStreamEnd } from '../../domain/events.ts';
import type { LogHead } from '../../domain/revocation.ts';
import type { ByteSink } from '../../ports/byte-sink.ts';
import { credentialOf, type FeedReader } from './reader.ts';
import type { TailPiece } from './tail.ts';

/** Where a stream begins, and what was read of the log to find out that it can. */
export interface StreamStart {
  readonly position: LogHead;
  readonly piece: TailPiece | undefined;
  readonly nonce: string | undefined;
}

/** One reader of the feed. */
export class FeedStream {
  readonly reader: FeedReader;
  readonly credential: string;
  readonly sink: ByteSink;
  /** What it was sent. */
  position: LogHead;
  /** Goes into the first checkpoint. */
  nonce: string | undefined;
  /** Whether that is still to come. */
  isNew = true;
  ended: FeedStreamEnd | undefined;

  constructor(reader: FeedReader, sink: ByteSink, { position, nonce }: StreamStart) {
    this.reader = reader;
    this.credential = credentialOf(reader);
    this.sink = sink;
    this.position = position;
    this.nonce = nonce;
  }

  /** Sends what ends at `head`; gives how many bytes wait. */
  send(bytes: Uint8Array, head: LogHead): number {
    this.position = head;
    this.nonce = undefined;
    this.isNew = false;
    return this.sink.write(bytes);
  }

  /** Says whether it was open. */
  end(reason: FeedStreamEnd): boolean {
    if (this.ended !== undefined) return false;
    this.ended = reason;
    // Who does not read would keep the rest of an answer that ends in good order.
    if (reason === 'too_slow') this.sink.abort();
    else if (reason !== 'client_left') this.sink.end();
    return true;
  }
}
