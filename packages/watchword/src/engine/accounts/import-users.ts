import { parseEmailAddress, type Account } from '../../domain/account.ts';
import { createUuidV7 } from '../../domain/ids.ts';
import { isAffordable, parsePasswordHash } from '../../domain/password-hash.ts';
import type { EngineContext } from '../context.ts';
import { isSubject } from '../sessions/session-input.ts';

/** A user of the application before. */
export interface ImportedUser {
  /** The name that sessions have as `subject`. Default: a new one. */
  readonly id?: string;
  readonly email: string;
  /** bcrypt (`$2a$`, `$2b$`, `$2y$`), or argon2 or scrypt as a PHC string. */
  readonly passwordHash: string;
}

/** What became of one of them. */
export type ImportOutcome =
  | { readonly kind: 'imported'; readonly id: string }
  | { readonly kind: 'email_taken' }
  | { readonly kind: 'refused'; readonly reason: ImportRefusal };

export type ImportRefusal =
  | 'email_invalid'
  | 'id_invalid'
  | 'id_taken'
  /** None of the forms that are read. */
  | 'hash_unknown'
  /** Its parameters make a sign-in take more than a second or 256 MiB. */
  | 'hash_too_costly';

const ACCOUNT_ID_RANDOM_BYTES = 10;

export type ImportUser = (user: ImportedUser) => Promise<ImportOutcome>;

/** Takes a user in with the hash as it is; it is replaced when its password is proven. */
export function createUserImport({ store, clock, random, events }: EngineContext): ImportUser {
  return async function importUser({ id: given, email, passwordHash }) {
    const address = typeof email === 'string' ? parseEmailAddress(email) : undefined;
    if (address === undefined) return refused('email_invalid');
    if (given !== undefined && !isSubject(given)) return refused('id_invalid');
    const hash = typeof passwordHash === 'string' ? parsePasswordHash(passwordHash) : undefined;
    if (hash === undefined) return refused('hash_unknown');
    if (!isAffordable(hash)) return refused('hash_too_costly');
    if ((await store.accounts.findByEmail(address.key)) !== undefined) return { kind: 'email_taken' };
    if (given !== undefined && (await store.accounts.find(given)) !== undefined) return refused('id_taken');
    const createdMs = clock.nowMs();
    const id = given ?? createUuidV7(createdMs, random.bytes(ACCOUNT_ID_RANDOM_BYTES));
    const account: Account = { id, email: address.text, createdMs };
    // Somebody may have signed up meanwhile.
    if ((await store.accounts.create({ account, passwordHash }, address)) === 'email_taken') {
      return { kind: 'email_taken' };
    }
    events.record('account_imported', { accountId: id });
    return { kind: 'imported', id };
  };
}

function refused(reason: ImportRefusal): ImportOutcome {
  return { kind: 'refused', reason };
}
