import { connect } from 'node:net';
import type { Cleanup } from './cleanup.ts';
import { findProgram } from './find-program.js';
import { findFreePort } from './free-port.ts';
import { ServerProcess, type TestServer } from './server-process.ts';

export interface Redis extends TestServer {
  readonly url: string;
}

/** A server that keeps nothing: it is empty again after each start. */
export async function startRedis(
  cleanup?: Cleanup,
  more: Readonly<Record<string, string>> = {},
): Promise<Redis> {
  const command = findProgram('redis-server', 'redis-server');
  const server = new ServerProcess('redis', undefined, cleanup);
  const port = await findFreePort();
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: server.folder,
    save: '',
    appendonly: 'no',
    // Writing a title for ps overwrites the environment, by which a test run finds what was left behind.
    'set-proc-title': 'no',
    ...more,
  };
  await server.run({
    name: 'Redis',
    command,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    stopSignal: 'SIGTERM',
    closeSignal: 'SIGKILL',
    isReady: () => answers(port),
  });
  return {
    port,
    get pid() {
      return server.pid;
    },
    folder: server.folder,
    url: `redis://127.0.0.1:${port}`,
    readLog: () => server.readLog(),
    start: () => server.start(),
    stop: () => server.stop(),
    kill: () => server.kill(),
    pause: () => server.pause(),
    resume: () => server.resume(),
    close: () => server.close(),
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
