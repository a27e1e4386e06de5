/**
 * Another process of the installation: for each message it notes the receipts of so many verifiers, all of which have taken in what
 * the store has by then.
 * Usage: receipt-noter.ts DATABASE
 */
import { sqlite } from '../../../src/stores/sqlite/index.ts';
import { realContext } from '../real-context.ts';

const store = await sqlite(process.argv[2] ?? '').open(realContext());

/** The instances from `from` on, of which each has a number for its name. */
export interface Noting {
  readonly from: number;
  readonly count: number;
  /** Once the log is there. */
  readonly atSequence: number;
}

async function note({ from, count, atSequence }: Noting): Promise<number> {
  let head = await store.revocations.head();
  while (head.sequence < atSequence) head = await store.revocations.head();
  const { epoch, sequence } = head;
  const receipts = Array.from({ length: count }, (_, index) => ({
    clientId: 'billing',
    instance: (from + index).toString(16).padStart(32, '0'),
    name: String(from + index),
    version: '0.1.0',
    epoch,
    sequence,
  }));
  await store.verifiers.note(receipts, 200);
  return sequence;
}

process.on('message', (noting: Noting) => void note(noting).then((sequence) => process.send?.({ sequence })));
process.on('disconnect', () => void store.close().then(() => process.exit()));
process.send?.('ready');
