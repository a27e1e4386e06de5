export {
  adapterContract,
  type AdapterAppOptions,
  type AdapterUnderTest,
  type RunningAdapterApp,
} from './adapter-contract.ts';
export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { createManualScheduler, type ManualScheduler } from './manual-scheduler.ts';
export { createSeededRandom, type SeededRandom } from './seeded-random.ts';
export {
  storeContract,
  type ContractCase,
  type StoreContractOptions,
  type StoreInstallation,
} from './store-contract.ts';
export {
  createTestIssuer,
  type TestIssuer,
  type TestIssuerOptions,
  type TokenWish,
  type VerifierCredential,
  type WrongToken,
} from './test-issuer.ts';
