import pg from 'pg';
import type { StoreContext } from '../../ports/store/store.ts';
import { clientConfig } from './connections.ts';
import type { PostgresSettings } from './options.ts';

/** Whether notifications arrive is tried on connecting, and now and then: nothing else would tell that they stopped. */
const PROBE_PATIENCE_MS = 2000;
const PROBE_PERIOD_MS = 15_000;
const PROBE_BYTES = 12;
const PROBE = 'probe ';

const SHORTEST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 15_000;

export interface Listener {
  start(): void;
  stop(): void;
  /** Whether notifications are known to arrive. */
  readonly isListening: () => boolean;
}

export interface ListenerLines {
  readonly channel: string;
  /** Sends a notification the way that others are sent. */
  notify(payload: string): Promise<void>;
  /** Called for each notification. */
  heard(): void;
}

/**
 * Listens on a connection of its own for what other processes notify, and begins again when that breaks. `LISTEN` is a matter of a
 * session, which a transaction pooler takes away without a word: so one that stands in the way is recognised by the process id
 * that it makes up, and whether notifications do arrive is tried.
 */
export function createListener(
  { url, listenUrl }: PostgresSettings,
  { scheduler, random, patienceMs }: StoreContext,
  { channel, notify, heard }: ListenerLines,
): Listener {
  let isListening = false;
  let client: pg.Client | undefined;
  let expected: { readonly payload: string; readonly arrived: () => void } | undefined;
  let stopTimer: (() => void) | undefined;
  let backoffMs = SHORTEST_BACKOFF_MS;

  async function connect(): Promise<void> {
    const own = new pg.Client(clientConfig(listenUrl ?? url, Math.min(patienceMs, PROBE_PATIENCE_MS)));
    client = own;
    own.on('error', () => again(own));
    own.on('end', () => again(own));
    own.on('notification', ({ payload = '' }) => {
      if (payload === expected?.payload) expected.arrived();
      if (!payload.startsWith(PROBE)) heard();
    });
    try {
      await own.connect();
      if (listenUrl === undefined && (await isPooled(own))) return giveUp();
      await own.query(`LISTEN "${channel}"`);
      await prove(own);
      (own as { unref?(): void }).unref?.();
    } catch {
      again(own);
    }
  }

  /** Sends itself a notification the way that others are sent, and says whether it came. */
  async function prove(own: pg.Client): Promise<void> {
    const payload = PROBE + Buffer.from(random.bytes(PROBE_BYTES)).toString('hex');
    const arrival = new Promise<boolean>((resolve) => {
      expected = { payload, arrived: () => resolve(true) };
      scheduler.after(PROBE_PATIENCE_MS, () => resolve(false));
    });
    await notify(payload);
    const hasArrived = await arrival;
    if (client !== own) return;
    if (!hasArrived) return again(own);
    const isNew = !isListening;
    isListening = true;
    backoffMs = SHORTEST_BACKOFF_MS;
    stopTimer = scheduler.after(PROBE_PERIOD_MS, () => void prove(own).catch(() => again(own)));
    // What was notified before it listened was not heard.
    if (isNew) heard();
  }

  function again(own: pg.Client): void {
    if (client !== own) return;
    drop();
    backoffMs = Math.min(LONGEST_BACKOFF_MS, backoffMs * 2);
    stopTimer = scheduler.after(backoffMs * (0.5 + random.jitter() / 2), () => void connect());
  }

  function giveUp(): void {
    drop();
  }

  function drop(): void {
    isListening = false;
    stopTimer?.();
    stopTimer = undefined;
    const own = client;
    client = undefined;
    void own?.end().catch(() => undefined);
  }

  return {
    start: () => void connect(),
    stop: drop,
    isListening: () => isListening,
  };
}

/** A pooler makes up the process id that it greets with. */
async function isPooled(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid !== (client as { processID?: unknown }).processID;
}
