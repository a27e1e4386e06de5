import type { EngineContext } from '../context.ts';
import { createReceiptNotes, type ReceiptNotes } from './note-receipts.ts';
import { statusOf, type LogPlace, type VerifierStatus } from './verifier-status.ts';
import { createReceiptWaiter, type ReceiptWaiter } from './wait-for-receipts.ts';

/** Who follows the feed, and how far each has come. */
export interface VerifierReceipts extends ReceiptNotes, Pick<ReceiptWaiter, 'wait'> {
  status(): Promise<{ readonly head: LogPlace; readonly verifiers: readonly VerifierStatus[] }>;
  /** Writes what has come, and lets those who wait go. */
  close(): Promise<void>;
}

export function createReceipts(context: EngineContext): VerifierReceipts {
  const { store } = context;
  const { note, forget, flush } = createReceiptNotes(context);
  const { wait, stop } = createReceiptWaiter(context);
  return {
    note,
    forget,
    flush,
    wait,
    async status() {
      // In this order: a receipt that is in the list is never ahead of the head.
      const { verifiers, nowMs } = await store.verifiers.list();
      const { epoch, sequence } = await store.revocations.head();
      const head = { epoch, sequence };
      return { head, verifiers: verifiers.map((row) => statusOf(row, head, nowMs)) };
    },
    async close() {
      stop();
      await flush();
    },
  };
}
