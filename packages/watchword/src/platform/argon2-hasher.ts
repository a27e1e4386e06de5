import type { PasswordHasher } from '../ports/password-hasher.ts';

/** ASVS 5.0 V11.4.2: argon2id with 46 MiB and one pass; version and parameters stand in each hash. */
const PARAMETERS = { memoryCost: 47_104, timeCost: 1, parallelism: 1 };
const BEGINNING = `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}$`;

/** argon2id on libuv's threads. The native module is loaded when the first hasher is made, and not before. */
export async function createArgon2Hasher(): Promise<PasswordHasher> {
  const { hash, verify } = await import('@node-rs/argon2');
  return {
    hash: (password) => hash(password, PARAMETERS),
    async verify(hashed, password) {
      try {
        return await verify(hashed, password);
      } catch {
        return false;
      }
    },
    isCurrent: (hashed) => hashed.startsWith(BEGINNING),
  };
}
