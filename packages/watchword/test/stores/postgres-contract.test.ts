import { test } from 'node:test';
import { startPgbouncer, startPostgres } from '../../../../tools/test-servers/index.ts';
import { raceCases } from '../../src/testing/store-contract/race-cases.ts';
import { storeContract } from '../../src/testing/store-contract.ts';
import { installAt, runCases } from './postgres-installations.ts';
import { rounds, seed } from './seed.ts';

test('the PostgreSQL store keeps the contract', { concurrency: true }, async (t) => {
  t.diagnostic(`WATCHWORD_SEED=${seed}`);
  const { url } = await startPostgres(t);
  await runCases(t, storeContract(installAt(url), { seed }));
});

test('it keeps the contract through a transaction pooler', { concurrency: true }, async (t) => {
  const postgres = await startPostgres(t);
  const { url } = await startPgbouncer(postgres, t);
  const names = new Set(raceCases.map(({ name }) => name));
  const all = rounds(0, 1) === 1;
  const cases = storeContract(installAt(url), { seed }).filter(
    ({ name }) => all || names.has(name) || name.startsWith('watch'),
  );
  await runCases(t, cases);
});
