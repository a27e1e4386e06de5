import type { ImportedUser, ImportOutcome } from '../engine/accounts/import-users.ts';
import type { Engine } from '../engine/engine.ts';
import { ArgumentError } from '../errors/watchword-error.ts';
import { refuseUnknownOptions } from './unknown-options.ts';
import type { Watchword } from './watchword.ts';

const USER_NAMES: readonly (keyof ImportedUser)[] = ['id', 'email', 'passwordHash'];
const MOST_USERS = 1000;

export function presentAccounts({ accounts }: Engine): Watchword['accounts'] {
  return {
    async import(users) {
      if (accounts === undefined) {
        throw new ArgumentError(
          'Users are imported where the option `accounts` is on: there are no accounts here.',
        );
      }
      if (!Array.isArray(users) || users.length > MOST_USERS) {
        throw new ArgumentError(
          `\`users\` has to be an array of at most ${MOST_USERS}: import the others after them.`,
        );
      }
      for (const user of users) refuseUnknownOptions('accounts.import', user, USER_NAMES, ArgumentError);
      const list: readonly ImportedUser[] = users;
      const outcomes: ImportOutcome[] = [];
      // One after the other, so that an address that occurs twice is the first one's.
      for (const user of list) outcomes.push(await accounts.importUser(user));
      return outcomes;
    },
  };
}
