import { createClient, RESP_TYPES } from '@redis/client';
import type { Scheduler } from '../../ports/scheduler.ts';
import type { RedisAddress } from './redis-address.ts';

/** One connection, which is used until something about it fails and then never again. */
export interface RedisConnection {
  /** Resolves once commands are taken; rejects when that takes too long. */
  open(): Promise<void>;
  /** Sends it and gives the answer, with bytes as bytes; rejects after `deadlineMs`. */
  command(args: readonly (string | Buffer)[], deadlineMs: number): Promise<unknown>;
  /** At once, whatever it is doing; what was not answered rejects. */
  destroy(): void;
}

const OPENING_MS = 2000;

export function createConnection(address: RedisAddress, scheduler: Scheduler): RedisConnection {
  const { host, port, database, username, password } = address;
  const common = { host, port, reconnectStrategy: false, connectTimeout: OPENING_MS } as const;
  const client = createClient({
    RESP: 2,
    socket: address.tls ? { ...common, tls: true } : common,
    database,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });
  // What fails is known by the command that rejects.
  client.on('error', () => undefined);
  // The relay is an extra: no process lives on for it.
  client.unref();
  let destroyed = false;

  function destroy(): void {
    destroyed = true;
    client.destroy();
  }

  function within<Result>(deadlineMs: number, work: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const cancel = scheduler.after(deadlineMs, () => {
        destroy();
        reject(new Error(`Redis did not answer within ${deadlineMs} ms`));
      });
      work.then(resolve, reject).finally(cancel);
    });
  }

  return {
    async open() {
      const connected = client.connect().then(() => {
        // The client does not give up a connection that is on its way when it is told to.
        if (destroyed) client.destroy();
      });
      await within(OPENING_MS, connected);
    },
    command: (args, deadlineMs) => within(deadlineMs, client.sendCommand(args)),
    destroy,
  };
}
