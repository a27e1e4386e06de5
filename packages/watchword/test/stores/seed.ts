/** The seed of this run: `WATCHWORD_SEED`, or one that is printed so that the run can be repeated. */
export const seed = Number(process.env['WATCHWORD_SEED'] ?? Date.now() % 1_000_000);

/** How many rounds a long suite takes: few normally, the full count with `WATCHWORD_LONG=1`. */
export function rounds(few: number, full: number): number {
  return process.env['WATCHWORD_LONG'] === undefined ? few : full;
}
