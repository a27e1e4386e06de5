import fc from 'fast-check';

/** The seed of this run: `WATCHWORD_SEED`, or one that stands in every failure so that the run can be repeated. */
export const seed = Number(process.env['WATCHWORD_SEED'] ?? Date.now() % 1_000_000);

/** How many rounds a long suite takes: few normally, the full count with `WATCHWORD_LONG=1`. */
export function rounds(few: number, full: number): number {
  return process.env['WATCHWORD_LONG'] === undefined ? few : full;
}

/** Asserts a property; a failure says how to repeat it. */
export function holds<Values>(property: fc.IProperty<Values>, few = 300, full = 10 * few): void {
  try {
    fc.assert(property, { seed, numRuns: rounds(few, full) });
  } catch (error) {
    throw repeatable(error);
  }
}

/** The same for a property that awaits. */
export async function holdsAsync<Values>(
  property: fc.IAsyncProperty<Values>,
  few = 100,
  full = 10 * few,
): Promise<void> {
  try {
    await fc.assert(property, { seed, numRuns: rounds(few, full) });
  } catch (error) {
    throw repeatable(error);
  }
}

function repeatable(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  return new Error(`WATCHWORD_SEED=${seed}\n${message}`, { cause: error });
}
