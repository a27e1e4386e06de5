import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBalancer, startPostgres, startRedis } from '../test-servers/index.ts';
import { findFreePort } from '../test-servers/free-port.ts';

const COMMAND = fileURLToPath(new URL('../../apps/cli/bin/watchword.js', import.meta.url));
const PATIENCE_MS = 30_000;

export interface Cluster {
  /** Where the balancer answers, which is the issuer of all tokens. */
  readonly address: string;
  /** The servers behind it. */
  readonly servers: readonly string[];
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** The data folder of the first server, where commands find its credential. */
  readonly adminData: string;
  end(): Promise<void>;
}

export async function startCluster(options: {
  readonly port: number;
  readonly servers: number;
}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-cluster-'));
  const ends: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  async function end(): Promise<void> {
    for (const close of ends.toReversed()) await close();
  }
  try {
    const postgres = await startPostgres();
    ends.push(() => postgres.close());
    const redis = await startRedis();
    ends.push(() => redis.close());
    const address = `http://localhost:${options.port}`;
    const shared = {
      WATCHWORD_ISSUER: address,
      WATCHWORD_SECRET: randomBytes(32).toString('base64url'),
      WATCHWORD_DATABASE_URL: postgres.url,
      WATCHWORD_REDIS_URL: redis.url,
      HOST: '127.0.0.1',
    };
    const ports: number[] = [];
    for (let number = 1; number <= options.servers; number += 1) {
      const port = await findFreePort();
      const data = join(folder, `server-${number}`);
      const child = startServer({ ...shared, PORT: String(port), WATCHWORD_DATA: data });
      ends.push(() => endServer(child));
      await untilReady(child, port);
      ports.push(port);
    }
    const balancer = await startBalancer(options.port, ports);
    ends.push(() => balancer.close());
    return {
      address,
      servers: ports.map((port) => `http://127.0.0.1:${port}`),
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      adminData: join(folder, 'server-1'),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

function startServer(environment: Record<string, string>): ChildProcess {
  return fork(COMMAND, ['serve'], {
    env: { ...process.env, ...environment },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

async function endServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function untilReady(child: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`a server has ended with ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  throw new Error(`the server on port ${port} was not ready within ${PATIENCE_MS} ms`);
}
