import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import { epochMs } from '../../src/domain/time.ts';
import type { VerifierRow } from '../../src/ports/store/verifier-store.ts';
import type { MemoryState } from '../../src/stores/memory/memory-state.ts';
import { broken, replace, type BrokenStore } from './broken-store.ts';

export const brokenVerifiers: readonly BrokenStore[] = [
  broken(
    'a receipt takes a verifier back',
    'only shows that the verifier is alive',
    ({ verifiers }, { state }) => ({
      verifiers: replace(verifiers, {
        note: async (receipts, most) => {
          const outcomes = await verifiers.note(receipts, most);
          for (const receipt of receipts)
            changeRow(state, receipt.instance, (row) => ({ ...row, ...receipt }));
          return outcomes;
        },
      }),
    }),
  ),
  broken(
    'each receipt dates what was applied',
    'an equal one shows life',
    ({ verifiers }, { state, context }) => ({
      verifiers: replace(verifiers, {
        note: async (receipts, most) => {
          const outcomes = await verifiers.note(receipts, most);
          const appliedMs = context.clock.nowMs();
          for (const { instance } of receipts) changeRow(state, instance, (row) => ({ ...row, appliedMs }));
          return outcomes;
        },
      }),
    }),
  ),
  broken('an epoch is for ever', 'another epoch', ({ verifiers }, { state }) => ({
    verifiers: replace(verifiers, {
      note: (receipts, most) => {
        const epochs = new Map([...state.verifiers.values()].map((row) => [row.instance, row.epoch]));
        const kept = receipts.map((one) => ({ ...one, epoch: epochs.get(one.instance) ?? one.epoch }));
        return verifiers.note(kept, most);
      },
    }),
  })),
  broken('the limit is looked at beforehand', 'of concurrent new instances', ({ verifiers }) => ({
    verifiers: replace(verifiers, {
      note: async (receipts, most) => {
        const { verifiers: known } = await verifiers.list();
        await nextLoopTurn();
        const room = Math.max(0, most - known.length);
        return verifiers.note(receipts, known.length > 0 ? most : most + room * receipts.length);
      },
    }),
  })),
  broken(
    'the limit is for all clients together',
    'a client has so many instances',
    ({ verifiers }, { state }) => ({
      verifiers: replace(verifiers, {
        note: async (receipts, most) => {
          const outcomes = await verifiers.note(receipts, most);
          return state.verifiers.size > most ? outcomes.map(() => 'too_many') : outcomes;
        },
      }),
    }),
  ),
  broken('forget does not look whose it is', 'of that client alone', ({ verifiers }, { state }) => ({
    verifiers: replace(verifiers, {
      forget: async (_clientId, instance) => {
        for (const [key, row] of state.verifiers) if (row.instance === instance) state.verifiers.delete(key);
      },
    }),
  })),
  broken('those who were heard just now are deleted', 'and nobody else', ({ verifiers }) => ({
    verifiers: replace(verifiers, {
      deleteSilent: (beforeMs, limit) => verifiers.deleteSilent(epochMs(beforeMs + 1), limit),
    }),
  })),
];

function changeRow(state: MemoryState, instance: string, change: (row: VerifierRow) => VerifierRow): void {
  for (const [key, row] of state.verifiers) {
    if (row.instance === instance) state.verifiers.set(key, change(row));
  }
}
