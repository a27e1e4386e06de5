import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  startBalancer,
  startPostgres,
  startRedis,
  startTcpProxy,
  type TcpProxy,
} from '../../../../tools/test-servers/index.ts';
import { findFreePort } from '../../../../tools/test-servers/free-port.ts';
import { closeConnections } from '../processes/server-group.ts';
import type { ChaosServer } from './chaos-server.ts';
import { countOf, seed } from './counts.ts';
import { monotonicMs } from './monotonic.ts';
import { assertKeepsSession, startRefreshing } from './refresher.ts';
import { startRevoking, type Revoking } from './revoker.ts';
import type { VerifierProcess } from './verifier-process.ts';
import { startWorld, until, type World } from './world.ts';

after(closeConnections);
const database = await startPostgres({ after });
const redis = await startRedis({ after });

/** More than the shorter of the two bounds, and less than the longer. */
const OUTAGE_MS = 3600;
const BLINK_MS = 700;
/** What succeeds meanwhile, or nothing was shown. */
const LEAST = countOf(10, 50);
const NAMES = ['one', 'balanced', 'two', 'three'] as const;
const CREDENTIALS = { email: 'browser-0@example.com', password: 'correct horse battery', delivery: 'body' };

interface Cluster {
  readonly world: World;
  readonly servers: readonly [ChaosServer, ChaosServer, ChaosServer];
  /** The third server's way to the database. */
  readonly way: TcpProxy;
  readonly revoking: Revoking;
  /** Follows the first server, and has no other way. */
  readonly verifier: VerifierProcess;
}

test('whichever part is down, nothing revoked is taken too late, nobody is signed out, and nothing acknowledged is lost', async (t) => {
  const world = await startWorld(t, database.url);
  const way = await startTcpProxy({ port: database.port }, t);
  const [one, two, three] = await Promise.all([
    world.addServer(database.url, redis.url),
    world.addServer(database.url, redis.url),
    world.addServer(way.urlOf(database.url), redis.url),
  ]);
  const servers = [one, two, three] as const;
  const address = await balancer(t, [one, two]);
  const [verifier] = await Promise.all([
    world.addVerifier('one', one.address),
    world.addVerifier('balanced', address),
    world.addVerifier('two', two.address),
    world.addVerifier('three', three.address),
  ]);
  const pool = await world.issue('pool', 400);
  await world.issue('valid', 20);
  const refreshing = await startRefreshing(servers, 3);
  const revoking = startRevoking(world.referee, servers, pool, 80);
  const cluster: Cluster = { world, servers, way, revoking, verifier };

  for (const [index, [what, happens]] of Object.entries(OUTAGES).entries()) {
    await t.test(what, { skip: !isPlayed(index) && `not with WATCHWORD_SEED=${seed}` }, () =>
      happens(cluster),
    );
  }

  await Promise.all([revoking.stop(), refreshing.stop()]);
  assert.ok(
    refreshing.counts.refreshed > LEAST && refreshing.counts.unavailable > 0,
    JSON.stringify(refreshing.counts),
  );
  assert.ok(
    revoking.counts.acknowledged > LEAST && revoking.counts.unknown > 0,
    JSON.stringify(revoking.counts),
  );
  await world.judge();
  await world.converge();
  assert.ok(world.referee.counts.staleRefusals > 0, 'the bound was reached');
});

/** Which parts are down, and what becomes of the others meanwhile. */
const OUTAGES: Readonly<Record<string, (cluster: Cluster) => Promise<void>>> = {
  'PostgreSQL killed': (cluster) => databaseDown(cluster, () => database.kill(), OUTAGE_MS),
  'Redis killed, started again at once, and standing still: nobody notices': withoutRedis,
  'the server that a verifier follows is killed, and another one’s way to the database stalls': (cluster) =>
    both(serverKilled(cluster), wayStalls(cluster)),
  'a server stands still, and another one’s way to the database is cut': (cluster) =>
    both(serverPaused(cluster), wayCut(cluster)),
  'PostgreSQL started again at once': (cluster) => databaseDown(cluster, () => database.stop('immediate'), 0),
  'PostgreSQL stands still': databasePaused,
};

/** The ordinary run has the first, and one of the others. */
function isPlayed(index: number): boolean {
  const others = Object.keys(OUTAGES).length - 1;
  return countOf(0, 1) === 1 || index === 0 || index === 1 + (seed % others);
}

async function both(one: Promise<void>, other: Promise<void>): Promise<void> {
  await Promise.all([one, other]);
}

async function balancer(t: TestContext, servers: readonly ChaosServer[]): Promise<string> {
  const port = await findFreePort();
  const balancing = await startBalancer(
    port,
    servers.map((server) => server.port),
  );
  t.after(() => balancing.close());
  return `http://127.0.0.1:${port}`;
}

/** No verifier has an excuse, and revocations are acknowledged as before. */
async function withoutRedis({ revoking }: Cluster): Promise<void> {
  const before = { ...revoking.counts };
  await redis.kill();
  await pause(BLINK_MS);
  await redis.start();
  await redis.stop();
  await redis.start();
  await pause(BLINK_MS);
  redis.pause();
  await pause(2 * BLINK_MS);
  redis.resume();
  await pause(BLINK_MS);
  const { acknowledged, unknown } = revoking.counts;
  assert.equal(unknown, before.unknown, 'every revocation was acknowledged');
  assert.ok(acknowledged > before.acknowledged + 10);
}

/** Who has no other way waits; who comes through a balancer goes on at another server before anything is too old. */
async function serverKilled({ world, servers: [one], verifier }: Cluster): Promise<void> {
  const balanced = world.referee.break('its server may be killed', ['balanced']);
  const outage = {
    begin: () => one.kill(),
    forMs: OUTAGE_MS,
    meanwhile: () => world.recover(balanced),
    end: async () => {
      const { feed, events } = await verifier.status();
      assert.equal(feed.state, 'disconnected');
      assert.equal(events['feed_disconnected'], 1, 'told once for an outage');
      assert.ok((events['view_stale'] ?? 0) > 0, 'told when a route refuses');
      await one.start();
    },
  };
  await world.outage('its only server is killed', ['one'], outage);
}

async function serverPaused({ world, servers: [one] }: Cluster): Promise<void> {
  const balanced = world.referee.break('its server may stand still', ['balanced']);
  const outage = { begin: () => one.pause(), forMs: OUTAGE_MS, end: () => one.resume() };
  await world.outage('its server stands still', ['one'], outage);
  await world.recover(balanced);
}

/** The server goes on verifying, and its verifiers are told how old that is. */
async function wayStalls({ world, servers: [, , three], way }: Cluster): Promise<void> {
  const outage = {
    begin: () => way.stall(),
    forMs: OUTAGE_MS,
    meanwhile: async () => assert.equal((await three.ask('GET', '/healthz')).status, 200),
    end: () => way.heal(),
  };
  await world.outage('the server’s way to the database stalls', ['three'], outage);
}

async function wayCut({ world, way }: Cluster): Promise<void> {
  const outage = { begin: () => way.cut(), forMs: OUTAGE_MS, end: () => way.heal() };
  await world.outage('the server’s way to the database is cut', ['three'], outage);
}

async function databaseDown(
  { world, servers }: Cluster,
  end: () => Promise<void>,
  forMs: number,
): Promise<void> {
  await world.outage('the database is down', NAMES, { begin: end, forMs, end: () => database.start() });
  await assertReady(servers);
}

async function databasePaused({ world, servers }: Cluster): Promise<void> {
  const outage = {
    begin: () => database.pause(),
    forMs: OUTAGE_MS,
    meanwhile: async () => {
      await Promise.all(servers.flatMap((server) => [assertDegraded(server), assertMeasured(server)]));
    },
    end: () => database.resume(),
  };
  await world.outage('the database stands still', NAMES, outage);
  await assertReady(servers);
}

/** The row `store` of the table in docs/guides/when-a-part-is-down.md. */
async function assertDegraded(server: ChaosServer): Promise<void> {
  const beganMs = monotonicMs();
  const answers = await Promise.all([
    server.ask('POST', '/auth/sign-in', { body: CREDENTIALS }),
    ...['nobody', 'nobody else'].map((target) =>
      server.operate('POST', '/revocations', { kind: 'subject', target }),
    ),
    server.ask('GET', '/readyz'),
  ]);
  for (const answer of answers) assertKeepsSession(answer);
  assert.ok(monotonicMs() - beganMs < 6000, 'all of them after the patience of one');
  assert.equal((await server.ask('GET', '/healthz')).status, 200);
}

/** Also while the database does not answer: how old the knowledge is, without what only the database knows. */
async function assertMeasured(server: ChaosServer): Promise<void> {
  const metrics = await (await fetch(`${server.address}/metrics`)).text();
  const [, age] = /^watchword_revocation_knowledge_age_seconds ([\d.]+)$/m.exec(metrics) ?? [];
  assert.ok(Number(age) >= 0);
  assert.doesNotMatch(metrics, /^watchword_feed_verifiers\{/m);
}

async function assertReady(servers: readonly ChaosServer[]): Promise<void> {
  for (const server of servers)
    await until('a server is ready', async () => (await server.ask('GET', '/readyz')).status === 200);
}
