import type { EpochMs } from './time.ts';

/** A user of the built-in accounts; applications that know their users need none. */
export interface Account {
  /** A UUIDv7: the `sub` of the user's tokens. */
  readonly id: string;
  /** As the user wrote it, trimmed. */
  readonly email: string;
  readonly createdMs: EpochMs;
}

const MAX_EMAIL_LENGTH = 254;
const EMAIL = /^[^\s@\p{Cc}]{1,64}@[^\s@.\p{Cc}]+(?:\.[^\s@.\p{Cc}]+)*$/u;

/** An address as it is shown and kept, and the key under which it may exist once. */
export interface EmailAddress {
  readonly text: string;
  /** NFKC and lower case: two spellings of one address are one account. */
  readonly key: string;
}

export function parseEmailAddress(text: string): EmailAddress | undefined {
  const trimmed = text.trim();
  if (trimmed.length > MAX_EMAIL_LENGTH || !trimmed.isWellFormed() || !EMAIL.test(trimmed)) return undefined;
  return { text: trimmed, key: trimmed.normalize('NFKC').toLowerCase().normalize('NFKC') };
}
