import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sha256 } from '../../src/crypto/digest.ts';
import type { EngineContext } from '../../src/engine/context.ts';
import { createReceipts } from '../../src/engine/receipts/receipts.ts';
import type { Store } from '../../src/ports/store/store.ts';
import type { Receipt } from '../../src/ports/store/verifier-store.ts';
import { memory } from '../../src/stores/memory/index.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { createManualScheduler } from '../../src/testing/manual-scheduler.ts';
import { createSeededRandom } from '../../src/testing/seeded-random.ts';

const EPOCH = 'a'.repeat(32);

function receiptOf(index: number, overrides: Partial<Receipt> = {}): Receipt {
  const instance = index.toString(16).padStart(32, '0');
  return {
    clientId: 'billing',
    instance,
    name: `billing-${index}`,
    version: '0.1.0',
    epoch: EPOCH,
    sequence: 1,
    ...overrides,
  };
}

/** Receipts over a memory store, whose calls are counted and may be made to wait or to fail. */
async function scene() {
  const clock = createFakeClock();
  const scheduler = createManualScheduler(clock);
  const store = await memory().open({
    clock,
    scheduler,
    random: createSeededRandom(1),
    digest: sha256,
    patienceMs: 1000,
  });
  const batches: number[] = [];
  const gate: { open: Promise<void> } = { open: Promise.resolve() };
  const note: Store['verifiers']['note'] = async (receipts, most) => {
    batches.push(receipts.length);
    await gate.open;
    return store.verifiers.note(receipts, most);
  };
  const verifiers = { ...methodsOf(store.verifiers), note };
  const context = { clock, scheduler, store: { ...store, verifiers } } as unknown as EngineContext;
  const listed = async () => (await store.verifiers.list()).verifiers;
  return { receipts: createReceipts(context), scheduler, batches, gate, listed };
}

function methodsOf({ list, forget, deleteSilent }: Store['verifiers']): Omit<Store['verifiers'], 'note'> {
  return { list, forget, deleteSilent };
}

describe('receipts that are noted', () => {
  test('within five milliseconds are one call of the store, with the last word of each instance', async () => {
    const { receipts, scheduler, batches, listed } = await scene();
    const noting = [
      receipts.note(receiptOf(1)),
      receipts.note(receiptOf(2)),
      receipts.note(receiptOf(1, { sequence: 7 })),
      receipts.note(receiptOf(1, { sequence: 3 })),
      receipts.note(receiptOf(1, { clientId: 'reports' })),
    ];
    await scheduler.advance(4);
    assert.deepEqual(batches, []);
    await scheduler.advance(1);
    assert.deepEqual(await Promise.all(noting), Array(5).fill('noted'));
    assert.deepEqual(batches, [3]);
    assert.deepEqual(
      (await listed()).map(({ clientId, sequence }) => [clientId, sequence]),
      [
        ['billing', 7],
        ['billing', 1],
        ['reports', 1],
      ],
    );
  });

  test('while the store is slow make one call more, however many come', async () => {
    const { receipts, scheduler, batches, gate } = await scene();
    const slow = Promise.withResolvers<void>();
    gate.open = slow.promise;
    const noting = [receipts.note(receiptOf(0))];
    await scheduler.advance(5);
    for (let index = 1; index <= 50; index += 1) {
      noting.push(receipts.note(receiptOf(index)));
      await scheduler.advance(5);
    }
    assert.deepEqual(batches, [1]);
    slow.resolve();
    await scheduler.advance(5);
    await scheduler.advance(5);
    await Promise.all(noting);
    assert.deepEqual(batches, [1, 50]);
  });

  test('that the store refuses are refused, and the next are noted', async () => {
    const { receipts, scheduler, gate } = await scene();
    const away = Promise.withResolvers<void>();
    gate.open = away.promise;
    const refused = assert.rejects(receipts.note(receiptOf(1)), /the store is away/);
    await scheduler.advance(5);
    away.reject(new Error('the store is away'));
    await refused;
    gate.open = Promise.resolve();
    const noting = receipts.note(receiptOf(1));
    await scheduler.advance(5);
    assert.equal(await noting, 'noted');
  });

  test('are there when all is closed', async () => {
    const { receipts, listed } = await scene();
    const noting = receipts.note(receiptOf(1));
    await receipts.close();
    assert.equal(await noting, 'noted');
    assert.equal((await listed()).length, 1);
  });
});

describe('a verifier that lies or floods', () => {
  test('gets no more than 200 instances, at once or one by one, and keeps nobody else out', async () => {
    const { receipts, scheduler, batches, listed } = await scene();
    const flood = Array.from({ length: 1000 }, (_, index) => receipts.note(receiptOf(index)));
    const honest = receipts.note(receiptOf(1, { clientId: 'reports' }));
    await scheduler.advance(5);
    const outcomes = await Promise.all(flood);
    assert.equal(outcomes.filter((outcome) => outcome === 'noted').length, 200);
    assert.equal(await honest, 'noted');
    assert.deepEqual(batches, [100, 100, 1], 'what cannot be noted does not reach the store');
    const late = receipts.note(receiptOf(2000));
    const known = receipts.note(receiptOf(5, { sequence: 8 }));
    await scheduler.advance(5);
    assert.deepEqual(await Promise.all([late, known]), ['too_many', 'noted']);
    assert.equal((await listed()).length, 201);
  });

  test('is refused where its receipt is none, and what comes with it is noted', async () => {
    const { receipts, scheduler } = await scene();
    const honest = receipts.note(receiptOf(1));
    const wrong: readonly Partial<Receipt>[] = [
      { instance: '1' },
      { instance: 'A'.repeat(32) },
      { epoch: '' },
      { name: '' },
      { name: 'n'.repeat(65) },
      { name: 'a\0b' },
      { name: 'a\u001b[2J' },
      { name: '\ud800' },
      { version: 'v\n' },
      { sequence: -1 },
      { sequence: 1.5 },
      { sequence: 2 ** 53 },
      { sequence: Number.NaN },
    ];
    for (const part of wrong) {
      await assert.rejects(receipts.note(receiptOf(2, part)), { code: 'ERR_OPTION' }, JSON.stringify(part));
    }
    await scheduler.advance(5);
    assert.equal(await honest, 'noted');
  });

  test('that stops is forgotten, whatever of it is still on its way to the store', async () => {
    const { receipts, scheduler, gate, listed } = await scene();
    const slow = Promise.withResolvers<void>();
    gate.open = slow.promise;
    const noting = [receipts.note(receiptOf(1)), receipts.note(receiptOf(2))];
    await scheduler.advance(5);
    noting.push(receipts.note(receiptOf(1, { sequence: 2 })));
    const forgetting = receipts.forget('billing', receiptOf(1).instance);
    slow.resolve();
    await forgetting;
    await scheduler.advance(20);
    assert.deepEqual(await Promise.all(noting), Array(3).fill('noted'));
    assert.deepEqual(
      (await listed()).map(({ name }) => name),
      ['billing-2'],
    );
  });
});
