import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { describe, test, type TestContext } from 'node:test';
import { createWatchwordOn } from '../../src/facade/create-watchword.ts';
import type { Watchword, WatchwordOptions } from '../../src/facade/index.ts';
import type { StoreFactory } from '../../src/ports/store/store.ts';
import { withEnvironment } from './support/environment.ts';
import { refusedSentence } from './support/errors.ts';
import { createInstallation, ISSUER } from './support/installation.ts';

const fresh = (): string => randomBytes(32).toString('hex');
const finder = new URL('../../src/platform/tracked-files.ts', import.meta.url).href;

/** A repository of its own in a temporary folder, whose `folder/settings.env` and `folder/ignored.env` hold the texts. */
function repository(t: TestContext, tracked: string, ignored: string): string {
  const path = folder(t);
  const git = (...args: string[]): unknown => execFileSync('git', ['-C', path, ...args], { stdio: 'ignore' });
  git('init', '--quiet');
  mkdirSync(join(path, 'folder'));
  writeFileSync(join(path, '.gitignore'), 'ignored.env\n');
  writeFileSync(join(path, 'folder', 'settings.env'), `# settings\nSOME_KEY="${tracked}"\n`);
  writeFileSync(join(path, 'folder', 'ignored.env'), `SOME_KEY=${ignored}\n`);
  git('add', '.');
  return path;
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'watchword-tracked-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

/** Asks in a process of its own, because the working directory belongs to the whole of one. */
async function found(
  cwd: string,
  text: string,
  variables: Readonly<Record<string, string>> = {},
  patience: readonly number[] = [20_000],
) {
  const program = `import { findTrackedFile } from '${finder}';
let text = '';
for await (const piece of process.stdin.setEncoding('utf8')) text += piece;
const startMs = performance.now();
const file = await findTrackedFile(text, ...${JSON.stringify(patience)});
console.log(JSON.stringify({ file: file ?? null, tookMs: performance.now() - startMs }));`;
  const child = spawn(
    process.execPath,
    ['--conditions=watchword-source', '--input-type=module', '-e', program],
    { cwd, env: { ...process.env, ...variables }, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  child.stdin.end(text);
  const [output] = await Promise.all([textOf(child.stdout), once(child, 'close')]);
  return JSON.parse(output) as { readonly file: string | null; readonly tookMs: number };
}

describe('a text in a file that git tracks', () => {
  test('is found from anywhere in the repository, and named from its top', async (t) => {
    const secret = fresh();
    const path = repository(t, secret, fresh());
    assert.equal((await found(path, secret)).file, 'folder/settings.env');
    mkdirSync(join(path, 'elsewhere'));
    assert.equal((await found(join(path, 'elsewhere'), secret)).file, 'folder/settings.env');
  });

  test('is not found where git ignores the file, or does not know it yet', async (t) => {
    const secret = fresh();
    const path = repository(t, fresh(), secret);
    writeFileSync(join(path, 'new.env'), secret);
    assert.equal((await found(path, secret)).file, null);
  });

  test('is no pattern, and is not found in a part', async (t) => {
    const path = repository(t, fresh(), fresh());
    assert.equal((await found(path, 'SOME.KEY')).file, null);
    assert.equal((await found(path, fresh())).file, null);
  });

  test('is not found outside a repository, nor without git', async (t) => {
    const secret = fresh();
    const outside = folder(t);
    writeFileSync(join(outside, 'settings.env'), secret);
    assert.equal((await found(outside, secret, { GIT_CEILING_DIRECTORIES: tmpdir() })).file, null);
    assert.equal((await found(repository(t, secret, fresh()), secret, { PATH: outside })).file, null);
  });

  test('is given up where git takes too long', async (t) => {
    const bin = folder(t);
    writeFileSync(join(bin, 'git'), '#!/bin/sh\nexec /bin/sleep 20\n');
    chmodSync(join(bin, 'git'), 0o755);
    const { file, tookMs } = await found(bin, fresh(), { PATH: bin }, []);
    assert.equal(file, null);
    assert.ok(tookMs < 5000, `${tookMs} ms`);
  });

  test('stands in no list of processes, and git has no environment with other secrets', async (t) => {
    const bin = folder(t);
    writeFileSync(join(bin, 'git'), `#!/bin/sh\n{ echo "$@"; /usr/bin/env; } > ${join(bin, 'seen')}\n`);
    chmodSync(join(bin, 'git'), 0o755);
    const secret = fresh();
    await found(bin, secret, { PATH: bin, WATCHWORD_SECRET: secret, OTHER: 'other' });
    const seen = execFileSync('cat', [join(bin, 'seen')], { encoding: 'utf8' });
    assert.match(seen, /grep/);
    assert.ok(!seen.includes(secret) && !seen.includes('OTHER'), seen);
  });
});

describe('a secret that stands in a file that git tracks', () => {
  for (const environment of ['development', 'production'] as const) {
    test(`is refused with the name of the file: ${environment}`, async (t) => {
      withEnvironment(t, {});
      const secret = fresh();
      const sentence = await refusedSentence(open(t, { secret, environment }));
      assert.match(sentence, /^The option `secret` stands in "folder\/settings.env", a file that git tracks/);
      assert.match(sentence, /keygen/);
      assert.ok(!sentence.includes(secret));
    });
  }

  test('is refused from the variable and from a file', async (t) => {
    withEnvironment(t, { WATCHWORD_SECRET: fresh() });
    assert.match(await refusedSentence(open(t)), /^WATCHWORD_SECRET stands in/);
    const path = join(folder(t), 'secret');
    writeFileSync(path, fresh(), { mode: 0o600 });
    withEnvironment(t, { WATCHWORD_SECRET_FILE: path });
    assert.match(await refusedSentence(open(t)), /^The secret in WATCHWORD_SECRET_FILE stands in/);
  });

  test('may be the secret of a store that forgets everything, as tests have it', async (t) => {
    withEnvironment(t, {});
    assert.ok(await open(t, { secret: fresh(), environment: 'development' }, { durable: false }));
  });

  test('is not looked for where the secret was made for development', async (t) => {
    withEnvironment(t, {});
    const developmentSecretPath = join(folder(t), 'development.secret');
    assert.ok(await open(t, {}, { durable: true, developmentSecretPath }));
  });
});

/** Opens on a platform where every text is found. */
async function open(
  t: TestContext,
  options: Partial<WatchwordOptions> = {},
  claims: Pick<StoreFactory, 'durable' | 'developmentSecretPath'> = { durable: true },
): Promise<Watchword> {
  const { platform, factory } = createInstallation(t);
  const auth = await createWatchwordOn(
    { ...platform, findTrackedFile: async () => 'folder/settings.env' },
    { issuer: ISSUER, store: { ...factory, kind: 'another', ...claims }, ...options },
  );
  t.after(() => auth.close());
  return auth;
}
