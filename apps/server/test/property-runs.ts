/** How often a property is tried: `few` normally, `full` with `WATCHWORD_LONG`; repeatable with `WATCHWORD_SEED`. */
export function propertyRuns(few: number, full: number): { numRuns: number; seed?: number } {
  const seed = Number(process.env['WATCHWORD_SEED']);
  return {
    numRuns: process.env['WATCHWORD_LONG'] === undefined ? few : full,
    // Without one fast-check takes its own, and says which when a property fails.
    ...(Number.isSafeInteger(seed) ? { seed } : {}),
  };
}
