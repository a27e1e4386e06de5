import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startServer } from '../../src/index.ts';
import { bareEnvironment, SECRET, startReady, startServe, temporaryFolder } from './server-process.ts';

const HEX = randomBytes(32).toString('hex');
const PRODUCTION = {
  NODE_ENV: 'production',
  WATCHWORD_SECRET: SECRET,
  WATCHWORD_ISSUER: 'https://auth.example.com',
};

type Environment = Readonly<Record<string, string | undefined>>;

/** What is set, beside a production that would start → what the sentence has to name. */
const REFUSED: Readonly<Record<string, readonly [Environment, RegExp]>> = {
  'no secret': [{ WATCHWORD_SECRET: undefined }, /Production needs a secret: set WATCHWORD_SECRET.*keygen/],
  'an empty secret': [{ WATCHWORD_SECRET: '' }, /Production needs a secret: set WATCHWORD_SECRET/],
  'a blank secret': [{ WATCHWORD_SECRET: '  ' }, /WATCHWORD_SECRET is empty/],
  'a short secret': [
    { WATCHWORD_SECRET: HEX.slice(0, 32) },
    /WATCHWORD_SECRET spells 16 bytes, where at least 32/,
  ],
  'a long secret': [
    { WATCHWORD_SECRET: HEX.repeat(3) },
    /WATCHWORD_SECRET spells 96 bytes, where at most 64/,
  ],
  'a word as a secret': [{ WATCHWORD_SECRET: 'changeme' }, /WATCHWORD_SECRET/],
  'a sentence as a secret': [
    { WATCHWORD_SECRET: 'my-very-secret-token-for-the-app-2024-production' },
    /WATCHWORD_SECRET is guessable/,
  ],
  'a secret with spaces': [
    { WATCHWORD_SECRET: 'correct horse battery staple correct horse' },
    /WATCHWORD_SECRET is neither hex nor/,
  ],
  'a secret that repeats itself': [{ WATCHWORD_SECRET: 'ab'.repeat(32) }, /WATCHWORD_SECRET is guessable/],
  'a secret that counts': [
    { WATCHWORD_SECRET: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f' },
    /guessable/,
  ],
  'a secret with another purpose': [
    { SESSION_KEY: SECRET },
    /WATCHWORD_SECRET is also the value of SESSION_KEY/,
  ],
  'a secret and a file': [
    { WATCHWORD_SECRET_FILE: '/dev/null' },
    /WATCHWORD_SECRET or WATCHWORD_SECRET_FILE, not both/,
  ],
  'a file that is not there': [
    { WATCHWORD_SECRET: undefined, WATCHWORD_SECRET_FILE: '/nowhere/secret' },
    /WATCHWORD_SECRET_FILE names does not exist/,
  ],
  'a folder as the file': [
    { WATCHWORD_SECRET: undefined, WATCHWORD_SECRET_FILE: '/tmp' },
    /WATCHWORD_SECRET_FILE names/,
  ],
  'an issuer without https': [
    { WATCHWORD_ISSUER: 'http://auth.example.com' },
    /WATCHWORD_ISSUER has to be an https URL/,
  ],
  'an issuer that is no URL': [{ WATCHWORD_ISSUER: 'auth.example.com' }, /WATCHWORD_ISSUER has to be/],
  'an issuer with a query': [
    { WATCHWORD_ISSUER: 'https://auth.example.com/?a=b' },
    /WATCHWORD_ISSUER begins with https:\/\/ and has no query/,
  ],
  'an open address without an issuer': [
    { HOST: '0.0.0.0', WATCHWORD_ISSUER: undefined },
    /set WATCHWORD_ISSUER/,
  ],
  'a port that is a word': [{ PORT: 'http' }, /PORT has to be a whole number from 1 to 65535/],
  'a port beyond all ports': [{ PORT: '65536' }, /PORT has to be/],
  'half a port': [{ PORT: '80.5' }, /PORT has to be/],
  'a cache of half a token': [
    { WATCHWORD_TOKEN_CACHE_SIZE: '0.5' },
    /WATCHWORD_TOKEN_CACHE_SIZE has to be a whole number from 0 to 1000000/,
  ],
  'an algorithm that is none': [
    { WATCHWORD_ALGORITHM: 'none' },
    /WATCHWORD_ALGORITHM has to be one of ES256, ES384, ES512, EdDSA, RS256,.* HS512/,
  ],
  'a level that is none': [{ WATCHWORD_LOG_LEVEL: 'loud' }, /WATCHWORD_LOG_LEVEL has to be one of/],
  'a rotation that is none': [
    { WATCHWORD_ROTATION: 'Strict' },
    /WATCHWORD_ROTATION has to be one of resilient, strict/,
  ],
  'a kind of session that is none': [
    { WATCHWORD_BROWSER_SESSIONS: 'cookie' },
    /WATCHWORD_BROWSER_SESSIONS has to be one of jwt, opaque/,
  ],
  'a prefix of cookies that is none': [
    { WATCHWORD_COOKIE_PREFIX: '__Host-' },
    /WATCHWORD_COOKIE_PREFIX has 1 to 32 letters/,
  ],
  'a former prefix that is the one of now': [
    { WATCHWORD_FORMER_COOKIE_PREFIXES: 'old, ww' },
    /WATCHWORD_FORMER_COOKIE_PREFIXES names each prefix once/,
  ],
  'cookies for every site': [
    { WATCHWORD_COOKIE_SAME_SITE: 'none' },
    /WATCHWORD_COOKIE_SAME_SITE has to be one of lax, strict, partitioned/,
  ],
  'a window below zero': [{ WATCHWORD_RACE_WINDOW_MS: '-1' }, /WATCHWORD_RACE_WINDOW_MS has to be/],
  'a window too wide': [{ WATCHWORD_RACE_WINDOW_MS: '60001' }, /WATCHWORD_RACE_WINDOW_MS has to be/],
  'all origins': [{ WATCHWORD_ORIGINS: '*' }, /WATCHWORD_ORIGINS/],
  'an origin with a path': [
    { WATCHWORD_ORIGINS: 'https://a.example https://b.example/' },
    /WATCHWORD_ORIGINS/,
  ],
  'yes in place of true': [
    { WATCHWORD_UNSAFE_SIGN_UP_REVEALS_ADDRESSES: 'yes' },
    /WATCHWORD_UNSAFE_SIGN_UP_REVEALS_ADDRESSES has to be one of true, false/,
  ],
  'a database of another kind': [
    { WATCHWORD_DATABASE_URL: 'mysql://ada:sesame@db.example/app' },
    /WATCHWORD_DATABASE_URL.*postgres:\/\//,
  ],
  'a database address that is none': [
    { WATCHWORD_DATABASE_URL: 'db.example/app' },
    /WATCHWORD_DATABASE_URL.*postgres:\/\//,
  ],
  'a database address and a file': [
    { WATCHWORD_DATABASE_URL: 'postgres://db.example/app', WATCHWORD_DATABASE_URL_FILE: '/dev/null' },
    /WATCHWORD_DATABASE_URL or WATCHWORD_DATABASE_URL_FILE, not both/,
  ],
  'a file for the database address that is not there': [
    { WATCHWORD_DATABASE_URL_FILE: '/nowhere/url' },
    /WATCHWORD_DATABASE_URL_FILE names cannot be read: ENOENT/,
  ],
  'an address for notifications that is none': [
    {
      WATCHWORD_DATABASE_URL: 'postgres://db.example/app',
      WATCHWORD_DATABASE_LISTEN_URL: 'http://ada:sesame@db.example',
    },
    /WATCHWORD_DATABASE_LISTEN_URL.*postgres:\/\//,
  ],
  'an address for notifications alone': [
    { WATCHWORD_DATABASE_LISTEN_URL: 'postgres://ada:sesame@db.example/app' },
    /WATCHWORD_DATABASE_LISTEN_URL says something about PostgreSQL: set WATCHWORD_DATABASE_URL/,
  ],
  'one connection': [
    { WATCHWORD_DATABASE_URL: 'postgres://db.example/app', WATCHWORD_DATABASE_CONNECTIONS: '1' },
    /WATCHWORD_DATABASE_CONNECTIONS has to be a whole number from 3 to 1000/,
  ],
  'connections of SQLite': [
    { WATCHWORD_DATABASE_CONNECTIONS: '10' },
    /WATCHWORD_DATABASE_CONNECTIONS says something about PostgreSQL: set WATCHWORD_DATABASE_URL/,
  ],
  'PostgreSQL without a secret': [
    {
      NODE_ENV: undefined,
      WATCHWORD_SECRET: undefined,
      WATCHWORD_DATABASE_URL: 'postgres://127.0.0.1:1/app',
    },
    /A database that several machines may share needs a secret: set WATCHWORD_SECRET/,
  ],
  'a Redis address that is none': [
    { WATCHWORD_REDIS_URL: 'cache:sesame' },
    /WATCHWORD_REDIS_URL.*redis:\/\//,
  ],
  'a Redis address with a query': [
    { WATCHWORD_REDIS_URL: 'redis://cache.example?password=sesame' },
    /WATCHWORD_REDIS_URL.*no query/,
  ],
  'data in what is no folder': [{ WATCHWORD_DATA: '/dev/null/data' }, /Set WATCHWORD_DATA to one that can/],
  'data in a file': [{ WATCHWORD_DATA: '/dev/null' }, /WATCHWORD_DATA/],
};

test('production refuses to start, with a sentence that says what to set', async (t) => {
  const folder = await temporaryFolder(t);
  // Whatever would start after all finds its port in use, and says that instead.
  const occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve));
  t.after(() => occupant.close());
  const { port } = occupant.address() as AddressInfo;
  for (const [name, [environment, sentence]] of Object.entries(REFUSED)) {
    await t.test(name, async () => {
      const data = join(folder, 'data');
      const set = {
        HOST: '127.0.0.1',
        PORT: String(port),
        WATCHWORD_DATA: data,
        ...PRODUCTION,
        ...environment,
      };
      await assert.rejects(
        inEnvironment(set, () => startServer(process.env)),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, 'ERR_CONFIG', error.stack);
          assertSentence(error.message, sentence, set);
          return true;
        },
      );
    });
  }
});

test('the command ends with exit code 2, and prints that sentence alone', async (t) => {
  for (const name of ['no secret', 'a short secret', 'a port that is a word'] as const) {
    const [environment, sentence] = REFUSED[name] ?? [];
    const data = join(await temporaryFolder(t), 'data');
    await expectRefusal(t, { WATCHWORD_DATA: data, ...environment }, sentence ?? /never/);
  }
});

test('a secret file that everybody can read is refused, one that its owner alone can read is taken', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'secret');
  await writeFile(file, `${SECRET}\n`);
  await chmod(file, 0o604);
  const environment = { WATCHWORD_SECRET: undefined, WATCHWORD_SECRET_FILE: file };
  await expectRefusal(
    t,
    { ...environment, WATCHWORD_DATA: join(folder, 'data') },
    /WATCHWORD_SECRET_FILE.*chmod 600/,
  );
  await chmod(file, 0o600);
  await startReady(t, { environment: { ...PRODUCTION, ...environment } });
});

test('a data folder that others can read and that holds files of others is refused', async (t) => {
  const data = join(await temporaryFolder(t), 'shared');
  await mkdir(data);
  await writeFile(join(data, 'letter.txt'), 'not ours');
  await chmod(data, 0o755);
  await expectRefusal(t, { WATCHWORD_DATA: data }, /chmod 700.*WATCHWORD_DATA/);
});

test('data that another secret has sealed is refused', async (t) => {
  const { server, environment } = await startReady(t, { environment: PRODUCTION });
  server.signal('SIGTERM');
  await server.ended();
  await expectRefusal(t, { ...environment, WATCHWORD_SECRET: HEX }, /WATCHWORD_SECRET/);
});

test('data that is no database is refused', async (t) => {
  const data = join(await temporaryFolder(t), 'data');
  await mkdir(data, { mode: 0o700 });
  await writeFile(join(data, 'watchword.db'), 'this was something else '.repeat(100), { mode: 0o600 });
  await expectRefusal(t, { WATCHWORD_DATA: data }, /watchword\.db/);
});

async function expectRefusal(t: TestContext, environment: Environment, sentence: RegExp): Promise<void> {
  const set = { PORT: '1', ...PRODUCTION, ...environment };
  const { code, stdout, stderr } = await startServe(t, { environment: set }).ended();
  assert.deepEqual([code, stdout], [2, ''], stderr);
  assert.ok(stderr.endsWith('\n'));
  assertSentence(stderr.trimEnd(), sentence, set);
}

function assertSentence(
  text: string,
  sentence: RegExp,
  { WATCHWORD_SECRET: secret = '' }: Environment,
): void {
  assert.match(text, sentence);
  assert.match(text, /^[^\n]{10,400}\.$/, 'one line, a sentence or two');
  assert.doesNotMatch(text, /\n\s+at |node_modules|\.[jt]s:\d/);
  assert.ok(secret.trim() === '' || !text.includes(secret), 'the sentence repeats the secret');
  assert.ok(!text.includes('sesame'), 'the sentence repeats a password');
}

/** The secret is read from the environment of the process itself. */
async function inEnvironment<Result>(environment: Environment, work: () => Promise<Result>): Promise<Result> {
  const before = process.env;
  process.env = Object.fromEntries(
    Object.entries({ ...bareEnvironment(), ...environment }).filter(([, value]) => value !== undefined),
  );
  try {
    return await work();
  } finally {
    process.env = before;
  }
}
