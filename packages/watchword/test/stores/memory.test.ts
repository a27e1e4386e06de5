import { test } from 'node:test';
import { memory } from '../../src/stores/memory/index.ts';
import { storeContract } from '../../src/testing/store-contract.ts';
import { seed } from './seed.ts';

test('the memory store keeps the contract', async (t) => {
  t.diagnostic(`WATCHWORD_SEED=${seed}`);
  for (const { name, run } of storeContract(() => ({ factory: memory(), remove: () => {} }), { seed })) {
    await t.test(name, run);
  }
});
