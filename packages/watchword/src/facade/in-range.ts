import { ConfigurationError } from '../errors/watchword-error.ts';

/** Refuses an option that is no whole number, or one outside of its range. */
export function inRange(name: string, value: unknown, from: number, to: number): void {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < from || value > to) {
    throw new ConfigurationError(`\`${name}\` has to be a whole number from ${from} to ${to}.`);
  }
}
