import type { StoreContext } from '../../ports/store/store.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import { deadlineExceeded } from './deadline.ts';
import type { OpenTurns } from './turns.ts';

export interface Batch<Item, Answer> {
  /** Answers all of them, in their order. */
  run(items: readonly Item[]): Promise<readonly Answer[]>;
  /** Two items of one key never share a batch, nor are they underway at the same time. */
  keyOf?(item: Item): string;
  /** How many batches may be underway at the same time, where all may wait for the same. */
  readonly mostUnderway?: number;
}

/** How many share a statement at most. */
const MOST_IN_A_BATCH = 500;

/** A batch that takes longer waits for somebody else: the others go on beside it. */
const SLOW_MS = 50;
const MOST_UNDERWAY = 4;

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly company: Company<Item, Answer>;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  /** Whether its caller was told something, be it that it took too long. */
  isTold: boolean;
}

/** Those who came in the same turn of the event loop: they wait equally long, by one timer. */
interface Company<Item, Answer> {
  readonly members: Waiting<Item, Answer>[];
  untold: number;
  stop(): void;
}

/**
 * Makes one statement of what many ask for at the same time, and gives each his own answer: a statement costs a round
 * trip and a commit, however many it is for. Whoever comes alone waits for nobody; who comes while a batch is underway shares
 * the next one.
 */
export function createBatches<Item, Answer>(
  { scheduler, patienceMs }: StoreContext,
  turns: OpenTurns,
  { run, keyOf, mostUnderway = MOST_UNDERWAY }: Batch<Item, Answer>,
): (item: Item) => Promise<Answer> {
  let queue: Waiting<Item, Answer>[] = [];
  let arriving: Company<Item, Answer> | undefined;
  const busyKeys = new Set<string>();
  let isGathering = false;
  let underway = 0;
  let slow = 0;

  function gather(): void {
    if (isGathering || queue.length === 0 || underway - slow > 0 || underway >= mostUnderway) return;
    isGathering = true;
    void scheduler.nextTurn().then(() => {
      isGathering = false;
      const batch = take();
      if (batch.length > 0) void serve(batch);
    });
  }

  function take(): Waiting<Item, Answer>[] {
    const taken: Waiting<Item, Answer>[] = [];
    const left: Waiting<Item, Answer>[] = [];
    for (const waiting of queue) {
      if (waiting.isTold) continue;
      const key = keyOf?.(waiting.item);
      if (taken.length >= MOST_IN_A_BATCH || (key !== undefined && busyKeys.has(key))) {
        left.push(waiting);
        continue;
      }
      if (key !== undefined) busyKeys.add(key);
      taken.push(waiting);
    }
    queue = left;
    return taken;
  }

  async function serve(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    underway += 1;
    let isSlow = false;
    const stopWatch = scheduler.after(SLOW_MS, () => {
      isSlow = true;
      slow += 1;
      gather();
    });
    await answer(batch);
    stopWatch();
    underway -= 1;
    if (isSlow) slow -= 1;
    if (keyOf !== undefined) for (const { item } of batch) busyKeys.delete(keyOf(item));
    gather();
  }

  async function answer(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await run(batch.map(({ item }) => item));
      for (const [index, waiting] of batch.entries())
        if (leaves(waiting)) waiting.resolve(answers[index] as Answer);
    } catch (error) {
      if (batch.length > 1 && concernsOne(error))
        await Promise.all(batch.map((waiting) => answer([waiting])));
      else for (const waiting of batch) if (leaves(waiting)) waiting.reject(error);
    }
  }

  function receive(): Company<Item, Answer> {
    const members: Waiting<Item, Answer>[] = [];
    const stop = scheduler.after(patienceMs, () => {
      for (const waiting of members) if (leaves(waiting)) waiting.reject(deadlineExceeded());
    });
    const company: Company<Item, Answer> = { members, untold: 0, stop };
    void scheduler.nextTurn().then(() => {
      if (arriving === company) arriving = undefined;
    });
    return company;
  }

  /** Whether its caller is still to be told; he is told once. */
  function leaves(waiting: Waiting<Item, Answer>): boolean {
    if (waiting.isTold) return false;
    waiting.isTold = true;
    const { company } = waiting;
    company.untold -= 1;
    if (company.untold === 0) {
      company.stop();
      if (arriving === company) arriving = undefined;
    }
    turns.leave();
    return true;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      turns.enter();
      arriving ??= receive();
      const company = arriving;
      const waiting = { item, company, resolve, reject, isTold: false };
      company.members.push(waiting);
      company.untold += 1;
      queue.push(waiting);
      gather();
    });
}

/** The statement failed because of a value in it, and changed nothing: it is found by asking for each alone. */
function concernsOne(error: unknown): boolean {
  return !(error instanceof WatchwordError) || error.code === 'ERR_INTERNAL' || error.code === 'ERR_OPTION';
}
