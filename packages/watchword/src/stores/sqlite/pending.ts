import { asStoreError } from './sqlite-error.ts';

/** Work that somebody waits for. */
export interface Pending {
  readonly work: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** How one of a batch is to be answered once the batch is through. */
export type Answer = () => void;

/** How a piece of work is run, such as inside a transaction. */
export type Run = <Result>(work: () => Result) => Result;

export const asItIs: Run = (work) => work();

/** Runs one of a batch; what it throws is its own affair, unless it `concernsAll` of them. */
export function runOne(
  { work, resolve, reject }: Pending,
  run: Run,
  concernsAll: (error: unknown) => boolean,
): Answer {
  try {
    const result = run(work);
    return () => resolve(result);
  } catch (error) {
    if (concernsAll(error)) throw error;
    return () => reject(asStoreError(error));
  }
}
