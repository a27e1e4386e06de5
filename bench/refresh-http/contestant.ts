import type { Contestant } from '../benchmark.ts';
import type { Client } from './client.ts';
import { openConnection, type Connection } from './connection.ts';
import type { ServerProcess } from './server-process.ts';

export const CONNECTIONS = 32;

/** What a refresh cost in one round, and how long the slowest hundredth took at least. */
export interface Round {
  readonly cpuMicroseconds: number;
  readonly p99Ms: number;
}

export interface Driven {
  readonly run: Contestant;
  /** The newest last. */
  readonly rounds: readonly Round[];
}

/**
 * Drives a server over connections that are kept for a round, each with a session of its own that is refreshed again and
 * again. Between two of its rounds others have theirs, and some servers close connections that are idle for so long.
 */
export async function drive(
  server: ServerProcess,
  createClient: (credential: string) => Client,
): Promise<Driven> {
  const clients = (await server.startSessions(CONNECTIONS)).map(createClient);
  const rounds: Round[] = [];
  return {
    rounds,
    async run(count) {
      const connections = await Promise.all(clients.map(() => openConnection(server.port)));
      const latenciesMs: number[] = [];
      const before = await server.cpuMicroseconds();
      await Promise.all(
        connections.map(async (connection, index) => {
          const client = clients[index];
          if (client === undefined) return;
          for (let done = 0; done < count / CONNECTIONS; done += 1) {
            latenciesMs.push(await refresh(connection, client));
          }
        }),
      );
      const used = (await server.cpuMicroseconds()) - before;
      for (const connection of connections) connection.close();
      rounds.push({ cpuMicroseconds: used / count, p99Ms: percentile(latenciesMs, 0.99) });
    },
  };
}

/** Gives how long it took; what is no rotation ends the benchmark. */
async function refresh(connection: Connection, client: Client): Promise<number> {
  const shown = client.refreshToken();
  const request = client.request();
  const begunMs = performance.now();
  const answer = await connection.exchange(request);
  const tookMs = performance.now() - begunMs;
  if (answer.status !== 200) throw new Error(`a refresh was answered:\n${answer.head}\n\n${answer.body}`);
  client.accept(answer);
  if (client.refreshToken() === shown) throw new Error('a refresh did not rotate');
  return tookMs;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}
