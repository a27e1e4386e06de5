import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { createWatchwordOn } from '../../src/facade/create-watchword.ts';
import type { Watchword, WatchwordOptions } from '../../src/facade/index.ts';
import { withEnvironment } from './support/environment.ts';
import { refusedSentence } from './support/errors.ts';
import { createInstallation, ISSUER } from './support/installation.ts';

const fresh = (): string => randomBytes(32).toString('hex');

/** Opens without a `secret` unless one is said, on a store that claims to be durable. */
function open(
  t: TestContext,
  options: Partial<WatchwordOptions> = {},
  developmentSecretPath?: string,
): Promise<Watchword> {
  const { platform, factory } = createInstallation(t);
  const store = {
    ...factory,
    kind: 'durable',
    durable: true,
    ...(developmentSecretPath !== undefined && { developmentSecretPath }),
  };
  const opening = createWatchwordOn(platform, { issuer: ISSUER, store, ...options });
  return opening.then((auth) => {
    t.after(() => auth.close());
    return auth;
  });
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'watchword-secret-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

describe('in production', () => {
  for (const [name, variables, options] of [
    ['by NODE_ENV', { NODE_ENV: 'production' }, {}],
    ['by the option', {}, { environment: 'production' }],
  ] as const) {
    test(`a secret has to be given: ${name}`, async (t) => {
      withEnvironment(t, variables);
      const path = join(folder(t), 'development.secret');
      assert.match(
        await refusedSentence(open(t, options, path)),
        /WATCHWORD_SECRET.*WATCHWORD_SECRET_FILE.*keygen/,
      );
      assert.throws(() => statSync(path), 'none is made for development');
    });

    test(`a store that forgets is refused: ${name}`, async (t) => {
      withEnvironment(t, { ...variables, WATCHWORD_SECRET: fresh() });
      const { platform, factory } = createInstallation(t);
      const opening = createWatchwordOn(platform, { issuer: ISSUER, store: factory, ...options });
      assert.match(await refusedSentence(opening), /memory store forgets.*sqlite/);
    });
  }

  test('a development secret that lies beside the store is not used', async (t) => {
    withEnvironment(t, { NODE_ENV: 'production' });
    const path = join(folder(t), 'development.secret');
    writeFileSync(path, fresh(), { mode: 0o600 });
    await refusedSentence(open(t, {}, path));
  });

  test('with a secret it starts, from the option, the variable or the file', async (t) => {
    withEnvironment(t, { NODE_ENV: 'production' });
    assert.ok(await open(t, { secret: fresh() }));
    withEnvironment(t, { NODE_ENV: 'production', WATCHWORD_SECRET: fresh() });
    assert.ok(await open(t));
    const path = join(folder(t), 'secret');
    writeFileSync(path, `${fresh()}\n`, { mode: 0o600 });
    withEnvironment(t, { NODE_ENV: 'production', WATCHWORD_SECRET_FILE: path });
    assert.ok(await open(t));
  });

  test('the option may overrule NODE_ENV in either direction', async (t) => {
    withEnvironment(t, { NODE_ENV: 'production' });
    assert.ok(await createInstallation(t).open({ environment: 'development' }));
  });
});

describe('in development', () => {
  test('a secret is made beside the store, for its owner alone, and used again', async (t) => {
    withEnvironment(t, {});
    const path = join(folder(t), 'data', 'development.secret');
    await open(t, {}, path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const made = readFileSync(path, 'utf8');
    await open(t, {}, path);
    assert.equal(readFileSync(path, 'utf8'), made);
  });

  for (const mode of [0o640, 0o604, 0o644, 0o660]) {
    test(`one that others can read is refused (${mode.toString(8)})`, async (t) => {
      withEnvironment(t, {});
      const path = join(folder(t), 'development.secret');
      writeFileSync(path, fresh());
      chmodSync(path, mode);
      assert.match(await refusedSentence(open(t, {}, path)), /chmod 600/);
    });
  }

  test('one that is too weak is refused, too', async (t) => {
    withEnvironment(t, {});
    const path = join(folder(t), 'development.secret');
    writeFileSync(path, 'secret', { mode: 0o600 });
    assert.match(await refusedSentence(open(t, {}, path)), /development secret/);
  });
});

test('a database with no place beside it needs a secret in development as well', async (t) => {
  withEnvironment(t, {});
  const sentence = await refusedSentence(open(t));
  assert.match(sentence, /^A database that several machines may share needs a secret: set WATCHWORD_SECRET/);
  assert.ok(await open(t, { secret: fresh() }));
});

describe('a secret file', () => {
  test('that everybody can read is refused', async (t) => {
    const path = join(folder(t), 'secret');
    writeFileSync(path, fresh());
    chmodSync(path, 0o644);
    withEnvironment(t, { WATCHWORD_SECRET_FILE: path });
    assert.match(await refusedSentence(open(t)), /chmod 600/);
  });

  test('that is not there, is a folder, is empty or is huge is refused', async (t) => {
    const path = folder(t);
    const [empty, huge] = [join(path, 'empty'), join(path, 'huge')];
    writeFileSync(empty, '', { mode: 0o600 });
    writeFileSync(huge, 'a'.repeat(100_000), { mode: 0o600 });
    for (const file of [join(path, 'none'), path, empty, huge]) {
      withEnvironment(t, { WATCHWORD_SECRET_FILE: file });
      assert.match(await refusedSentence(open(t)), /WATCHWORD_SECRET_FILE/);
    }
  });

  test('and a variable at once are refused: which one is meant?', async (t) => {
    withEnvironment(t, { WATCHWORD_SECRET: fresh(), WATCHWORD_SECRET_FILE: 'a-file' });
    assert.match(await refusedSentence(open(t)), /not both/);
  });
});

describe('a secret that has another purpose as well is refused, with the name of the variable', () => {
  test('of WATCHWORD_SECRET', async (t) => {
    const secret = fresh();
    withEnvironment(t, { WATCHWORD_SECRET: secret, SESSION_SECRET: secret, JWT_SECRET: secret });
    const sentence = await refusedSentence(open(t));
    assert.match(
      sentence,
      /WATCHWORD_SECRET is also the value of (?:SESSION_SECRET and JWT_SECRET|JWT_SECRET and SESSION_SECRET)/,
    );
    assert.ok(!sentence.includes(secret));
  });

  test('of a file', async (t) => {
    const secret = fresh();
    const path = join(folder(t), 'secret');
    writeFileSync(path, `${secret}\n`, { mode: 0o600 });
    withEnvironment(t, { WATCHWORD_SECRET_FILE: path, SESSION_SECRET: secret });
    assert.match(await refusedSentence(open(t)), /SESSION_SECRET/);
  });

  test('of a source of the application’s own', async (t) => {
    const secret = fresh();
    withEnvironment(t, { SESSION_SECRET: secret });
    const source = { name: 'The secret in the vault', read: async () => secret };
    assert.match(
      await refusedSentence(open(t, { secret: source })),
      /^The secret in the vault is also the value of SESSION_SECRET/,
    );
  });
});

test('no refusal repeats the secret', async (t) => {
  withEnvironment(t, {});
  for (const secret of [
    'hunter2hunter2',
    'a'.repeat(64),
    'correct-horse-battery-staple-correct-horse-batt',
    `${fresh()}ü`,
  ]) {
    const sentence = await refusedSentence(open(t, { secret }));
    assert.ok(!sentence.includes(secret));
    assert.match(sentence, /keygen/);
  }
});
