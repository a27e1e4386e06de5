import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { EventType, Watchword, WatchwordEvent } from 'watchword';
import { EventRing, type NumberedEvent } from './event-ring.ts';
import { presentEvent } from './present-event.ts';

/** How many events are kept for who comes later. */
const KEPT = 1000;
/** A reader that lags behind by more is let go: it can come back with `Last-Event-ID`. */
const MOST_BUFFERED_BYTES = 1_048_576;
/** More often than proxies and sockets give up on a silent connection. */
const HEARTBEAT_MS = 15_000;

export interface StreamStart {
  /** The `Last-Event-ID` of a reader that was here before. */
  readonly lastEventId: string | undefined;
  /** How many of those that are kept somebody new wants to see first. */
  readonly recent: number;
  /** `undefined` for all. */
  readonly types: ReadonlySet<EventType> | undefined;
}

/** What happens in this process, as server-sent events (WHATWG HTML §9.2). */
export interface EventStream {
  /** Writes events to a response until either side ends it. */
  open(response: ServerResponse, start: StreamStart): void;
  /** Ends all streams, and takes no more. */
  close(): void;
}

export function createEventStream(events: Watchword['events']): EventStream {
  const ring = new EventRing(KEPT);
  /** Says which start of the server a number belongs to: each counts from 1. */
  const run = randomBytes(4).toString('hex');
  const readers = new Map<ServerResponse, StreamStart['types']>();
  let closed = false;

  function write(response: ServerResponse, text: string): void {
    response.write(text);
    if (response.writableLength > MOST_BUFFERED_BYTES) response.destroy();
  }

  function textOf({ number, event }: NumberedEvent): string {
    return `id: ${run}-${number}\nevent: ${event.type}\ndata: ${JSON.stringify(presentEvent(event))}\n\n`;
  }

  /** What somebody wants to see of what was before. An id of another start says that all of this one is new. */
  function replay({ lastEventId, recent, types }: StreamStart): NumberedEvent[] {
    if (lastEventId === undefined) return recent === 0 ? [] : ring.after(0, types).slice(-recent);
    const [ofRun, number] = lastEventId.split('-');
    return ring.after(ofRun === run ? Number(number) || 0 : 0, types);
  }

  const stopListening = events.on('*', (event) => {
    const numbered = ring.add(withoutCause(event));
    if (readers.size === 0) return;
    const text = textOf(numbered);
    for (const [response, types] of readers) {
      if (types?.has(event.type) ?? true) write(response, text);
    }
  });

  return {
    open(response, start) {
      if (closed) return void response.end();
      const heartbeat = setInterval(() => write(response, ': still here\n\n'), HEARTBEAT_MS);
      const leave = (): void => {
        clearInterval(heartbeat);
        readers.delete(response);
      };
      response.once('close', leave);
      // An answer that waits behind another is not told that its connection has gone.
      response.req?.socket.once('close', leave);
      // Nobody else would hear it, and who is gone is gone.
      response.on('error', () => undefined);
      // The first bytes go out at once, so that the reader knows that it is heard.
      write(response, `retry: 2000\n\n${replay(start).map(textOf).join('')}`);
      readers.set(response, start.types);
    },
    close() {
      closed = true;
      stopListening();
      for (const response of readers.keys()) response.end();
    },
  };
}

/** An error can hold on to a lot, and is never shown here. */
function withoutCause(event: WatchwordEvent): WatchwordEvent {
  return event.type === 'request_failed' ? { ...event, cause: undefined } : event;
}
