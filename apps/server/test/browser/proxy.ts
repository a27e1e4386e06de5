import { createServer, request } from 'node:http';
import type { TestContext } from 'node:test';
import { freePort, startReady, type StartOptions } from '../start/server-process.ts';

export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Whether the answer was handed on, or the line cut in its place. */
  readonly isLost: boolean;
}

/** Stands between browser and server, sees everything that passes, and loses answers when it is told to. */
export interface Proxy {
  readonly url: string;
  readonly passed: Passed[];
  loseAnswersTo(path: string | undefined): void;
}

/** A server that is reached through a proxy, and knows its address by that. */
export async function startBehindProxy(t: TestContext, { environment }: StartOptions = {}): Promise<Proxy> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const server = await startReady(t, { environment: { ...environment, WATCHWORD_ISSUER: url } });
  let losing: string | undefined;
  const passed: Passed[] = [];
  const proxy = createServer((incoming, outgoing) => {
    const { method = '', url: path = '', headers } = incoming;
    const onward = request(
      { host: '127.0.0.1', port: server.port, method, path, headers, agent: false },
      (answer) => {
        const status = answer.statusCode ?? 0;
        const isLost = path === losing;
        if (isLost) {
          answer.resume().on('end', () => incoming.socket.resetAndDestroy());
        } else {
          outgoing.writeHead(status, answer.rawHeaders);
          answer.pipe(outgoing);
        }
        answer.on('end', () => passed.push({ method, path, status, isLost }));
      },
    );
    onward.on('error', () => incoming.socket.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
  t.after(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { url, passed, loseAnswersTo: (path) => (losing = path) };
}
