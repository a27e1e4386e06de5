import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { storeContract, type ContractCase } from '../../src/testing/store-contract.ts';
import { brokenClients, brokenScans } from './broken-client-stores.ts';
import { brokenLogs, brokenOthers } from './broken-log-stores.ts';
import { brokenExchanges } from './broken-exchange-stores.ts';
import { brokenChains, brokenSessions } from './broken-session-stores.ts';
import { brokenVerifiers } from './broken-verifier-stores.ts';
import { seed } from './seed.ts';

const brokenStores = [
  ...brokenChains,
  ...brokenSessions,
  ...brokenScans,
  ...brokenLogs,
  ...brokenClients,
  ...brokenExchanges,
  ...brokenVerifiers,
  ...brokenOthers,
];

async function failingCases(cases: readonly ContractCase[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(cases.map(({ run }) => run()));
  return cases.filter((_, index) => outcomes[index]?.status === 'rejected').map(({ name }) => name);
}

test('the contract notices a store that …', { concurrency: 4 }, async (t) => {
  t.diagnostic(`WATCHWORD_SEED=${seed}`);
  const trials = brokenStores.map(({ fault, noticedBy, create }) =>
    t.test(fault, async () => {
      const cases = storeContract(() => ({ factory: create(), remove: () => {} }), { seed });
      const named = cases.filter(({ name }) => name.includes(noticedBy));
      if ((await failingCases(named)).length > 0) return;
      const failing = await failingCases(cases);
      assert.fail(
        `expected “${noticedBy}” to fail, but only these did: ${failing.join('; ')} [seed ${seed}]`,
      );
    }),
  );
  await Promise.all(trials);
});
