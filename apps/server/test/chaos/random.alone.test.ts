import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  startPostgres,
  startRedis,
  startTcpProxy,
  type TcpProxy,
} from '../../../../tools/test-servers/index.ts';
import { closeConnections } from '../processes/server-group.ts';
import type { ChaosServer } from './chaos-server.ts';
import { countOf, seed } from './counts.ts';
import { startRefreshing } from './refresher.ts';
import { startRevoking } from './revoker.ts';
import { startWorld, type World } from './world.ts';

after(closeConnections);
const database = await startPostgres({ after });
const redis = await startRedis({ after });

const STEPS = countOf(2, 20);
const SERVERS = 3;
const LONGEST_MS = 2500;

/** Something that breaks and is mended. */
interface Fault {
  readonly what: string;
  /** What it touches, and what mending it needs: two faults are made at once if they share nothing of that. */
  readonly parts: readonly string[];
  /** The verifiers that have an excuse. */
  readonly names: readonly string[];
  begin(): unknown;
  end(): unknown;
}

test(`${STEPS} times anything breaks, two things at once (WATCHWORD_SEED=${seed})`, async (t) => {
  const world = await startWorld(t, database.url);
  const random = randomFrom(seed);
  const ways = await Promise.all(
    Array.from({ length: SERVERS }, () => startTcpProxy({ port: database.port }, t)),
  );
  const servers = await Promise.all(ways.map((way) => world.addServer(way.urlOf(database.url), redis.url)));
  const faults = [
    ...databaseFaults(servers),
    ...redisFaults(),
    ...servers.flatMap((server, index) => serverFaults(server, nameOf(index), ways[index])),
    ...(
      await Promise.all(servers.map((server, index) => followerFaults(t, world, server, nameOf(index))))
    ).flat(),
  ];
  const pool = await world.issue('pool', countOf(150, 900));
  await world.issue('valid', 15);
  const refreshing = await startRefreshing(servers, 2);
  const revoking = startRevoking(world.referee, servers, pool, 120);
  for (let step = 1; step <= STEPS; step += 1) {
    const first = pick(faults, random);
    const second = pick(
      faults.filter(({ parts }) => !parts.some((part) => first.parts.includes(part))),
      random,
    );
    const told = [first, second].map(({ what }) => what).join('; ');
    t.diagnostic(`${step}: ${told}`);
    await breakBoth(world, [first, second], random);
  }
  await Promise.all([revoking.stop(), refreshing.stop()]);
  assert.ok(revoking.counts.acknowledged > 0 && refreshing.counts.refreshed > 0);
  await world.judge();
  await world.converge();
});

/** The second begins while the first lasts, or after it. */
async function breakBoth(world: World, faults: readonly Fault[], random: () => number): Promise<void> {
  const names = [...new Set(faults.flatMap((fault) => fault.names))];
  const broken = world.referee.break(faults.map(({ what }) => what).join('; '), names);
  await Promise.all(
    faults.map(async ({ begin, end }, index) => {
      const [beforeMs, forMs] = [index * random() * LONGEST_MS, random() * LONGEST_MS];
      await pause(beforeMs);
      await begin();
      await pause(forMs);
      await end();
    }),
  );
  await world.recover(broken);
  await world.judge();
}

function databaseFaults(servers: readonly ChaosServer[]): readonly Fault[] {
  const names = servers.map((_, index) => nameOf(index));
  const about = { parts: ['database'], names };
  return [
    { ...about, what: 'PostgreSQL is killed', begin: () => database.kill(), end: () => database.start() },
    {
      ...about,
      what: 'PostgreSQL is restarted',
      begin: () => database.stop('immediate'),
      end: () => database.start(),
    },
    {
      ...about,
      what: 'PostgreSQL stands still',
      begin: () => database.pause(),
      end: () => database.resume(),
    },
  ];
}

function redisFaults(): readonly Fault[] {
  const about = { parts: ['redis'], names: [] };
  return [
    { ...about, what: 'Redis is killed', begin: () => redis.kill(), end: () => redis.start() },
    { ...about, what: 'Redis stands still', begin: () => redis.pause(), end: () => redis.resume() },
  ];
}

function serverFaults(server: ChaosServer, name: string, way: TcpProxy | undefined): readonly Fault[] {
  assert.ok(way);
  const part = `way of server ${name}`;
  // A server does not start while its database is away.
  const process = { parts: ['database', part], names: [name] };
  const about = { parts: [part], names: [name] };
  return [
    { ...process, what: `server ${name} is killed`, begin: () => server.kill(), end: () => server.start() },
    {
      ...process,
      what: `server ${name} stands still`,
      begin: () => server.pause(),
      end: () => server.resume(),
    },
    {
      ...about,
      what: `server ${name} is cut off from PostgreSQL`,
      begin: () => way.cut(),
      end: () => way.heal(),
    },
    {
      ...about,
      what: `server ${name} hears nothing of PostgreSQL`,
      begin: () => way.stall(),
      end: () => way.heal(),
    },
  ];
}

async function followerFaults(
  t: TestContext,
  world: World,
  { port }: ChaosServer,
  name: string,
): Promise<readonly Fault[]> {
  const way = await startTcpProxy({ port }, t);
  const verifier = await world.addVerifier(name, `http://127.0.0.1:${way.port}`);
  const about = { parts: [`way of verifier ${name}`], names: [name] };
  const heal = async (): Promise<void> => {
    await way.heal();
    way.reset();
  };
  return [
    { ...about, what: `verifier ${name} is cut off`, begin: () => way.cut(), end: heal },
    { ...about, what: `verifier ${name} hears nothing`, begin: () => way.stall(), end: heal },
    { ...about, what: `verifier ${name} hears late`, begin: () => way.delay(300, 'to-client'), end: heal },
    { ...about, what: `verifier ${name} hears twice`, begin: () => way.duplicate('to-client'), end: heal },
    {
      ...about,
      what: `verifier ${name} hears in disorder`,
      begin: () => way.reorder('to-client'),
      end: heal,
    },
    {
      ...about,
      what: `verifier ${name} is killed`,
      begin: async () => {
        world.referee.judge(name, await verifier.runs());
        await verifier.kill();
      },
      end: () => world.restart(verifier),
    },
  ];
}

function nameOf(index: number): string {
  return ['one', 'two', 'three'][index] ?? String(index);
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  assert.ok(item !== undefined);
  return item;
}

/** Mulberry32: small, and the same for a seed everywhere. */
function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
