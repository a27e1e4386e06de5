import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests that a connection may send before the answer to an earlier one. Browsers send none. */
const MOST_WAITING = 64;

/**
 * Gives the function that says whether a request is to be answered. Node hands over all that came in one piece, be it two thousand
 * requests on one connection, and whoever does that to keep the others waiting is cut off.
 */
export function limitPipelining(): (request: IncomingMessage, response: ServerResponse) => boolean {
  const waiting = new WeakMap<Socket, number>();
  return ({ socket }, response) => {
    // Only an answer that waits for another has no socket yet.
    if (response.socket !== null) return true;
    const count = (waiting.get(socket) ?? 0) + 1;
    if (count > MOST_WAITING) socket.destroy();
    if (socket.destroyed) return false;
    waiting.set(socket, count);
    response.once('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1));
    return true;
  };
}
