import { ArgumentError } from '../errors/watchword-error.ts';

const MOST = 1000;
const USUAL = 100;

/** How many things a page has, checked. */
export function pageLimit(limit: number | undefined): number {
  if (limit === undefined) return USUAL;
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
  throw new ArgumentError(`\`limit\` has to be a whole number from 1 to ${MOST}.`);
}
