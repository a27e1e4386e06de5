import { parseEmailAddress, type Account } from '../../domain/account.ts';
import { createUuidV7 } from '../../domain/ids.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';
import type { PasswordHasher } from '../../ports/password-hasher.ts';
import type { AccountRecord } from '../../ports/store/account-store.ts';
import type { EngineContext } from '../context.ts';
import { createGate } from './gate.ts';
import { createUserImport, type ImportUser } from './import-users.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export type SignUpOutcome =
  | { readonly kind: 'created'; readonly account: Account }
  | {
      readonly kind: 'refused';
      readonly code: Extract<
        ErrorCode,
        | 'ERR_EMAIL_TAKEN'
        | 'ERR_EMAIL_INVALID'
        | 'ERR_PASSWORD_TOO_SHORT'
        | 'ERR_PASSWORD_TOO_LONG'
        | 'ERR_SIGN_UP_CLOSED'
      >;
    };

export type SignInOutcome =
  | { readonly kind: 'signed_in'; readonly account: Account }
  /**
   * Unknown address or wrong password: the two are not told apart, in the answer or in the time it takes. An imported hash that
   * was not replaced yet takes its own time.
   */
  | { readonly kind: 'refused' };

export interface Accounts {
  signUp(credentials: Credentials): Promise<SignUpOutcome>;
  signIn(credentials: Credentials): Promise<SignInOutcome>;
  find(id: string): Promise<Account | undefined>;
  readonly importUser: ImportUser;
}

export interface AccountsOptions {
  readonly signUpIsOpen: boolean;
  readonly hasher: PasswordHasher;
  /** How many passwords are hashed at once: each takes tens of megabytes and a core. */
  readonly hashesAtOnce: number;
}

const HASHES_WAITING = 64;
const MIN_PASSWORD_LENGTH = 8;
const MAX_PASSWORD_LENGTH = 256;
const ACCOUNT_ID_RANDOM_BYTES = 10;

export async function createAccounts(context: EngineContext, options: AccountsOptions): Promise<Accounts> {
  const { store, clock, random, events } = context;
  const { hasher } = options;
  const gate = createGate({ atOnce: options.hashesAtOnce, waiting: HASHES_WAITING });
  // What an unknown address is compared with, so that it costs what a known one does.
  const nobodysHash = await hasher.hash(String.fromCharCode(...random.bytes(32)));

  /** Whether the password is the account's; a hash of before is replaced by one of ours at this first opportunity. */
  async function proves(password: string, record: AccountRecord | undefined): Promise<boolean> {
    // A password that is too long is nobody's; hashing it would only be work for an attacker's asking.
    const isTooLong = password.length > 2 * MAX_PASSWORD_LENGTH;
    const passwordHash = record?.passwordHash ?? nobodysHash;
    const { matches, successor } = await gate.pass(async () => {
      const isRight = (await hasher.verify(passwordHash, isTooLong ? '' : password)) && !isTooLong;
      if (!isRight || hasher.isCurrent(passwordHash)) return { matches: isRight, successor: undefined };
      return { matches: true, successor: await hasher.hash(password) };
    });
    if (record === undefined || !matches) return false;
    const { id } = record.account;
    if (successor !== undefined && (await store.accounts.replaceHash(id, passwordHash, successor))) {
      events.record('password_rehashed', { accountId: id });
    }
    return true;
  }

  return {
    async signUp({ email, password }) {
      if (!options.signUpIsOpen) return { kind: 'refused', code: 'ERR_SIGN_UP_CLOSED' };
      const address = parseEmailAddress(email);
      if (address === undefined) return { kind: 'refused', code: 'ERR_EMAIL_INVALID' };
      const length = [...password].length;
      if (length < MIN_PASSWORD_LENGTH) return { kind: 'refused', code: 'ERR_PASSWORD_TOO_SHORT' };
      if (length > MAX_PASSWORD_LENGTH) return { kind: 'refused', code: 'ERR_PASSWORD_TOO_LONG' };
      const passwordHash = await gate.pass(() => hasher.hash(password));
      const createdMs = clock.nowMs();
      const id = createUuidV7(createdMs, random.bytes(ACCOUNT_ID_RANDOM_BYTES));
      const account: Account = { id, email: address.text, createdMs };
      if ((await store.accounts.create({ account, passwordHash }, address)) === 'email_taken') {
        events.record('account_refused', { reason: 'email_taken' });
        return { kind: 'refused', code: 'ERR_EMAIL_TAKEN' };
      }
      events.record('account_created', { accountId: id });
      return { kind: 'created', account };
    },

    async signIn({ email, password }) {
      const address = parseEmailAddress(email);
      const record = address === undefined ? undefined : await store.accounts.findByEmail(address.key);
      if ((await proves(password, record)) && record !== undefined) {
        events.record('sign_in_succeeded', { accountId: record.account.id });
        return { kind: 'signed_in', account: record.account };
      }
      if (record === undefined) events.record('sign_in_failed', { reason: 'unknown_account' });
      else events.record('sign_in_failed', { reason: 'wrong_password', accountId: record.account.id });
      return { kind: 'refused' };
    },

    async find(id) {
      return (await store.accounts.find(id))?.account;
    },

    importUser: createUserImport(context),
  };
}
