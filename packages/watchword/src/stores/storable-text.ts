import { ArgumentError } from '../errors/watchword-error.ts';

/**
 * Whether a database gives a text back as it got it. SQLite under Node 22 cuts what it reads at U+0000, PostgreSQL knows no
 * such character, and lone surrogates become U+FFFD in UTF-8: either way one subject would turn into another.
 */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** Refuses rather than alters. `what` begins the sentence: "The subject of a session". */
export function assertStorable(text: string, what: string): void {
  if (!isStorable(text)) {
    throw new ArgumentError(`${what} must be well-formed Unicode without U+0000: leave out what is not.`);
  }
}
