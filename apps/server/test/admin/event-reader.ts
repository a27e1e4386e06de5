import { request, type IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';
import type { Host } from '../app/hosts.ts';

export interface ReadEvent {
  readonly id: string;
  readonly event: string;
  readonly data: ReturnType<typeof JSON.parse>;
}

export interface EventReader {
  readonly response: IncomingMessage;
  /** Resolves with the first `count` events, once they are there. */
  take(count: number): Promise<ReadEvent[]>;
  /** Resolves once the server has ended the stream, or broken it off. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Reads `/admin/v1/events` as an `EventSource` would. */
export async function readEvents(
  t: TestContext,
  host: Pick<Host, 'port'>,
  token: string,
  { query = '', lastEventId }: { readonly query?: string; readonly lastEventId?: string } = {},
): Promise<EventReader> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({
      host: '127.0.0.1',
      port: host.port,
      path: `/admin/v1/events${query}`,
      headers: {
        authorization: `Bearer ${token}`,
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      },
      agent: false,
    })
      .on('response', resolve)
      .on('error', reject)
      .end();
  });
  t.after(() => response.destroy());
  let text = '';
  const waiting: (() => void)[] = [];
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    for (const wake of waiting.splice(0)) wake();
  });
  const ended = new Promise<void>((resolve) => {
    response.on('error', () => undefined).on('close', resolve);
  });
  return {
    response,
    ended,
    close: () => response.destroy(),
    async take(count) {
      const patience = AbortSignal.timeout(5000);
      for (;;) {
        const events = parse(text);
        if (events.length >= count) return events.slice(0, count);
        if (patience.aborted)
          throw new Error(`${events.length} of ${count} events came: ${text.slice(0, 500)}`);
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          setTimeout(resolve, 100);
        });
      }
    },
  };
}

function parse(text: string): ReadEvent[] {
  const blocks = text.split('\n\n').slice(0, -1);
  return blocks.flatMap((block) => {
    const fields = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    const [id, event, data] = ['id', 'event', 'data'].map((name) => fields.get(name));
    return id === undefined || event === undefined ? [] : [{ id, event, data: JSON.parse(data ?? '') }];
  });
}
