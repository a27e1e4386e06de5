import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { ServerOverrides } from '../src/server-module.ts';
import { play, watchword } from './run-watchword.ts';

describe('the program around keygen', () => {
  test('says its version and its help', async () => {
    const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    for (const flag of ['--version', '-V']) {
      assert.deepEqual(await watchword([flag]), { stdout: `${manifest.version}\n`, stderr: '', exitCode: 0 });
    }
    const help = await watchword(['--help']);
    assert.equal(help.exitCode, 0);
    assert.match(help.stdout, /^Usage: watchword \[options\] \[command\]\n/);
    for (const command of ['serve', 'keygen']) assert.match(help.stdout, new RegExp(`^  ${command}`, 'm'));
    for (const { stdout } of [help, await watchword(['serve', '--help'])]) {
      for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
    }
    assert.deepEqual(await watchword(['help', 'keygen']), await watchword(['keygen', '--help']));
  });

  test('without a command it prints its help to standard error: that was no use of it', async () => {
    const { stdout, stderr, exitCode } = await watchword([]);
    assert.equal(stdout, '');
    assert.match(stderr, /^Usage: watchword/);
    assert.equal(exitCode, 2);
  });

  test('what it does not know it refuses', (t) =>
    play(
      t,
      `
$ watchword keygn
! error: unknown command 'keygn'
! (Did you mean keygen?)
! (--help shows the options, and examples)
→ 2
$ watchword --quiet
! error: unknown option '--quiet'
! (--help shows the options, and examples)
→ 2
$ watchword serve --port http
! error: option '-p, --port <number>' argument 'http' is invalid. Write a number from 1 to 65535, such as 8787.
! (--help shows the options, and examples)
→ 2
$ watchword serve --port 65536
! error: option '-p, --port <number>' argument '65536' is invalid. Write a number from 1 to 65535, such as 8787.
! (--help shows the options, and examples)
→ 2
`,
    ));
});

describe('serve', () => {
  const started: { environment: NodeJS.ProcessEnv; overrides: ServerOverrides }[] = [];
  const server = (failure?: Error) => ({
    loadServer: async () => ({
      startServer: async (environment: NodeJS.ProcessEnv, overrides: ServerOverrides) => {
        if (failure !== undefined) throw failure;
        started.push({ environment, overrides });
      },
      openInstallation: async () => assert.fail('the server is not to be opened by hand'),
      openAdminApi: async () => assert.fail('nobody administrates here'),
      readStoreSettings: () => assert.fail('the server reads its settings itself'),
    }),
  });

  test('hands on the environment, and of its options those that were given', async () => {
    const environment = { WATCHWORD_ISSUER: 'https://auth.example' };
    const args = ['serve', '--port', '9000', '--host', '::1', '--data', '/srv/ww'];
    assert.equal((await watchword(args, { environment, parts: server() })).exitCode, 0);
    assert.deepEqual(started.pop(), {
      environment,
      overrides: { port: 9000, host: '::1', dataDirectory: '/srv/ww' },
    });
    assert.equal((await watchword(['serve'], { parts: server() })).exitCode, 0);
    assert.deepEqual(started.pop(), { environment: {}, overrides: {} });
  });

  test('a wrong configuration is one plain sentence', async () => {
    const sentence = 'WATCHWORD_SECRET is too short. Set it to the output of: watchword keygen';
    const failure = Object.assign(new Error(sentence), { code: 'ERR_CONFIG' });
    const outcome = await watchword(['serve'], { parts: server(failure) });
    assert.deepEqual(outcome, { stdout: '', stderr: `${sentence}\n`, exitCode: 2 });
  });

  test('an address that is taken, too', async () => {
    const failure = Object.assign(new Error('listen EADDRINUSE: 127.0.0.1:8787'), { code: 'EADDRINUSE' });
    const { stderr, exitCode } = await watchword(['serve'], { parts: server(failure) });
    assert.equal(
      stderr,
      'Something else listens there already (listen EADDRINUSE: 127.0.0.1:8787). Stop it, or choose another port with --port.\n',
    );
    assert.equal(exitCode, 2);
  });

  test('anything else shows its stack: it is a mistake of ours', async () => {
    const { stderr, exitCode } = await watchword(['serve'], {
      parts: server(new TypeError('x is not a function')),
    });
    assert.match(stderr, /^Something broke that should not\.\nTypeError: x is not a function\n {4}at /);
    assert.equal(exitCode, 2);
  });
});

describe('as a process of its own', () => {
  const module = new URL('../src/main.ts', import.meta.url).href;
  const script = `const { main } = await import(${JSON.stringify(module)}); await main(['node', 'watchword', ...process.argv.slice(1)]);`;
  const nodeArgs = ['--conditions=watchword-source', '--input-type=module', '-e', script, '--'];

  test('SECRET=$(watchword keygen) holds the key and nothing else', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...nodeArgs, 'keygen']);
    assert.match(stdout, /^[0-9a-f]{64}\n$/);
    assert.equal(stderr, '');
  });

  test('bad usage ends with 2 and leaves standard output empty', async () => {
    await assert.rejects(promisify(execFile)(process.execPath, [...nodeArgs, 'keygen', '--bytes', '8']), {
      code: 2,
      stdout: '',
    });
  });

  test(
    'a key that could not be written is no success',
    { skip: process.platform !== 'linux' && 'needs /dev/full' },
    async (t) => {
      const full = await open('/dev/full', 'w');
      t.after(() => full.close());
      const child = spawn(process.execPath, [...nodeArgs, 'keygen'], { stdio: ['ignore', full.fd, 'pipe'] });
      let stderr = '';
      child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      const code = await new Promise((resolve) => child.on('close', resolve));
      assert.equal(code, 2);
      assert.match(stderr, /^error: The output could not be written: .*ENOSPC.*\n$/);
    },
  );
});
