import { connect } from 'node:net';
import type { Client } from 'pg';

/** https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS */
const CANCEL_REQUEST_CODE = 80_877_102;
const CANCEL_REQUEST_BYTES = 16;
const PATIENCE_MS = 1000;

/** What the driver keeps from the server's greeting and does not declare. */
interface Greeted {
  readonly processID?: number | null;
  readonly secretKey?: number | null;
}

/**
 * Asks the server to give up on what a connection waits for: a backend that waits for a lock does not notice that its client
 * has gone, and would wait on beside those that come after. As well as it can: nobody hears whether it was done.
 */
export function cancelStatement(client: Client): void {
  const { processID, secretKey } = client as Greeted;
  if (typeof processID !== 'number' || typeof secretKey !== 'number') return;
  const request = Buffer.alloc(CANCEL_REQUEST_BYTES);
  request.writeInt32BE(CANCEL_REQUEST_BYTES, 0);
  request.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const { host, port } = client;
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  socket.unref();
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.end(request);
}
