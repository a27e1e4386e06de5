import { InvalidArgumentError } from 'commander';

/** For an option that takes a whole number. */
export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= from && value <= to) return value;
    throw new InvalidArgumentError(`Write a number from ${from} to ${to}.`);
  };
}
