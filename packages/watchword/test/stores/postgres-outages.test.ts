import { strict as assert } from 'node:assert';
import { after, test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { startPostgres } from '../../../../tools/test-servers/index.ts';
import { epochMs } from '../../src/domain/time.ts';
import { WatchwordError } from '../../src/errors/watchword-error.ts';
import type { Store, StoreContext } from '../../src/ports/store/store.ts';
import { postgres } from '../../src/stores/postgres/index.ts';
import { startChild } from './child-process.ts';
import type { Acknowledged } from './children/relentless-writer.ts';
import { assertAllKept, collectFacts, writeUntilKilled } from './durability.ts';
import { LIFETIMES, realContext, rotationOf, sessionRow } from './real-context.ts';
import { rounds } from './seed.ts';

const server = await startPostgres({ after });
const PATIENCE_MS = 600;

async function open(t: TestContext, database: string, overrides: Partial<StoreContext> = {}): Promise<Store> {
  const store = await postgres(await server.createDatabase(database)).open(realContext(overrides));
  t.after(() => store.close());
  return store;
}

async function asAdmin(text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: server.adminUrl });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof WatchwordError && error.code === 'ERR_STORE_UNAVAILABLE' && error.status === 503;
}

/** Waits until the store works again by itself. */
async function recovered(store: Store): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await store.isReady()) return;
    await delay(20);
  }
  assert.fail('the store has not recovered');
}

test('a server that stands still is a 503 in time, nothing is called fresh, and all is well when it goes on', async (t) => {
  const store = await open(t, 'frozen', { patienceMs: PATIENCE_MS });
  const { session } = await store.sessions.start('alice', (startedMs) => sessionRow(startedMs));
  let looks = 0;
  t.after(store.watch({ looked: () => (looks += 1) }));
  while (looks === 0) await delay(10);
  server.pause();
  try {
    await delay(20);
    const before = looks;
    const beganMs = performance.now();
    const calls: readonly (() => Promise<unknown>)[] = [
      () => store.sessions.find(session.id),
      () => store.sessions.advance(rotationOf(session.id, 1)),
      () => store.sessions.settle(session.id, 1),
      () => store.sessions.start('alice', (startedMs) => sessionRow(startedMs)),
      () => store.sessions.listLive('alice', 10),
      () => store.revocations.revoke([{ kind: 'all' }], LIFETIMES),
      () => store.revocations.head(),
      () => store.keys.read(),
      () => store.accounts.find('id'),
      () => store.verifiers.list(),
      () => store.exchanges.deleteExpired(epochMs(0), 1),
    ];
    const outcomes = await Promise.allSettled([...calls, ...calls, ...calls].map((call) => call()));
    for (const outcome of outcomes) assert.ok(outcome.status === 'rejected' && isUnavailable(outcome.reason));
    const tookMs = performance.now() - beganMs;
    assert.ok(tookMs < PATIENCE_MS + 500, `it took ${tookMs} ms`);
    assert.equal(await store.isReady(), false);
    const crowd = await Promise.allSettled(
      Array.from({ length: 10_050 }, () => store.sessions.settle(session.id, 1)),
    );
    const codes = crowd.map((one) => one.status === 'rejected' && (one.reason as WatchwordError).code);
    assert.equal(codes.filter((code) => code === 'ERR_OVERLOADED').length, 50);
    assert.equal(codes.filter((code) => code === 'ERR_STORE_UNAVAILABLE').length, 10_000);
    assert.ok(looks <= before + 1, 'a look that was underway at most');
  } finally {
    server.resume();
  }
  await recovered(store);
  const seen = looks;
  while (looks === seen) await delay(10);
  assert.ok(await store.sessions.find(session.id));
});

test('a row that somebody holds does not hold up the others, and the server is not left waiting', async (t) => {
  const url = await server.createDatabase('held');
  const store = await postgres(url).open(realContext({ patienceMs: PATIENCE_MS }));
  t.after(() => store.close());
  const [held, free] = await Promise.all(
    ['alice', 'bob'].map((name) => store.sessions.start(name, (startedMs) => sessionRow(startedMs, name))),
  );
  assert.ok(held && free);
  const holder = new Client({ connectionString: url });
  await holder.connect();
  t.after(() => holder.end());
  await holder.query('BEGIN');
  await holder.query('SELECT FROM watchword.sessions WHERE id = $1 FOR UPDATE', [held.session.id]);
  const stuck = assert.rejects(store.sessions.advance(rotationOf(held.session.id, 1)), isUnavailable);
  await delay(20);
  assert.equal(await store.sessions.advance(rotationOf(free.session.id, 1)), 'advanced');
  await stuck;
  await delay(100);
  const waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
  assert.deepEqual(await asAdmin(waiting), []);
  await holder.query('ROLLBACK');
  assert.equal(await store.sessions.advance(rotationOf(held.session.id, 1)), 'advanced');
});

test('backends that are terminated amid load lose nothing that was acknowledged', async () => {
  const url = await server.createDatabase('terminated');
  const facts: Acknowledged[] = [];
  const child = startChild('relentless-writer.ts', [url]);
  const collected = collectFacts(child, facts);
  while (facts.length === 0) await delay(10);
  for (let round = 0; round < rounds(3, 50); round += 1) {
    await delay(100);
    await asAdmin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'terminated'");
  }
  await delay(100);
  const before = facts.length;
  await delay(300);
  assert.ok(facts.length > before, 'it goes on writing');
  await child.kill();
  await collected;
  const store = await postgres(url).open(realContext());
  await assertAllKept(store, facts, 'when backends were terminated');
  await store.close();
});

test('what was acknowledged survives kill -9 of the process, and nothing is half done', async () => {
  const url = await server.createDatabase('killed');
  const facts: Acknowledged[] = [];
  for (let round = 0; round < rounds(2, 50); round += 1) facts.push(...(await writeUntilKilled(url, 150)));
  const store = await postgres(url).open(realContext());
  await assertAllKept(store, facts, 'when the process was killed');
  await store.close();
});

test('what was acknowledged survives a crash of the server, after which the store goes on by itself', async (t) => {
  const url = await server.createDatabase('crashed');
  const store = await postgres(url).open(realContext({ patienceMs: 2000 }));
  t.after(() => store.close());
  const facts: Acknowledged[] = [];
  for (let round = 0; round < rounds(1, 20); round += 1) {
    const child = startChild('relentless-writer.ts', [url]);
    const collected = collectFacts(child, facts);
    const before = facts.length;
    while (facts.length < before + 20) await delay(10);
    await server.stop('immediate');
    await assert.rejects(store.revocations.head(), isUnavailable);
    await server.start();
    await recovered(store);
    await child.kill();
    await collected;
    await assertAllKept(store, facts, 'when the server crashed');
  }
});
