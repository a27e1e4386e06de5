import { Buffer } from 'node:buffer';
import { scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import type { PasswordHash } from '../domain/password-hash.ts';

type ScryptHash = Extract<PasswordHash, { scheme: 'scrypt' }>;

/** Whether the password was hashed to that, on libuv's threads. */
export async function verifyScrypt(hashed: ScryptHash, password: string): Promise<boolean> {
  const { logN, r, p, salt, hash } = hashed;
  const right = Buffer.from(hash, 'base64');
  const cost = 2 ** logN;
  // OpenSSL counts the blocks of all lanes and some more.
  const maxmem = 128 * r * (cost + p + 2);
  const options = { cost, blockSize: r, parallelization: p, maxmem };
  try {
    const found = await derive(password, Buffer.from(salt, 'base64'), right.length, options);
    return timingSafeEqual(found, right);
  } catch {
    return false;
  }
}

function derive(password: string, salt: Buffer, length: number, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
