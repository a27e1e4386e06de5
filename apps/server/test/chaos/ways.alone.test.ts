import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startPostgres, startTcpProxy, type TcpProxy } from '../../../../tools/test-servers/index.ts';
import { closeConnections } from '../processes/server-group.ts';
import type { ChaosServer } from './chaos-server.ts';
import { startRevoking } from './revoker.ts';
import type { VerifierProcess } from './verifier-process.ts';
import { startWorld, until, type World } from './world.ts';

after(closeConnections);
const database = await startPostgres({ after });

/** A service with a way to the issuer of its own. */
interface Follower {
  readonly verifier: VerifierProcess;
  readonly way: TcpProxy;
}

/** More than the shorter of the two bounds, and less than the longer. */
const OUTAGE_MS = 3600;
const DAMAGE_MS = 2000;
const DELAY_MS = 300;

test(
  'whatever the way between issuer and verifier does, nothing revoked is taken too late and nobody is refused too early',
  { concurrency: true },
  async (t) => {
    const world = await startWorld(t, database.url);
    const server = await world.addServer(database.url);
    const pool = await world.issue('pool', 160);
    await world.issue('valid', 20);
    const started = new Map<string, Follower>();
    const names = ['cut', 'delayed', 'stalled', 'doubled', 'shuffled', 'damaged', 'restarted'];
    await Promise.all(names.map(async (name) => started.set(name, await follow(t, world, server, name))));
    const of = (name: string): Follower => {
      const follower = started.get(name);
      assert.ok(follower);
      return follower;
    };
    const revoking = startRevoking(world.referee, [server], pool, 60);

    await Promise.all([
      t.test('cut', () => cut(world, of('cut'))),
      t.test('delayed in one direction', () => delayed(world, of('delayed'))),
      t.test('stalled', () => stalled(world, of('stalled'))),
      t.test('each piece twice', () => damaged(world, of('doubled'), (way) => way.duplicate('to-client'))),
      t.test('pieces in another order', () =>
        damaged(world, of('shuffled'), (way) => way.reorder('to-client')),
      ),
      t.test('bytes changed', () => damaged(world, of('damaged'), changeBytes)),
      t.test('killed and started again', () => restarted(world, of('restarted'))),
    ]);

    await revoking.stop();
    assert.ok(revoking.counts.acknowledged > 20, 'revocations went on all the time');
    assert.equal(revoking.counts.unknown, 0, 'nothing was broken for those who revoke');
    await world.judge();
    await world.converge();
    assert.ok(world.referee.counts.staleRefusals > 0, 'the bound was reached');
  },
);

async function follow(t: TestContext, world: World, { port }: ChaosServer, name: string): Promise<Follower> {
  const way = await startTcpProxy({ port }, t);
  const verifier = await world.addVerifier(name, `http://127.0.0.1:${way.port}`);
  return { verifier, way };
}

function cut(world: World, { verifier, way }: Follower): Promise<void> {
  const outage = { begin: () => way.cut(), forMs: OUTAGE_MS, end: () => way.heal() };
  return world.outage('the way is cut', [verifier.name], outage);
}

function stalled(world: World, { verifier, way }: Follower): Promise<void> {
  const outage = { begin: () => way.stall(), forMs: OUTAGE_MS, end: () => way.heal() };
  return world.outage('the way stalls', [verifier.name], outage);
}

async function delayed(world: World, { verifier, way }: Follower): Promise<void> {
  const broken = world.referee.break('answers are late', [verifier.name]);
  way.delay(DELAY_MS, 'to-client');
  await pause(DAMAGE_MS);
  way.delay(0);
  way.delay(DELAY_MS, 'to-server');
  // Requests are late now, those of a new connection too.
  way.reset();
  await pause(DAMAGE_MS);
  await way.heal();
  await world.recover(broken);
  const { feed } = await verifier.status();
  assert.equal(feed.reconnects, 1, 'delay alone ends no connection');
}

async function damaged(
  world: World,
  { verifier, way }: Follower,
  damage: (way: TcpProxy) => void,
): Promise<void> {
  const broken = world.referee.break('what comes is damaged', [verifier.name]);
  damage(way);
  await pause(DAMAGE_MS);
  await way.heal();
  way.reset();
  await until(`${verifier.name} comes again`, async () => (await verifier.status()).feed.reconnects > 0);
  await world.recover(broken);
}

function changeBytes(way: TcpProxy): void {
  way.alter('to-client', (chunk) => {
    const changed = Buffer.from(chunk);
    const at = Math.floor(changed.length / 2);
    changed[at] = (changed[at] ?? 0) ^ 1;
    return changed;
  });
}

async function restarted(world: World, { verifier }: Follower): Promise<void> {
  for (let times = 0; times < 2; times += 1) {
    world.referee.judge(verifier.name, await verifier.runs());
    await verifier.kill();
    await world.restart(verifier);
    await pause(500);
  }
}
