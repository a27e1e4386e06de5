import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startServerProcess, type ServerProcess } from '../refresh-http/server-process.ts';
import { operatorOf, type Operator } from './operator.ts';
import { startVerifierProcess, type VerifierProcess } from './verifier-process.ts';

export const ISSUER = 'https://app.example';

export interface Machine {
  readonly address: string;
  readonly server: ServerProcess;
  readonly operator: Operator;
}

/** Servers on one database, and verifiers spread over them, each in a process of its own. */
export interface Cluster {
  readonly machines: readonly Machine[];
  readonly verifiers: readonly VerifierProcess[];
  end(): Promise<void>;
}

export interface ClusterOptions {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly servers: number;
  readonly verifiers: number;
}

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { folder, databaseUrl, redisUrl, servers, verifiers } = options;
  const secret = randomBytes(32).toString('base64url');
  const machines: Machine[] = [];
  const started: VerifierProcess[] = [];
  async function end(): Promise<void> {
    await Promise.all(started.map((verifier) => verifier.end()));
    await Promise.all(machines.map(({ server }) => server.end()));
  }
  try {
    for (let number = 1; number <= servers; number += 1) {
      const data = join(folder, `server-${number}`);
      mkdirSync(data, { recursive: true });
      const server = await startServerProcess({
        script: new URL('../refresh-http/our-server.ts', import.meta.url),
        environment: {
          HOST: '127.0.0.1',
          WATCHWORD_ISSUER: ISSUER,
          WATCHWORD_DATA: data,
          WATCHWORD_SECRET: secret,
          WATCHWORD_DATABASE_URL: databaseUrl,
          WATCHWORD_RACE_WINDOW_MS: '0',
          ...(redisUrl !== undefined && { WATCHWORD_REDIS_URL: redisUrl }),
        },
        log: join(folder, `server-${number}.log`),
      });
      const address = `http://127.0.0.1:${server.port}`;
      machines.push({ address, server, operator: operatorOf(address, data) });
    }
    const [first] = machines;
    if (first === undefined) throw new Error('a cluster has at least one server');
    const created = await first.operator.request('POST', '/clients', { id: 'services', roles: ['verifier'] });
    for (let number = 1; number <= verifiers; number += 1) {
      const machine = machines[number % machines.length] ?? first;
      started.push(
        await startVerifierProcess({
          issuer: ISSUER,
          server: machine.address,
          clientId: 'services',
          clientSecret: String(created['secret']),
          name: `service-${number}`,
        }),
      );
    }
    return { machines, verifiers: started, end };
  } catch (error) {
    await end();
    throw error;
  }
}
