import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTurns, median, medianRatio, type Benchmark } from './benchmark.ts';
import { prepareLoad, type Load } from './guard/load.ts';
import { installPeers, peerVersions } from './install-peers.ts';
import { freePort, startServerProcess } from './refresh-http/server-process.ts';

const CONNECTIONS = 32;
/** Everybody who remembers any remembers all of them: @fastify/jwt up to 1,000. */
const TOKENS = 512;
/** Until then the compiler has not seen it all. */
const WARM_UP = 16_384;
/** One process is up to a quarter faster than the next of the same kind. */
const PROCESSES = 3;
const ROUNDS = 20;
const COUNT = 2048;

/** Whose guards a framework's application is tried with, beside none and ours. */
const PEERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  express: { express_jwt: 'peer' },
  fastify: { fastify_jwt: 'peer', fastify_jwt_cached: 'cached_peer' },
  hono: { hono_jwt: 'peer' },
  node: {},
};

interface Findings {
  readonly ratios: Record<string, number>;
  readonly figures: Record<string, number>;
}

/**
 * Requests per second of a route with a guard, to those of the same route without: in each framework, HS256, tokens that are remembered.
 * The applications of a framework share a process, each on a port of its own, and take turns; the load is in this one. Beside it what the
 * frameworks' own or usual guards leave.
 */
export const guard: Benchmark = {
  summary: 'what a guarded route costs in each framework, beside the usual guards',
  async run() {
    await installPeers();
    const findings: Findings = { ratios: {}, figures: {} };
    for (const [framework, peers] of Object.entries(PEERS)) await measure(framework, peers, findings);
    const { devDependencies } = JSON.parse(
      readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
    ) as { readonly devDependencies: Readonly<Record<string, string>> };
    const named = ['express', 'express-jwt', 'fastify', 'hono', '@hono/node-server'];
    return {
      ...findings,
      versions: {
        node: process.version,
        ...Object.fromEntries(named.map((name) => [name, devDependencies[name] ?? ''])),
        '@fastify/jwt': peerVersions()['@fastify/jwt'] ?? '',
      },
    };
  },
};

/** Of each application, round after round: requests per second, and microseconds of CPU for one. */
type Costs = Readonly<Record<string, { readonly speeds: number[]; readonly cpu: number[] }>>;

async function measure(
  framework: string,
  peers: Readonly<Record<string, string>>,
  { ratios, figures }: Findings,
): Promise<void> {
  const variants = { bare: 'bare', idle: 'idle', ours: 'watchword', ...peers };
  const costs: Costs = Object.fromEntries(
    Object.keys(variants).map((name) => [name, { speeds: [], cpu: [] }]),
  );
  for (let started = 0; started < PROCESSES; started += 1) await measureProcess(framework, variants, costs);
  const speedOf = (name: string): readonly number[] => costs[name]?.speeds ?? [];
  const cpuOf = (name: string): readonly number[] => costs[name]?.cpu ?? [];
  ratios[framework] = medianRatio(speedOf('ours'), speedOf('bare'));
  // Of the CPU time that requests take without a guard to that with it.
  ratios[`${framework}_cpu`] = medianRatio(cpuOf('bare'), cpuOf('ours'));
  // The framework's own share: a middleware and a guard that do nothing.
  ratios[`${framework}_idle`] = medianRatio(speedOf('idle'), speedOf('bare'));
  ratios[`${framework}_vs_idle`] = medianRatio(speedOf('ours'), speedOf('idle'));
  for (const name of Object.keys(peers)) {
    ratios[name] = medianRatio(speedOf(name), speedOf('bare'));
    ratios[`${name}_cpu`] = medianRatio(cpuOf('bare'), cpuOf(name));
    ratios[`${framework}_vs_${name}`] = medianRatio(speedOf('ours'), speedOf(name));
  }
  for (const name of Object.keys(variants)) {
    const figure = name in peers ? name : `${framework}_${name}`;
    figures[`${figure}_rps`] = median(speedOf(name));
    figures[`${figure}_cpu_us`] = median(cpuOf(name));
  }
}

async function measureProcess(
  framework: string,
  variants: Readonly<Record<string, string>>,
  costs: Costs,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-bench-'));
  const ports = new Map(
    await Promise.all(Object.values(variants).map(async (by) => [by, await freePort()] as const)),
  );
  const server = await startServerProcess({
    script: new URL('guard/server.ts', import.meta.url),
    environment: { GUARD_FRAMEWORK: framework, GUARD_PORTS: JSON.stringify(Object.fromEntries(ports)) },
    log: join(folder, 'server.log'),
  });
  try {
    const tokens = await server.startSessions(TOKENS);
    const runs: Record<string, Load['run']> = {};
    const cpu: Record<string, number[]> = {};
    for (const [name, by] of Object.entries(variants)) {
      const accepted = by.endsWith('peer') ? tokens.slice(TOKENS) : tokens.slice(0, TOKENS);
      const load = await prepareLoad(ports.get(by) ?? 0, accepted, CONNECTIONS);
      await load.run(WARM_UP);
      const used: number[] = [];
      cpu[name] = used;
      runs[name] = async (count) => {
        const before = await server.cpuMicroseconds();
        await load.run(count);
        used.push(((await server.cpuMicroseconds()) - before) / count);
      };
    }
    const speeds = await inTurns(runs, { rounds: ROUNDS, count: COUNT });
    for (const [name, { speeds: all, cpu: allCpu }] of Object.entries(costs)) {
      all.push(...(speeds[name] ?? []));
      allCpu.push(...(cpu[name] ?? []).slice(-ROUNDS));
    }
  } finally {
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  }
}
