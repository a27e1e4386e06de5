import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that the system itself hands out, so that nobody is given a port whose server is down for a moment. */
const lowest = 10_240;
const highest = 32_767;

/** A port of the loopback interface on which nothing listens. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest + 1);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
