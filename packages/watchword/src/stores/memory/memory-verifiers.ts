import type { StoreContext } from '../../ports/store/store.ts';
import {
  MOST_LISTED_VERIFIERS,
  type Receipt,
  type VerifierRow,
  type VerifierStore,
} from '../../ports/store/verifier-store.ts';
import type { MemoryState } from './memory-state.ts';

export function createMemoryVerifiers(
  { verifiers }: MemoryState,
  { clock }: Pick<StoreContext, 'clock'>,
): VerifierStore {
  function instancesOf(clientId: string): number {
    return [...verifiers.values()].filter((row) => row.clientId === clientId).length;
  }

  return {
    note: async (receipts, mostPerClient) =>
      receipts.map((receipt) => {
        const key = keyOf(receipt.clientId, receipt.instance);
        const row = verifiers.get(key);
        if (row === undefined && instancesOf(receipt.clientId) >= mostPerClient) return 'too_many';
        verifiers.set(key, nextRow(row, receipt, clock.nowMs()));
        return 'noted';
      }),

    list: async () => {
      const rows = [...verifiers.values()].toSorted(
        (a, b) => order(a.clientId, b.clientId) || order(a.name, b.name) || order(a.instance, b.instance),
      );
      return { verifiers: structuredClone(rows.slice(0, MOST_LISTED_VERIFIERS)), nowMs: clock.nowMs() };
    },

    forget: async (clientId, instance) => void verifiers.delete(keyOf(clientId, instance)),

    deleteSilent: async (beforeMs, limit) => {
      const silent = [...verifiers]
        .filter(([, { lastSeenMs }]) => lastSeenMs < beforeMs)
        .slice(0, Math.max(0, limit));
      for (const [key] of silent) verifiers.delete(key);
      return silent.length;
    },
  };
}

function nextRow(
  row: VerifierRow | undefined,
  receipt: Receipt,
  nowMs: VerifierRow['lastSeenMs'],
): VerifierRow {
  const { clientId, instance, name, version, epoch, sequence } = receipt;
  const noted = { clientId, instance, name, version, epoch, sequence, lastSeenMs: nowMs };
  if (row === undefined) return { ...noted, firstSeenMs: nowMs, appliedMs: nowMs };
  const { firstSeenMs, appliedMs } = row;
  if (epoch !== row.epoch || sequence > row.sequence) return { ...noted, firstSeenMs, appliedMs: nowMs };
  if (sequence === row.sequence) return { ...noted, firstSeenMs, appliedMs };
  return { ...row, lastSeenMs: nowMs };
}

function keyOf(clientId: string, instance: string): string {
  return JSON.stringify([instance, clientId]);
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
