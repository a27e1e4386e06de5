/** A password hash of another program, with what it costs to compute. */
export type PasswordHash =
  /** `$2a$`, `$2b$`, `$2y$`: the cost is the logarithm of the rounds. */
  | { readonly scheme: 'bcrypt'; readonly cost: number }
  /** RFC 9106, as a PHC string. */
  | {
      readonly scheme: 'argon2';
      readonly memoryKib: number;
      readonly passes: number;
      readonly lanes: number;
    }
  /** RFC 7914, as a PHC string; `salt` and `hash` are base64 without padding. */
  | {
      readonly scheme: 'scrypt';
      readonly logN: number;
      readonly r: number;
      readonly p: number;
      readonly salt: string;
      readonly hash: string;
    };

const BCRYPT = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;
const ARGON2 = /^\$argon2(?:id|i|d)\$v=(?:16|19)\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,8})(\$[^$]+\$[^$]+)$/;
const SCRYPT = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,10}),p=(\d{1,10})(\$[^$]+\$[^$]+)$/;
/** 8 to 64 bytes of salt, and 16 to 64 of hash. */
const SALT_AND_HASH = /^\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** Reads the forms that are in use; `undefined` for anything else. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const [, cost] = BCRYPT.exec(text) ?? [];
  if (cost !== undefined) return { scheme: 'bcrypt', cost: Number(cost) };
  const argon2 = ARGON2.exec(text);
  if (argon2 !== null) {
    const [memoryKib = 0, passes = 0, lanes = 0] = argon2.slice(1, 4).map(Number);
    const isRight =
      passes >= 1 && lanes >= 1 && memoryKib >= 8 * lanes && saltAndHash(argon2[4]) !== undefined;
    return isRight ? { scheme: 'argon2', memoryKib, passes, lanes } : undefined;
  }
  const scrypt = SCRYPT.exec(text);
  if (scrypt === null) return undefined;
  const [logN = 0, r = 0, p = 0] = scrypt.slice(1, 4).map(Number);
  const parts = saltAndHash(scrypt[4]);
  if (logN < 1 || r < 1 || p < 1 || parts === undefined) return undefined;
  return { scheme: 'scrypt', logN, r, p, ...parts };
}

function saltAndHash(text: string | undefined): { readonly salt: string; readonly hash: string } | undefined {
  const [, salt, hash] = SALT_AND_HASH.exec(text ?? '') ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  // No base64 has one character more than whole groups.
  return salt.length % 4 === 1 || hash.length % 4 === 1 ? undefined : { salt, hash };
}

/** 256 MiB, in KiB: what one sign-in may take. */
const MOST_MEMORY_KIB = 262_144;

/** Whether a sign-in may cost so much: a second or so of one core at most. Whoever may ask for more has a weapon. */
export function isAffordable(hash: PasswordHash): boolean {
  switch (hash.scheme) {
    case 'bcrypt':
      return hash.cost <= 14;
    case 'argon2':
      return (
        hash.memoryKib <= MOST_MEMORY_KIB &&
        hash.lanes <= 16 &&
        hash.memoryKib * hash.passes <= 4 * MOST_MEMORY_KIB
      );
    case 'scrypt': {
      // 128 r bytes for each of N.
      const memoryKib = (2 ** hash.logN * hash.r) / 8;
      return memoryKib <= MOST_MEMORY_KIB && memoryKib * hash.p <= 2 * MOST_MEMORY_KIB;
    }
  }
}
