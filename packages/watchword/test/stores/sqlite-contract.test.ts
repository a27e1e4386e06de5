import { join } from 'node:path';
import { test } from 'node:test';
import { sqlite } from '../../src/stores/sqlite/index.ts';
import { storeContract } from '../../src/testing/store-contract.ts';
import { seed } from './seed.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

test('the SQLite store keeps the contract', async (t) => {
  t.diagnostic(`WATCHWORD_SEED=${seed}`);
  const cases = storeContract(
    () => {
      const { path, remove } = createTemporaryFolder();
      return { factory: sqlite(join(path, 'watchword.db')), remove };
    },
    { seed },
  );
  for (const { name, run } of cases) await t.test(name, run);
});
