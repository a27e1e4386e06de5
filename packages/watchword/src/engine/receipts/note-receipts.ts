import { VERIFIER_NAME_PATTERN } from '../../domain/feed.ts';
import { ArgumentError } from '../../errors/watchword-error.ts';
import type { Receipt, ReceiptOutcome } from '../../ports/store/verifier-store.ts';
import type { EngineContext } from '../context.ts';

/** How long a receipt waits for others, in milliseconds. */
const GATHER_MS = 5;

/** More than anybody runs, and few enough that one credential cannot fill a store. */
const MOST_INSTANCES = 200;

/** In one call of the store: so few that nobody else waits long for their turn. */
const BATCH = 100;

const INSTANCE = /^[0-9a-f]{32}$/;

export interface ReceiptNotes {
  /** Noted, in one step with what else comes in these milliseconds; `too_many` of a new instance of a client that has 200. */
  note(receipt: Receipt): Promise<ReceiptOutcome>;
  /** Forgets an instance that says that it stops. */
  forget(clientId: string, instance: string): Promise<void>;
  /** Writes what has come. */
  flush(): Promise<void>;
}

interface Gathered {
  receipt: Receipt;
  readonly answers: PromiseWithResolvers<ReceiptOutcome>;
}

export function createReceiptNotes({
  store,
  scheduler,
}: Pick<EngineContext, 'store' | 'scheduler'>): ReceiptNotes {
  /** By instance and client; the last receipt of each says it all. */
  let gathered = new Map<string, Gathered>();
  /** How many of them each client has. */
  let instances = new Map<string, number>();
  let writing: Promise<void> | undefined;
  let cancelTimer: (() => void) | undefined;

  async function writeGathered(): Promise<void> {
    const all = [...gathered.values()];
    gathered = new Map();
    instances = new Map();
    for (let from = 0; from < all.length; from += BATCH) await writeBatch(all.slice(from, from + BATCH));
  }

  async function writeBatch(batch: readonly Gathered[]): Promise<void> {
    try {
      const outcomes = await store.verifiers.note(
        batch.map(({ receipt }) => receipt),
        MOST_INSTANCES,
      );
      for (const [index, { answers }] of batch.entries()) answers.resolve(outcomes[index] ?? 'too_many');
    } catch (error) {
      for (const { answers } of batch) answers.reject(error);
    }
  }

  /** One call of the store at a time: while it is slow, the next one grows instead of waiting beside it. */
  function flush(): Promise<void> {
    cancelTimer?.();
    cancelTimer = undefined;
    writing ??= writeGathered().finally(() => {
      writing = undefined;
      if (gathered.size > 0) flushSoon();
    });
    return writing;
  }

  function flushSoon(): void {
    cancelTimer ??= scheduler.after(GATHER_MS, () => void flush());
  }

  return {
    async note(receipt) {
      assertReceipt(receipt);
      const key = keyOf(receipt.clientId, receipt.instance);
      const earlier = gathered.get(key);
      if (earlier !== undefined) {
        earlier.receipt = later(earlier.receipt, receipt);
        return earlier.answers.promise;
      }
      const count = instances.get(receipt.clientId) ?? 0;
      if (count >= MOST_INSTANCES) return 'too_many';
      instances.set(receipt.clientId, count + 1);
      const answers = Promise.withResolvers<ReceiptOutcome>();
      gathered.set(key, { receipt, answers });
      if (writing === undefined) flushSoon();
      return answers.promise;
    },

    async forget(clientId, instance) {
      // What is being written would be there again.
      const key = keyOf(clientId, instance);
      gathered.get(key)?.answers.resolve('noted');
      gathered.delete(key);
      await writing;
      await store.verifiers.forget(clientId, instance);
    },

    async flush() {
      await writing;
      await flush();
    },
  };
}

/** Of two receipts of one instance the one that it stands by. */
function later(earlier: Receipt, next: Receipt): Receipt {
  return next.epoch === earlier.epoch && next.sequence < earlier.sequence ? earlier : next;
}

/** One receipt that a store cannot keep would take down those that came with it. */
function assertReceipt({ instance, name, version, epoch, sequence }: Receipt): void {
  const isSound =
    INSTANCE.test(instance) &&
    INSTANCE.test(epoch) &&
    VERIFIER_NAME_PATTERN.test(name) &&
    VERIFIER_NAME_PATTERN.test(version) &&
    Number.isSafeInteger(sequence) &&
    sequence >= 0;
  if (!isSound) {
    throw new ArgumentError(
      'A receipt names its instance and its epoch with 32 hex digits, itself and its version with 1 to 64 characters that show, ' +
        'and a sequence number.',
    );
  }
}

function keyOf(clientId: string, instance: string): string {
  return `${instance} ${clientId}`;
}
