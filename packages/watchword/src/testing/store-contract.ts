import { accountCases } from './store-contract/account-cases.ts';
import { chainCases } from './store-contract/chain-cases.ts';
import { clientCases } from './store-contract/client-cases.ts';
import { exchangeCases } from './store-contract/exchange-cases.ts';
import { instanceCases } from './store-contract/instance-cases.ts';
import { keyCases } from './store-contract/key-cases.ts';
import { limitCases } from './store-contract/limit-cases.ts';
import { logCases } from './store-contract/log-cases.ts';
import { raceCases } from './store-contract/race-cases.ts';
import { revocationCases } from './store-contract/revocation-cases.ts';
import { scanCases } from './store-contract/scan-cases.ts';
import { sessionCases } from './store-contract/session-cases.ts';
import { startCases } from './store-contract/start-cases.ts';
import { verifierCases } from './store-contract/verifier-cases.ts';
import { createWorkbench, type Install, type StoreInstallation } from './store-contract/workbench.ts';

export type { StoreInstallation };

/** One thing that a store must do. It rejects, saying what was wrong, if the store does not. */
export interface ContractCase {
  readonly name: string;
  run(): Promise<void>;
}

export interface StoreContractOptions {
  /** What the order of races and the bytes of rows depend on. */
  readonly seed?: number;
}

/**
 * Everything that the store ports promise, as cases for any test runner:
 * `for (const { name, run } of storeContract(install)) test(name, run);`
 *
 * Each case calls `install` for an installation of its own, opens it as often as it likes, and removes it.
 * The store must take its time from the clock that it is opened with.
 */
export function storeContract(
  install: Install,
  { seed = 1 }: StoreContractOptions = {},
): readonly ContractCase[] {
  const cases = [
    ...startCases,
    ...limitCases,
    ...sessionCases,
    ...scanCases,
    ...chainCases,
    ...revocationCases,
    ...logCases,
    ...keyCases,
    ...accountCases,
    ...clientCases,
    ...exchangeCases,
    ...verifierCases,
    ...instanceCases,
    ...raceCases,
  ];
  return cases.map(({ name, run }) => ({
    name,
    run: async () => {
      const bench = await createWorkbench(install, seed);
      try {
        await run(bench);
      } catch (error) {
        if (error instanceof Error) error.message += ` [seed ${seed}]`;
        throw error;
      } finally {
        await bench.clear();
      }
    },
  }));
}
