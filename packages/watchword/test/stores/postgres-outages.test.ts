import { strict as assert } from 'node:assert';
import { after, test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { startPostgres } from '../../../../tools/test-servers/index.ts';
import { epochMs } from '../../src/domain/time.ts';
import { WatchwordError } from '../../src/errors/watchword-error.ts';
import type { RevocationResult } from '../../src/ports/store/revocation-log.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { postgres } from '../../src/stores/postgres/index.ts';
import { beginStatement } from '../../src/stores/postgres/locks.ts';
import { startChild } from './child-process.ts';
import type { Acknowledged } from './children/relentless-writer.ts';
import { assertAllKept, collectFacts, writeUntilKilled } from './durability.ts';
import { LIFETIMES, realContext, rotationOf, sessionRow } from './real-context.ts';
import { rounds } from './seed.ts';

const server = await startPostgres({ after });
const PATIENCE_MS = 600;

/** A store of little patience. Its tables are there: to make them may take longer on a busy machine. */
async function openImpatient(t: TestContext, url: string): Promise<Store> {
  await (await postgres(url).open(realContext())).close();
  const store = await postgres(url).open(realContext({ patienceMs: PATIENCE_MS }));
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
  const store = await openImpatient(t, await server.createDatabase('frozen'));
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
  const store = await openImpatient(t, url);
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

test('those who wait for the head of the log hold up neither those who read it nor anybody else', async (t) => {
  const url = await server.createDatabase('waiting');
  const store = await postgres(url, { connections: 5 }).open(realContext());
  t.after(() => store.close());
  const { session } = await store.sessions.start('alice', (startedMs) => sessionRow(startedMs));
  const before = await store.revocations.revoke([{ kind: 'all' }], LIFETIMES);
  const holder = await holdHead(t, url, 'BEGIN');
  const waiting: Promise<RevocationResult>[] = [];
  // So far apart that each makes a batch of its own.
  for (let count = 0; count < 6; count += 1) {
    waiting.push(store.revocations.revoke([{ kind: 'subject', subject: `bob-${count}` }], LIFETIMES));
    await delay(60);
  }
  const beganMs = performance.now();
  assert.deepEqual(await store.revocations.readAfter(0, 10, 'own'), before.records);
  assert.equal((await store.revocations.head()).sequence, 1);
  assert.ok(await store.sessions.find(session.id));
  assert.equal((await store.revocations.readAfter(0, 10)).length, 1);
  const tookMs = performance.now() - beganMs;
  assert.ok(tookMs < 1000, `it took ${tookMs} ms`);
  await holder.query('ROLLBACK');
  await Promise.all(waiting);
  assert.equal((await store.revocations.head()).sequence, 7);
});

test('a process that stands still with the head of the log in hand loses it in time for those who wait', async (t) => {
  const url = await server.createDatabase('in_hand');
  const store = await openImpatient(t, url);
  await holdHead(t, url, beginStatement({ locks: [], mayBeLost: false, patienceMs: PATIENCE_MS }, '0'));
  const { head } = await store.revocations.revoke([{ kind: 'all' }], LIFETIMES);
  assert.equal(head.sequence, 1);
});

/** Locks the head of the log as an appender does, and does nothing more. */
async function holdHead(t: TestContext, url: string, begin: string): Promise<Client> {
  const holder = new Client({ connectionString: url });
  holder.on('error', () => undefined);
  await holder.connect();
  t.after(() => holder.end());
  await holder.query(begin);
  await holder.query('SELECT FROM watchword.feed_head FOR UPDATE');
  return holder;
}

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
