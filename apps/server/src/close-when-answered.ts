import type { Server } from 'node:http';

/**
 * Gives the function that closes all connections once no request is under way. Node closes idle ones itself, but one that
 * has asked nothing yet is not idle to it, nor one whose answer was under way: browsers keep both for minutes.
 */
export function closeWhenAnswered(server: Server): () => void {
  let underWay = 0;
  let closing = false;

  function closeIfNothingIsUnderWay(): void {
    if (closing && underWay === 0) server.closeAllConnections();
  }

  server.on('request', (_request, response) => {
    underWay += 1;
    response.once('close', () => {
      underWay -= 1;
      closeIfNothingIsUnderWay();
    });
  });
  return () => {
    closing = true;
    closeIfNothingIsUnderWay();
  };
}
