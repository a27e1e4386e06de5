import { strict as assert } from 'node:assert';
import { epochMs } from '../../domain/time.ts';
import type { Store } from '../../ports/store/store.ts';
import type { Receipt, VerifierRow } from '../../ports/store/verifier-store.ts';
import { HOUR_MS, spoil, type BenchCase, type Workbench } from './workbench.ts';

const EPOCH = 'a1'.repeat(16);
const OTHER_EPOCH = 'b2'.repeat(16);
const MOST = 200;

function receiptOf(bench: Workbench, overrides: Partial<Receipt> = {}): Receipt {
  return {
    clientId: 'billing',
    instance: Buffer.from(bench.random.bytes(16)).toString('hex'),
    name: 'billing-1',
    version: '0.1.0',
    epoch: EPOCH,
    sequence: 7,
    ...overrides,
  };
}

/** The row of a receipt that was first noted now. */
function rowNow(bench: Workbench, receipt: Receipt): VerifierRow {
  const nowMs = bench.clock.nowMs();
  return { ...receipt, firstSeenMs: nowMs, lastSeenMs: nowMs, appliedMs: nowMs };
}

async function onlyRow(store: Store): Promise<VerifierRow | undefined> {
  const { verifiers } = await store.verifiers.list();
  assert.equal(verifiers.length, 1);
  return verifiers[0];
}

async function instancesIn(store: Store): Promise<readonly string[]> {
  return (await store.verifiers.list()).verifiers.map(({ instance }) => instance);
}

const notingCases: readonly BenchCase[] = [
  {
    name: 'a noted receipt is listed by all instances with the store’s times, and by no other installation',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      assert.deepEqual(await store.verifiers.list(), { verifiers: [], nowMs: bench.clock.nowMs() });
      const receipt = receiptOf(bench, { name: 'Zähler “eins”', sequence: Number.MAX_SAFE_INTEGER });
      assert.deepEqual(await store.verifiers.note([receipt], MOST), ['noted']);
      const row = rowNow(bench, receipt);
      bench.clock.advance(5);
      assert.deepEqual(await other.verifiers.list(), { verifiers: [row], nowMs: bench.clock.nowMs() });
      assert.deepEqual((await (await bench.openElsewhere()).verifiers.list()).verifiers, []);
    },
  },
  {
    name: 'a higher sequence and another epoch are applied when they are noted; an equal one shows life and the new name',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const receipt = receiptOf(bench);
      await store.verifiers.note([receipt], MOST);
      const first = rowNow(bench, receipt);
      bench.clock.advance(10);
      const renamed = { ...receipt, name: 'billing-2', version: '0.2.0' };
      await other.verifiers.note([renamed], MOST);
      assert.deepEqual(await onlyRow(store), { ...first, ...renamed, lastSeenMs: bench.clock.nowMs() });
      for (const change of [{ sequence: 9 }, { epoch: OTHER_EPOCH, sequence: 2 }]) {
        bench.clock.advance(10);
        await store.verifiers.note([{ ...receipt, ...change }], MOST);
        const expected = { ...rowNow(bench, { ...receipt, ...change }), firstSeenMs: first.firstSeenMs };
        assert.deepEqual(await onlyRow(other), expected);
      }
    },
  },
  {
    name: 'a lower sequence of the same epoch only shows that the verifier is alive',
    run: async (bench) => {
      const store = await bench.open();
      const receipt = receiptOf(bench);
      await store.verifiers.note([receipt], MOST);
      const first = rowNow(bench, receipt);
      bench.clock.advance(10);
      await store.verifiers.note([{ ...receipt, sequence: 6, name: 'late', version: '0.0.1' }], MOST);
      assert.deepEqual(await onlyRow(store), { ...first, lastSeenMs: bench.clock.nowMs() });
    },
  },
  {
    name: 'a store’s clock that was set back dates receipts by itself: nobody seems alive for longer than they are',
    run: async (bench) => {
      const store = await bench.open();
      const receipt = receiptOf(bench);
      await store.verifiers.note([receipt], MOST);
      bench.clock.jump(-HOUR_MS);
      await store.verifiers.note([receipt], MOST);
      assert.equal((await onlyRow(store))?.lastSeenMs, bench.clock.nowMs());
    },
  },
  {
    name: 'receipts go in and come out as copies',
    run: async (bench) => {
      const store = await bench.open();
      const receipt = receiptOf(bench);
      const row = rowNow(bench, receipt);
      await store.verifiers.note([receipt], MOST);
      spoil(receipt);
      spoil(await store.verifiers.list());
      assert.deepEqual(await onlyRow(store), row);
    },
  },
  {
    name: 'the list is ordered by client, name and instance',
    run: async (bench) => {
      const store = await bench.open();
      const receipts = ['b', 'a', 'Z', 'a-1', 'a.1'].flatMap((clientId) =>
        ['two', 'One', 'one', 'one'].map((name) => receiptOf(bench, { clientId, name })),
      );
      await store.verifiers.note(receipts, MOST);
      const keyOf = ({ clientId, name, instance }: Receipt) => [clientId, name, instance].join('\u0001');
      const { verifiers } = await store.verifiers.list();
      assert.deepEqual(verifiers.map(keyOf), receipts.map(keyOf).toSorted());
    },
  },
];

const limitCases: readonly BenchCase[] = [
  {
    name: 'a client has so many instances and no more: those that are known go on, new ones are told, in their order',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const [first, second, third] = [receiptOf(bench), receiptOf(bench), receiptOf(bench)];
      const elsewhere = receiptOf(bench, { clientId: 'reports', instance: third.instance });
      assert.deepEqual(await store.verifiers.note([first], 2), ['noted']);
      bench.clock.advance(10);
      const again = { ...first, sequence: 8 };
      assert.deepEqual(await other.verifiers.note([second, third, elsewhere, again], 2), [
        'noted',
        'too_many',
        'noted',
        'noted',
      ]);
      assert.deepEqual(await other.verifiers.note([third], 2), ['too_many']);
      const rows = (await store.verifiers.list()).verifiers;
      assert.equal(rows.find(({ instance }) => instance === first.instance)?.sequence, 8);
      assert.deepEqual(
        new Set(rows.map(({ clientId, instance }) => `${clientId} ${instance}`)),
        new Set([first, second, elsewhere].map(({ clientId, instance }) => `${clientId} ${instance}`)),
      );
      await store.verifiers.forget('billing', second.instance);
      assert.deepEqual(await store.verifiers.note([third], 2), ['noted'], 'there is room again');
    },
  },
  {
    name: 'of concurrent new instances of a client, by several instances of the store, as many as allowed are noted',
    run: async (bench) => {
      const stores = await bench.openMany(3);
      const batches = Array.from({ length: 9 }, () => [receiptOf(bench), receiptOf(bench)]);
      const outcomes = await Promise.all(
        batches.map(async (batch, index) => stores[index % stores.length]?.verifiers.note(batch, 5)),
      );
      assert.equal(outcomes.flat().filter((outcome) => outcome === 'noted').length, 5);
      const [store] = stores;
      assert.ok(store);
      assert.equal((await instancesIn(store)).length, 5);
    },
  },
  {
    name: 'concurrent receipts of one verifier end at the highest sequence',
    run: async (bench) => {
      const stores = await bench.openMany(3);
      const receipt = receiptOf(bench);
      const sequences = [5, 12, 3, 11, 9, 12, 1, 10, 2];
      await Promise.all(
        sequences.map(async (sequence, index) =>
          stores[index % stores.length]?.verifiers.note([{ ...receipt, sequence }], MOST),
        ),
      );
      const [store] = stores;
      assert.ok(store);
      assert.equal((await onlyRow(store))?.sequence, 12);
    },
  },
];

const forgettingCases: readonly BenchCase[] = [
  {
    name: 'forget removes that instance of that client alone',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const receipt = receiptOf(bench);
      const sibling = receiptOf(bench);
      const namesake = { ...receipt, clientId: 'reports' };
      await store.verifiers.note([receipt, sibling, namesake], MOST);
      await other.verifiers.forget('billing', receipt.instance);
      await other.verifiers.forget('billing', receipt.instance);
      await other.verifiers.forget('nobody', sibling.instance);
      assert.deepEqual(await instancesIn(store), [sibling.instance, namesake.instance]);
    },
  },
  {
    name: 'deleteSilent deletes those that were last seen before a time, so many at once, and nobody else',
    run: async (bench) => {
      const store = await bench.open();
      const silent = [receiptOf(bench), receiptOf(bench), receiptOf(bench)];
      const alive = receiptOf(bench);
      await store.verifiers.note([...silent, alive], MOST);
      bench.clock.advance(1);
      await store.verifiers.note([alive], MOST);
      const nowMs = bench.clock.nowMs();
      assert.equal(await store.verifiers.deleteSilent(epochMs(nowMs - 1), 10), 0);
      assert.equal(await store.verifiers.deleteSilent(nowMs, 0), 0);
      assert.equal(await store.verifiers.deleteSilent(nowMs, 2), 2);
      assert.equal(await store.verifiers.deleteSilent(nowMs, 2), 1);
      assert.deepEqual(await instancesIn(store), [alive.instance]);
    },
  },
];

export const verifierCases: readonly BenchCase[] = [...notingCases, ...limitCases, ...forgettingCases];
