import type { Account, EmailAddress } from '../../domain/account.ts';

/** An account with the hash of its password, which never leaves the engine. */
export interface AccountRecord {
  readonly account: Account;
  readonly passwordHash: string;
}

/** The built-in accounts. */
export interface AccountStore {
  /** Inserts, unless `address.key` exists. Of concurrent calls with one key exactly one is told `created`. */
  create(record: AccountRecord, address: EmailAddress): Promise<'created' | 'email_taken'>;

  /** By the key of its address; `undefined` if there is none. */
  findByEmail(key: string): Promise<AccountRecord | undefined>;

  find(id: string): Promise<AccountRecord | undefined>;

  /** Compare and set: replaces the hash if it is still `expected`; says whether this call did. */
  replaceHash(id: string, expected: string, next: string): Promise<boolean>;
}
