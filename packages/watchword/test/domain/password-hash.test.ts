import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isAffordable, parsePasswordHash } from '../../src/domain/password-hash.ts';

const BCRYPT_REST = 'CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';
const SALT_AND_HASH = 'c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';

describe('a password hash is read', () => {
  for (const [text, expected] of [
    [`$2a$05$${BCRYPT_REST}`, { scheme: 'bcrypt', cost: 5 }],
    [`$2b$12$${BCRYPT_REST}`, { scheme: 'bcrypt', cost: 12 }],
    [`$2y$31$${BCRYPT_REST}`, { scheme: 'bcrypt', cost: 31 }],
    [
      `$argon2id$v=19$m=65536,t=2,p=1$${SALT_AND_HASH}`,
      { scheme: 'argon2', memoryKib: 65_536, passes: 2, lanes: 1 },
    ],
    [`$argon2i$v=16$m=8,t=1,p=1$${SALT_AND_HASH}`, { scheme: 'argon2', memoryKib: 8, passes: 1, lanes: 1 }],
    [
      `$argon2d$v=19$m=4096,t=3,p=4$${SALT_AND_HASH}`,
      { scheme: 'argon2', memoryKib: 4096, passes: 3, lanes: 4 },
    ],
    [
      `$scrypt$ln=16,r=8,p=1$${SALT_AND_HASH}`,
      { scheme: 'scrypt', logN: 16, r: 8, p: 1, salt: 'c29tZXNhbHQ', hash: SALT_AND_HASH.slice(12) },
    ],
  ] as const) {
    test(text.slice(0, 28), () => assert.deepEqual(parsePasswordHash(text), expected));
  }
});

describe('a password hash is not read', () => {
  for (const text of [
    '',
    'password',
    '5f4dcc3b5aa765d61d8327deb882cf99',
    `$2x$05$${BCRYPT_REST}`,
    `$2$05$${BCRYPT_REST}`,
    `$2b$03$${BCRYPT_REST}`,
    `$2b$32$${BCRYPT_REST}`,
    `$2b$5$${BCRYPT_REST}`,
    `$2b$05$${BCRYPT_REST}a`,
    `$2b$05$${BCRYPT_REST}\n`,
    ` $2b$05$${BCRYPT_REST}`,
    `$argon2id$m=65536,t=2,p=1$${SALT_AND_HASH}`,
    `$argon2id$v=20$m=65536,t=2,p=1$${SALT_AND_HASH}`,
    `$argon2x$v=19$m=65536,t=2,p=1$${SALT_AND_HASH}`,
    `$argon2id$v=19$m=65536,t=0,p=1$${SALT_AND_HASH}`,
    `$argon2id$v=19$m=65536,t=1,p=0$${SALT_AND_HASH}`,
    `$argon2id$v=19$m=15,t=1,p=2$${SALT_AND_HASH}`,
    `$argon2id$v=19$m=65536,t=2,p=1,data=AAAA$${SALT_AND_HASH}`,
    `$argon2id$v=19$t=2,m=65536,p=1$${SALT_AND_HASH}`,
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ',
    '$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm',
    `$argon2id$v=19$m=65536,t=2,p=1$${SALT_AND_HASH}=`,
    `$argon2id$v=19$m=65536,t=2,p=1$${SALT_AND_HASH}aa`,
    `$scrypt$ln=0,r=8,p=1$${SALT_AND_HASH}`,
    `$scrypt$ln=16,r=0,p=1$${SALT_AND_HASH}`,
    `$scrypt$ln=16,r=8,p=0$${SALT_AND_HASH}`,
    `$scrypt$n=16,r=8,p=1$${SALT_AND_HASH}`,
    `$7$C6..../....${SALT_AND_HASH}`,
  ]) {
    test(JSON.stringify(text.slice(0, 60)), () => assert.equal(parsePasswordHash(text), undefined));
  }
});

test('a hash is affordable up to a second or 256 MiB, and no number is too large to say so', () => {
  const affordable = (text: string): boolean => {
    const hash = parsePasswordHash(text);
    assert.ok(hash, text);
    return isAffordable(hash);
  };
  for (const [beginning, expected] of [
    ['$argon2id$v=19$m=47104,t=1,p=1$', true],
    ['$argon2id$v=19$m=262144,t=4,p=4$', true],
    ['$argon2id$v=19$m=262145,t=1,p=1$', false],
    ['$argon2id$v=19$m=262144,t=5,p=1$', false],
    ['$argon2id$v=19$m=65536,t=1,p=17$', false],
    ['$argon2id$v=19$m=8,t=9999999999,p=1$', false],
    ['$argon2id$v=19$m=9999999999,t=9999999999,p=99999999$', false],
    ['$scrypt$ln=14,r=8,p=5$', true],
    ['$scrypt$ln=17,r=8,p=1$', true],
    ['$scrypt$ln=18,r=8,p=2$', true],
    ['$scrypt$ln=18,r=8,p=3$', false],
    ['$scrypt$ln=19,r=8,p=1$', false],
    ['$scrypt$ln=1,r=9999999999,p=1$', false],
    ['$scrypt$ln=1,r=1,p=9999999999$', false],
    ['$scrypt$ln=99,r=8,p=1$', false],
  ] as const) {
    assert.equal(affordable(beginning + SALT_AND_HASH), expected, beginning);
  }
  assert.equal(affordable(`$2b$14$${BCRYPT_REST}`), true);
  assert.equal(affordable(`$2b$15$${BCRYPT_REST}`), false);
});
