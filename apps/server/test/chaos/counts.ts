/** How much is done: few in the ordinary run, the full count with `WATCHWORD_LONG`. */
export function countOf(few: number, full: number): number {
  return process.env['WATCHWORD_LONG'] === undefined ? few : full;
}

/** What `WATCHWORD_SEED` says, so that a run can be repeated. */
export const seed = Number(process.env['WATCHWORD_SEED'] ?? 1);
