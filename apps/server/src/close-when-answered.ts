import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** What is under way for longer than this is an upload without an end, and no reason not to stop in good order. */
const PATIENCE_MS = 8000;

/**
 * Gives the function that closes all connections once no request is under way, or when that takes too long. Node closes idle
 * ones itself, but one that has asked nothing yet is not idle to it, nor one whose answer was under way: browsers keep both
 * for minutes.
 */
export function closeWhenAnswered(server: Server): () => void {
  /** How many requests each connection waits for. */
  const underWay = new Map<Socket, number>();
  let closing = false;

  function change(socket: Socket, by: 1 | -1): void {
    const count = (underWay.get(socket) ?? 0) + by;
    if (count > 0) underWay.set(socket, count);
    else forget(socket);
  }

  function forget(socket: Socket): void {
    underWay.delete(socket);
    if (closing && underWay.size === 0) server.closeAllConnections();
  }

  server.on('connection', (socket) => {
    // Let in before the server stopped listening.
    if (closing) socket.destroy();
    // Before Node 24, answers that wait for another on a connection that is gone are never closed.
    socket.once('close', () => forget(socket));
  });
  server.on('request', ({ socket }, response) => {
    if (socket.destroyed) return;
    change(socket, 1);
    response.once('close', () => change(socket, -1));
  });
  return () => {
    closing = true;
    setTimeout(() => server.closeAllConnections(), PATIENCE_MS).unref();
    if (underWay.size === 0) server.closeAllConnections();
  };
}
