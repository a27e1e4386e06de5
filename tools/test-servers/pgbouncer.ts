import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Cleanup } from './cleanup.ts';
import { findProgram } from './find-program.js';
import { findFreePort } from './free-port.ts';
import type { Postgres } from './postgres.ts';
import { ServerProcess, type TestServer } from './server-process.ts';
import { unprivilegedAccount } from './unprivileged.ts';

export interface Pgbouncer extends TestServer {
  /** The database `watchword` through the pooler. */
  readonly url: string;
  urlOf(database: string): string;
}

/** A pooler in front of a server, which hands connections out for one transaction each. */
export async function startPgbouncer(
  postgres: Pick<Postgres, 'port'>,
  cleanup?: Cleanup,
): Promise<Pgbouncer> {
  const account = unprivilegedAccount();
  const command = findProgram('pgbouncer', 'pgbouncer');
  const server = new ServerProcess('pgbouncer', account, cleanup);
  const port = await findFreePort();
  const users = join(server.folder, 'users');
  const settings = join(server.folder, 'settings');
  writeFileSync(users, '"watchword" ""\n');
  writeFileSync(settings, settingsText(port, postgres.port, users));
  await server.run({
    name: 'pgbouncer',
    command,
    args: [settings],
    account,
    stopSignal: 'SIGINT',
    closeSignal: 'SIGTERM',
    isReady: () => accepts(port),
  });
  const urlOf = (database: string): string => `postgres://watchword@127.0.0.1:${port}/${database}`;
  return {
    port,
    get pid() {
      return server.pid;
    },
    folder: server.folder,
    url: urlOf('watchword'),
    urlOf,
    readLog: () => server.readLog(),
    start: () => server.start(),
    stop: () => server.stop(),
    kill: () => server.kill(),
    pause: () => server.pause(),
    resume: () => server.resume(),
    close: () => server.close(),
  };
}

function settingsText(port: number, serverPort: number, users: string): string {
  return `[databases]
* = host=127.0.0.1 port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
default_pool_size = 20
`;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
