import { setTimeout as pause } from 'node:timers/promises';
import { sentenceOf } from '../admin-api/admin-api.ts';
import { findServer, readAdminToken } from '../admin-api/find-server.ts';
import { NobodyThere, openRequest, readBody, responseTo } from '../admin-api/http-admin-api.ts';
import { Stop } from '../stop.ts';
import { parseEventStream, type StreamEvent } from './parse-event-stream.ts';

export interface Following {
  readonly folder: string;
  readonly types: readonly string[];
  /** How many of those that happened before are wanted. */
  readonly recent: number | undefined;
  /** Called when the stream broke off, before it is tried again. */
  readonly onInterruption: () => Promise<void>;
}

const LONGEST_PAUSE_MS = 5000;
const SHORTEST_PAUSE_MS = 250;

/**
 * The events of the server on a data folder, without end. Where the server goes away it is looked for again, since it may come back
 * with another port and another credential, and asked for what was missed.
 */
export async function* followEvents(following: Following): AsyncGenerator<StreamEvent> {
  let last: string | undefined;
  let isFirst = true;
  let pauseMs = SHORTEST_PAUSE_MS;
  for (;;) {
    try {
      for await (const event of connect(following, last)) {
        isFirst = false;
        pauseMs = SHORTEST_PAUSE_MS;
        if (event === 'connected') continue;
        if (event.id !== '') last = event.id;
        yield event;
      }
    } catch (error) {
      if (isFirst) throw error instanceof NobodyThere ? noServer(following.folder) : error;
      if (!isInterruption(error)) throw error;
    }
    if (pauseMs === SHORTEST_PAUSE_MS) await following.onInterruption();
    await pause(pauseMs);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

async function* connect(
  { folder, types, recent }: Following,
  last: string | undefined,
): AsyncGenerator<StreamEvent | 'connected'> {
  const server = findServer(folder);
  const token = readAdminToken(folder);
  if (server === undefined || token === undefined) throw noServer(folder);
  const query = new URLSearchParams();
  if (types.length > 0) query.set('types', types.join(','));
  if (recent !== undefined && last === undefined) query.set('recent', String(recent));
  const outgoing = openRequest(server.address, token, {
    method: 'GET',
    path: `/admin/v1/events?${query.toString()}`,
    headers: { accept: 'text/event-stream', ...(last === undefined ? {} : { 'last-event-id': last }) },
  });
  outgoing.end();
  const incoming = await responseTo(outgoing);
  try {
    const { statusCode: status = 0 } = incoming;
    if (status !== 200)
      throw new Stop(2, sentenceOf({ status, body: await readBody(incoming, server.address) }));
    yield 'connected';
    yield* parseEventStream(incoming.setEncoding('utf8'));
  } finally {
    incoming.destroy();
  }
}

function noServer(folder: string): Stop {
  return new Stop(
    2,
    `No server runs on ${folder}, and events are told by a server: watchword serve. Another folder: --data.`,
  );
}

/** Anything that a server may do while it goes away and comes back; its files are missing or old meanwhile. */
function isInterruption(error: unknown): boolean {
  if (error instanceof NobodyThere || error instanceof Stop) return true;
  return error instanceof Error && 'code' in error;
}
