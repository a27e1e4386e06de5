import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, startRedis } from '../tools/test-servers/index.ts';
import { median, type Benchmark } from './benchmark.ts';
import { startCluster, type Cluster } from './feed/cluster.ts';
import { fillToTenMillion } from './feed/ten-million.ts';
import { keepRefreshing } from './feed/refresh-load.ts';

const SERVERS = 3;
const VERIFIERS = 5;
const REVOCATIONS = 200;
const WARM_UP = 20;
/** More than are revoked: what is left are the load's. */
const SESSIONS = REVOCATIONS + WARM_UP + 128;
const KINDS = ['session', 'token', 'subject'] as const;

/**
 * Three servers on one PostgreSQL, five verifiers in processes of their own that follow them over HTTP, and load on all of them.
 * `median_ms` and `p99_ms` are the time from the answer that acknowledges a revocation until the last verifier refuses the
 * token; the `redis_…` ones the same with a relay. The others are of ten million live revocations, see `ten-million.ts`.
 */
export const feed: Benchmark = {
  summary: 'how long until the last of five remote verifiers refuses; ten million revocations',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'watchword-bench-'));
    const postgres = await startPostgres();
    const redis = await startRedis();
    try {
      const alone = await measure(join(folder, 'alone'), await postgres.createDatabase('alone'), undefined);
      const relayed = await measure(
        join(folder, 'relayed'),
        await postgres.createDatabase('relayed'),
        redis.url,
      );
      return {
        ratios: {},
        figures: {
          ...latencyFigures('', alone),
          ...latencyFigures('redis_', relayed),
          ...(await fillToTenMillion()),
        },
        versions: { node: process.version, postgresql: '15', redis: '7' },
      };
    } finally {
      await redis.close();
      await postgres.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function measure(
  folder: string,
  databaseUrl: string,
  redisUrl: string | undefined,
): Promise<readonly number[]> {
  const cluster = await startCluster({
    folder,
    databaseUrl,
    redisUrl,
    servers: SERVERS,
    verifiers: VERIFIERS,
  });
  try {
    const tokens = await accessTokens(cluster);
    const revoked = tokens.slice(0, REVOCATIONS + WARM_UP);
    const kept = tokens.slice(REVOCATIONS + WARM_UP);
    for (const verifier of cluster.verifiers) verifier.load(kept);
    const stopRefreshing = await keepRefreshing(cluster.machines);
    const took: number[] = [];
    for (const [index, token] of revoked.entries()) took.push(await revoke(cluster, token, index));
    await stopRefreshing();
    return took.slice(WARM_UP);
  } finally {
    await cluster.end();
  }
}

async function accessTokens({ machines: [first] }: Cluster): Promise<readonly string[]> {
  const cookies = (await first?.server.startSessions(SESSIONS)) ?? [];
  return cookies.map((line) => /__Host-ww_at=([^;]+)/.exec(line)?.[1] ?? '');
}

/** Gives how many milliseconds after the acknowledgement the last verifier refused; 0 where it knew before. */
async function revoke({ machines, verifiers }: Cluster, token: string, index: number): Promise<number> {
  const watched = await Promise.all(verifiers.map((verifier) => verifier.watch(token)));
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
  const kind = KINDS[index % KINDS.length] ?? 'session';
  const target = { session: claims.sid, token: claims.jti, subject: claims.sub }[kind];
  await machines[index % machines.length]?.operator.request('POST', '/revocations', { kind, target });
  const acknowledgedNs = process.hrtime.bigint();
  const refusedNs = await Promise.all(watched.map(({ refused }) => refused));
  return Math.max(0, ...refusedNs.map((atNs) => Number(atNs - acknowledgedNs) / 1e6));
}

interface Claims {
  readonly sid: string;
  readonly jti: string;
  readonly sub: string;
}

function latencyFigures(prefix: string, tookMs: readonly number[]): Record<string, number> {
  const sorted = tookMs.toSorted((a, b) => a - b);
  return {
    [`${prefix}median_ms`]: median(sorted),
    [`${prefix}p99_ms`]: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN,
    [`${prefix}longest_ms`]: sorted.at(-1) ?? Number.NaN,
  };
}
