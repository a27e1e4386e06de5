import assert from 'node:assert/strict';
import { scryptSync } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { createPasswordHasher } from '../../src/platform/password-hasher.ts';
import { createSystemInstallation } from './system-installation.ts';
import { rejection } from '../facade/support/errors.ts';

/** What others have published: the Openwall test vectors of bcrypt, those of the argon2 reference, and RFC 7914 §12. */
const PUBLISHED = [
  ['U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['U*U*', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK'],
  ['U*U*U', '$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
  ['U*U*U', '$2b$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
  ['password', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'],
  ['password', '$argon2i$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ'],
  [
    'pleaseletmein',
    '$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$' +
      'cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw',
  ],
] as const;

/** A scrypt hash such as the one above, over any password. */
function scryptHash(password: string): string {
  const salt = Buffer.from('a salt of 16 byt');
  const plain = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
  const hash = scryptSync(password, salt, 32, { cost: 2 ** 17, blockSize: 8, maxmem: 2 ** 28 });
  return `$scrypt$ln=17,r=8,p=1$${plain(salt)}$${plain(hash)}`;
}

describe('a hash of before is verified', () => {
  for (const [password, hash] of PUBLISHED) {
    test(hash.slice(0, 32), async () => {
      const hasher = await createPasswordHasher();
      assert.equal(await hasher.verify(hash, password), true);
      assert.equal(await hasher.verify(hash, `${password}.`), false);
      assert.equal(await hasher.verify(hash, ''), false);
      assert.equal(hasher.isCurrent(hash), false);
    });
  }

  test('and one that is none, or damaged, is nobody’s', async () => {
    const hasher = await createPasswordHasher();
    for (const hash of [
      '',
      'password',
      '$2b$05$tooshort',
      '$scrypt$ln=99,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046w',
    ]) {
      assert.equal(await hasher.verify(hash, 'password'), false, hash);
    }
    assert.equal(hasher.isCurrent(await hasher.hash('password')), true);
  });
});

async function importing(t: TestContext) {
  const installation = await createSystemInstallation(t);
  const { auth } = installation;
  const one = async (user: object) => (await auth.accounts.import([user as never]))[0];
  return { ...installation, one };
}

describe('importing', () => {
  test('takes users in as they are, under their ids, and they sign in with their passwords', async (t) => {
    const { auth, signIn, hashOf, events } = await importing(t);
    const users = [
      { id: 'user-7', email: 'Ada@Example.com', passwordHash: await bcrypt('correct horse', 4) },
      { email: 'bob@example.com', passwordHash: PUBLISHED[4][1] },
      { id: '12', email: 'eve@example.com', passwordHash: scryptHash('battery staple') },
    ];
    const outcomes = await auth.accounts.import(users);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.kind === 'imported' ? outcome.id.slice(0, 7) : outcome)),
      ['user-7', outcomes[1]?.kind === 'imported' && outcomes[1].id.slice(0, 7), '12'],
    );
    assert.equal(await signIn('ada@example.com', 'wrong horse'), 401);
    assert.equal(await hashOf('user-7'), users[0]?.passwordHash, 'a wrong password replaces nothing');
    assert.equal(await signIn('ada@example.com', 'correct horse'), 'user-7');
    assert.equal(await signIn('eve@example.com', 'battery staple'), '12');
    assert.match(String(await signIn('bob@example.com', 'password')), /^[0-9a-f-]{36}$/);
    assert.deepEqual(
      events.flatMap(({ type }) => (/import|rehash/.test(type) ? type : [])),
      [...Array<string>(3).fill('account_imported'), ...Array<string>(3).fill('password_rehashed')],
    );
  });

  test('replaces a hash at the first sign-in, once, however many come at the same time', async (t) => {
    const { one, signIn, hashOf, events } = await importing(t);
    const hash = await bcrypt('correct horse', 4);
    await one({ id: 'ada', email: 'ada@example.com', passwordHash: hash });
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => signIn('ada@example.com', 'correct horse')),
    );
    assert.deepEqual(new Set(answers), new Set(['ada']));
    const replaced = await hashOf('ada');
    assert.match(replaced, /^\$argon2id\$v=19\$m=47104,t=1,p=1\$/);
    assert.equal(events.filter(({ type }) => type === 'password_rehashed').length, 1);
    assert.equal(await signIn('ada@example.com', 'correct horse'), 'ada');
    assert.equal(await signIn('ada@example.com', 'wrong horse'), 401);
    assert.equal(await hashOf('ada'), replaced, 'the next ones replace nothing');
  });

  test('says of each what became of it, and takes no address and no id twice', async (t) => {
    const { auth, one } = await importing(t);
    const passwordHash = PUBLISHED[0][1];
    const ada = { id: 'ada', email: 'ada@example.com', passwordHash };
    const outcomes = await auth.accounts.import([
      ada,
      ada,
      { ...ada, id: 'other', email: 'ADA@example.com' },
    ]);
    assert.deepEqual(outcomes, [
      { kind: 'imported', id: 'ada' },
      { kind: 'email_taken' },
      { kind: 'email_taken' },
    ]);
    const refused = (reason: string) => ({ kind: 'refused', reason });
    assert.deepEqual(await one({ ...ada, email: 'b@example.com' }), refused('id_taken'));
    for (const id of ['', 'a\nb', 7, 'x'.repeat(256)]) {
      assert.deepEqual(await one({ id, email: 'b@example.com', passwordHash }), refused('id_invalid'));
    }
    for (const email of ['', 'nobody', 7, undefined]) {
      assert.deepEqual(await one({ email, passwordHash }), refused('email_invalid'));
    }
    for (const hash of ['', 'password', '5f4dcc3b5aa765d61d8327deb882cf99', 7, undefined]) {
      assert.deepEqual(await one({ email: 'b@example.com', passwordHash: hash }), refused('hash_unknown'));
    }
    const costly = passwordHash.replace('$05$', '$31$');
    assert.deepEqual(await one({ email: 'b@example.com', passwordHash: costly }), refused('hash_too_costly'));
    assert.deepEqual(await one({ ...ada, id: 'b', email: 'b@example.com' }), { kind: 'imported', id: 'b' });
  });

  test('refuses calls that are wrong, before anybody is imported', async (t) => {
    const { auth, one } = await importing(t);
    const user = { email: 'ada@example.com', passwordHash: PUBLISHED[0][1] };
    for (const users of [
      undefined,
      user,
      [user, 'ada'],
      [user, { ...user, password: 'x' }],
      Array.from({ length: 1001 }, () => user),
    ]) {
      assert.equal((await rejection(auth.accounts.import(users as never))).code, 'ERR_OPTION');
    }
    assert.equal((await one(user))?.kind, 'imported');
    const without = await createSystemInstallation(t, { accounts: false });
    assert.equal((await rejection(without.auth.accounts.import([user]))).code, 'ERR_OPTION');
  });

  test('a password that is too long is nobody’s, also where the hash is of an empty one', async (t) => {
    const { one, signIn } = await importing(t);
    await one({ email: 'ada@example.com', passwordHash: await bcrypt('', 4) });
    assert.equal(await signIn('ada@example.com', 'x'.repeat(513)), 401);
  });
});
