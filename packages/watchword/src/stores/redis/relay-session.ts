import type { Scheduler } from '../../ports/scheduler.ts';
import type { RedisAddress } from './redis-address.ts';
import { createConnection } from './redis-connection.ts';
import {
  BEGINNING,
  entryFields,
  isBefore,
  LONGEST_MESSAGE,
  parseEntries,
  parseReading,
  type StreamEntry,
} from './stream-entries.ts';

const DEADLINE_MS = 2000;
/** How long Redis waits for something to read: as long a stalled one is not noticed, and `DEADLINE_MS` more. */
const BLOCK_MS = 1000;
const ENTRIES_AT_ONCE = 16;
/** What is kept to be read: whoever reads slower has the store. Redis removes more than one at a time. */
const KEPT_ENTRIES = 4000;
const MOST_UNANSWERED_BYTES = 4 * 1024 * 1024;
/** What a small message takes beside itself, roughly. */
const OVERHEAD_BYTES = 512;

/** Two connections, one to write and one that waits for what others write, from opening them until one of them fails. */
export interface RelaySession {
  isOpen(): boolean;
  /** Resolves when both connections work; rejects when they do not within the deadline. */
  open(): Promise<void>;
  /** Hands over what others add from now on; rejects once the session has ended. */
  read(listener: (message: Uint8Array) => void): Promise<never>;
  /** Dropped where it cannot be sent at once. */
  add(message: Uint8Array): void;
  end(): void;
}

export function createSession(
  address: RedisAddress,
  { stream, origin, scheduler }: { stream: string; origin: string; scheduler: Scheduler },
): RelaySession {
  const writer = createConnection(address, scheduler);
  const reader = createConnection(address, scheduler);
  let state: 'opening' | 'open' | 'ended' = 'opening';
  let unansweredBytes = 0;
  let last = BEGINNING;

  async function newestId(): Promise<string> {
    const answer = await reader.command(['XREVRANGE', stream, '+', '-', 'COUNT', '1'], DEADLINE_MS);
    return parseEntries(answer)[0]?.id ?? BEGINNING;
  }

  async function next(): Promise<readonly StreamEntry[]> {
    const limits = ['COUNT', String(ENTRIES_AT_ONCE), 'BLOCK', String(BLOCK_MS)];
    const args = ['XREAD', ...limits, 'STREAMS', stream, last];
    const entries = parseReading(await reader.command(args, BLOCK_MS + DEADLINE_MS));
    // A stream that was deleted, on a server whose clock has gone back, counts on from an earlier number.
    if (entries.length === 0 && isBefore(await newestId(), last)) last = BEGINNING;
    return entries;
  }

  function end(): void {
    state = 'ended';
    writer.destroy();
    reader.destroy();
  }

  return {
    isOpen: () => state === 'open',
    async open() {
      await Promise.all([writer.open(), reader.open()]);
      last = await newestId();
      if (state === 'opening') state = 'open';
    },
    async read(listener) {
      for (;;) {
        for (const { id, message } of await next()) {
          if (state === 'ended') throw new Error('the session has ended');
          last = id;
          if (message !== undefined && message.origin !== origin) listener(message.bytes);
        }
      }
    },
    add(message) {
      const bytes = message.byteLength + OVERHEAD_BYTES;
      if (state !== 'open' || message.byteLength > LONGEST_MESSAGE) return;
      if (unansweredBytes + bytes > MOST_UNANSWERED_BYTES) return;
      unansweredBytes += bytes;
      const args = [
        'XADD',
        stream,
        'MAXLEN',
        '~',
        String(KEPT_ENTRIES),
        '*',
        ...entryFields(origin, message),
      ];
      writer.command(args, DEADLINE_MS).then(() => (unansweredBytes -= bytes), end);
    },
    end,
  };
}
