export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { createManualScheduler, type ManualScheduler } from './manual-scheduler.ts';
export { createSeededRandom, type SeededRandom } from './seeded-random.ts';
export {
  storeContract,
  type ContractCase,
  type StoreContractOptions,
  type StoreInstallation,
} from './store-contract.ts';
