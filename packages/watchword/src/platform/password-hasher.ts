import { parsePasswordHash } from '../domain/password-hash.ts';
import type { PasswordHasher } from '../ports/password-hasher.ts';
import { createArgon2Hasher } from './argon2-hasher.ts';
import { verifyScrypt } from './scrypt-hash.ts';

/** Hashes with argon2id, and verifies what imported users had before as well. */
export async function createPasswordHasher(): Promise<PasswordHasher> {
  const argon2 = await createArgon2Hasher();
  return {
    ...argon2,
    async verify(hashed, password) {
      const parsed = parsePasswordHash(hashed);
      switch (parsed?.scheme) {
        case 'bcrypt':
          return verifyBcrypt(hashed, password);
        case 'scrypt':
          return verifyScrypt(parsed, password);
        case 'argon2':
        case undefined:
          return argon2.verify(hashed, password);
      }
    },
  };
}

/** On libuv's threads. The native module is loaded when the first such hash is met, and not before. */
async function verifyBcrypt(hashed: string, password: string): Promise<boolean> {
  const { verify } = await import('@node-rs/bcrypt');
  try {
    return await verify(password, hashed);
  } catch {
    return false;
  }
}
