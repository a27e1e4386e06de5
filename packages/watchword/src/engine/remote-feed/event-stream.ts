import { concatBytes, decodeUtf8 } from '../../crypto/bytes.ts';
import { FeedFault } from '../feed-format/feed-fault.ts';

/** The longest line: a thousand records of the longest subjects, and room. */
const LONGEST_LINE_BYTES = 4 * 1024 * 1024;
/** Data of more lines than one is nothing that the feed sends. */
const MOST_LINES = 16;
/** Between two events, comments of proxies included: reading lines for nothing takes time from everything else. */
const MOST_IDLE_LINES = 1000;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A server-sent event. */
export interface StreamEvent {
  readonly type: string;
  /** The `id` of this event; events do not inherit it here. */
  readonly id: string | undefined;
  readonly data: string;
}

/**
 * Reads `text/event-stream` (HTML, "Server-sent events") from pieces that end anywhere. Lines end with a line feed, as the issuer
 * writes them, or with a carriage return before it.
 */
export class EventStreamReader {
  #pieces: Uint8Array[] = [];
  #length = 0;
  #type = '';
  #id: string | undefined;
  #data: string[] = [];
  #idleLines = 0;

  /** The events that this piece completes. Throws a `FeedFault` for what no event stream has. */
  *push(piece: Uint8Array): Generator<StreamEvent> {
    let start = 0;
    for (;;) {
      const end = piece.indexOf(LINE_FEED, start);
      this.#keep(piece.subarray(start, end === -1 ? piece.length : end));
      if (end === -1) return;
      const event = this.#line(this.#takeLine());
      this.#idleLines = event === undefined ? this.#idleLines + 1 : 0;
      if (this.#idleLines > MOST_IDLE_LINES) throw new FeedFault('too_large', 'the lines make no event');
      if (event !== undefined) yield event;
      start = end + 1;
    }
  }

  #keep(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length > LONGEST_LINE_BYTES)
      throw new FeedFault('too_large', 'a line of the stream is too long');
    if (bytes.length > 0) this.#pieces.push(bytes);
  }

  #takeLine(): string {
    const [only = new Uint8Array(0), another] = this.#pieces;
    const bytes = another === undefined ? only : concatBytes(...this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    const text = decodeUtf8(bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes);
    if (text === undefined) throw new FeedFault('malformed', 'the stream is not UTF-8');
    return text;
  }

  #line(line: string): StreamEvent | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    // A comment.
    if (colon === 0) return undefined;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') this.#type = value;
    else if (field === 'id') this.#id = value;
    else if (field === 'data') this.#data.push(value);
    if (this.#data.length > MOST_LINES) throw new FeedFault('too_large', 'an event has too many lines');
    return undefined;
  }

  #dispatch(): StreamEvent | undefined {
    const event = { type: this.#type, id: this.#id, data: this.#data.join('\n') };
    const isEmpty = this.#data.length === 0;
    this.#type = '';
    this.#id = undefined;
    this.#data = [];
    return isEmpty ? undefined : event;
  }
}
