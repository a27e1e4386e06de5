import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Cleanup } from './cleanup.ts';
import { findProgram } from './find-program.js';
import { findFreePort } from './free-port.ts';
import { copyCluster } from './postgres-template.ts';
import { ServerProcess, type TestServer } from './server-process.ts';
import { unprivilegedAccount } from './unprivileged.ts';

export interface Postgres extends TestServer {
  /** The database `watchword` as its owner `watchword`, who is no superuser and needs no password. */
  readonly url: string;
  /** The database `postgres` as superuser. */
  readonly adminUrl: string;
  /** Of a database that exists, as `watchword`. */
  urlOf(database: string): string;
  /** Makes an empty database that belongs to `watchword`. */
  createDatabase(name: string): Promise<string>;
  /** 'smart' waits for the clients to leave, 'fast' rolls back what they do, 'immediate' leaves recovery to the next start. */
  stop(mode?: StopMode): Promise<void>;
}

type StopMode = keyof typeof stopSignals;
const stopSignals = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** As durable as PostgreSQL is by default: what a test proves about crashes must not rest on settings of the test. */
function settings(port: number, folder: string): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: folder,
    shared_buffers: '32MB',
    max_connections: '200',
  };
}

export async function startPostgres(
  cleanup?: Cleanup,
  more: Readonly<Record<string, string>> = {},
): Promise<Postgres> {
  const account = unprivilegedAccount();
  const command = findProgram('postgres', 'postgresql');
  const server = new ServerProcess('postgres', account, cleanup);
  const port = await findFreePort();
  const data = join(server.folder, 'data');
  copyCluster(data, account);
  const lines = Object.entries({ ...settings(port, server.folder), ...more }).map(
    ([name, value]) => `${name} = '${value}'\n`,
  );
  appendFileSync(join(data, 'postgresql.conf'), lines.join(''));
  await server.run({
    name: 'PostgreSQL',
    command,
    args: ['-D', data],
    account,
    stopSignal: stopSignals.fast,
    closeSignal: stopSignals.immediate,
    isReady: (pid) => isReady(data, pid),
  });
  const urlOf = (database: string): string => `postgres://watchword@127.0.0.1:${port}/${database}`;
  const adminUrl = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return {
    port,
    get pid() {
      return server.pid;
    },
    folder: server.folder,
    url: urlOf('watchword'),
    adminUrl,
    urlOf,
    createDatabase: async (name) => {
      const client = new Client({ connectionString: adminUrl });
      await client.connect();
      try {
        await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} OWNER watchword`);
      } finally {
        await client.end();
      }
      return urlOf(name);
    },
    readLog: () => server.readLog(),
    start: () => server.start(),
    stop: (mode = 'fast') => server.stop(stopSignals[mode]),
    kill: () => server.kill(),
    pause: () => server.pause(),
    resume: () => server.resume(),
    close: () => server.close(),
  };
}

/** The postmaster writes its state to the last line of its lock file, which a crash leaves behind. */
function isReady(data: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}
