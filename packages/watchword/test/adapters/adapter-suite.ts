import { describe, test } from 'node:test';
import { adapterContract, type AdapterUnderTest } from '../../src/testing/index.ts';

export type { AdapterAppOptions, AdapterUnderTest, RunningAdapterApp } from '../../src/testing/index.ts';

export function adapterSuite(adapter: AdapterUnderTest): void {
  describe(adapter.name, () => {
    for (const { name, run } of adapterContract(adapter)) test(name, run);
  });
}
