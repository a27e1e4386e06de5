import { strict as assert } from 'node:assert';
import { after, test } from 'node:test';
import { startPostgres } from '../../../../tools/test-servers/index.ts';
import { GENESIS_HASH } from '../../src/domain/revocation.ts';
import { epochMs } from '../../src/domain/time.ts';
import type { EngineContext } from '../../src/engine/context.ts';
import { createRevocationView } from '../../src/engine/revocation/view.ts';
import { startUpkeep } from '../../src/engine/upkeep.ts';
import { postgres } from '../../src/stores/postgres/index.ts';
import { assertChained } from '../../src/testing/store-contract/workbench.ts';
import { startChild, type Child } from './child-process.ts';
import type { RacerReport, RacerTask } from './children/racer.ts';
import { DAY_MS, LIFETIMES, realContext, sessionRow } from './real-context.ts';
import { rounds } from './seed.ts';

const PROCESSES = 3;
const REFRESHES = 200;

const server = await startPostgres({ after });
const { url } = server;
// They create the schema at the same time.
const children: readonly Child[] = Array.from({ length: PROCESSES }, () => startChild('racer.ts', [url]));
after(() => Promise.all(children.map((child) => child.kill())));
await Promise.all(children.map((child) => child.hear()));
const store = await postgres(url).open(realContext());
after(() => store.close());

/** Has each process do its task, all at once. */
function together(taskOf: (index: number) => RacerTask): Promise<RacerReport[]> {
  return Promise.all(children.map((child, index) => child.ask<RacerReport>(taskOf(index))));
}

test(`of ${REFRESHES} concurrent equal steps from ${PROCESSES} processes one advances: there is one lineage`, async () => {
  const { id: sessionId } = (await store.sessions.start('alice', (startedMs) => sessionRow(startedMs)))
    .session;
  for (let generation = 1; generation <= rounds(5, 100); generation += 1) {
    const count = (index: number) =>
      Math.floor(REFRESHES / PROCESSES) + (index < REFRESHES % PROCESSES ? 1 : 0);
    const reports = await together((index) => ({
      task: 'advance',
      sessionId,
      generation,
      count: count(index),
    }));
    assert.deepEqual(
      reports.flatMap(({ failed }) => failed),
      [],
    );
    assert.equal(
      reports.reduce((sum, { advanced }) => sum + advanced, 0),
      1,
    );
    assert.equal((await store.sessions.find(sessionId))?.record.chain.generation, generation + 1);
  }
});

test('processes that rotate the same and other sessions do not wait for each other in a circle', async () => {
  const reports = await together(() => ({ task: 'rotate', count: 50, rounds: rounds(4, 40) }));
  assert.deepEqual(
    reports.flatMap(({ failed }) => failed),
    [],
  );
  for (const { advanced } of reports) assert.equal(advanced, 50 * rounds(4, 40));
});

test('processes that append together get numbers without gaps, and one chain of hashes', async () => {
  const { sequence: before } = await store.revocations.head();
  const count = rounds(100, 1000);
  const reports = await together(() => ({ task: 'revoke', count }));
  const sequences = reports.flatMap((report) => report.sequences).toSorted((a, b) => a - b);
  assert.deepEqual(
    sequences,
    Array.from({ length: PROCESSES * count }, (_, index) => before + index + 1),
  );
  assertChained(await store.revocations.readAfter(0, 10_000), { sequence: 0, hash: GENESIS_HASH });
});

test('eight stores that are opened on an empty schema at once agree on it', async () => {
  for (let round = 0; round < rounds(2, 30); round += 1) {
    const factory = postgres(url, { schema: `together_${round}`, connections: 3 });
    const stores = await Promise.all(Array.from({ length: 8 }, () => factory.open(realContext())));
    const heads = await Promise.all(stores.map(({ revocations }) => revocations.head()));
    assert.equal(new Set(heads.map(({ epoch }) => epoch)).size, 1);
    await Promise.all(stores.map((one) => one.close()));
  }
});

test('a machine whose clock is ahead deletes nothing that others still need', async () => {
  const { id } = (await store.sessions.start('bob', (startedMs) => sessionRow(startedMs, 'bob'))).session;
  const { records, head } = await store.revocations.revoke([{ kind: 'all' }], LIFETIMES);
  const { clock: right, scheduler } = realContext();
  const clock = { ...right, nowMs: () => epochMs(right.nowMs() + 100 * DAY_MS) };
  const view = createRevocationView(clock, { record: () => {} });
  for (const record of records) view.apply(record);
  const sweeps: (() => void)[] = [];
  const swept = new Promise<void>((resolve) => {
    const deleteSilent = async (...limits: Parameters<typeof store.verifiers.deleteSilent>) => {
      const count = await store.verifiers.deleteSilent(...limits);
      resolve();
      return count;
    };
    const watched = { ...store, verifiers: { ...store.verifiers, deleteSilent } };
    const every = (_periodMs: number, work: () => void) => {
      sweeps.push(work);
      return () => {};
    };
    const settings = { accessTtlMs: 600_000 };
    startUpkeep(
      { store: watched, clock, scheduler: { ...scheduler, every }, settings } as unknown as EngineContext,
      view,
    );
  });
  for (const sweep of sweeps) sweep();
  await swept;
  assert.equal((await store.sessions.find(id))?.record.session.ended?.reason, 'revoked');
  assert.deepEqual(await store.revocations.readAfter(head.sequence - 1, 1), records);
  assert.equal(view.counts().all, 1);
});
