import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isRunning } from '../setup/processes.js';
import { TemporaryWorkspace } from './support/temporary-workspace.js';

/** @type {(a: string, b: string) => number} */
const byName = (a, b) => a.localeCompare(b);

const passing = `
import { test } from 'node:test';
import { appendFileSync } from 'node:fs';
test('passes', () => {
  const { NODE_ENV, WATCHWORD_LONG, WATCHWORD_SEED, WATCHWORD_CHROMIUM } = process.env;
  appendFileSync('seen.log', JSON.stringify({
    file: import.meta.filename, NODE_ENV, WATCHWORD_LONG, WATCHWORD_SEED, WATCHWORD_CHROMIUM,
    source: import.meta.resolve('watchword'),
  }) + '\\n');
});
`;

describe('running the tests', () => {
  /** @type {TemporaryWorkspace} */
  let workspace;
  /**
   * @param {string[]} args
   * @param {NodeJS.ProcessEnv} [env]
   */
  const runTests = (args, env = {}) => {
    workspace.write('seen.log', '');
    const result = workspace.run(['tools/run-tests.js', ...args], { WATCHWORD_SEED: undefined, ...env });
    const lines = readFileSync(join(workspace.folder, 'seen.log'), 'utf8').trim().split('\n').filter(Boolean);
    return { ...result, seen: lines.map((line) => JSON.parse(line)) };
  };

  before(() => {
    workspace = new TemporaryWorkspace();
    workspace.write(
      'packages/watchword/test/deep/er/one.test.ts',
      `const typed: number = 1;\nvoid typed;\n${passing}`,
    );
    workspace.write('packages/watchword/test/two.alone.test.ts', passing);
    workspace.write('packages/watchword/test/support.ts', 'throw new Error("not a test");');
    workspace.write('packages/watchword/dist/.test/one.test.js', 'throw new Error("built");');
    workspace.write('examples/express/three.test.js', passing);
    workspace.write('examples/express/node_modules/x/foreign.test.js', 'throw new Error("foreign");');
    workspace.write(
      'apps/server/test/failing.test.ts',
      "import { test } from 'node:test';\ntest('fails', () => {\n  throw new Error('on purpose');\n});\n",
    );
    workspace.write(
      'apps/server/test/leaving.test.ts',
      `import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
test('leaves a process behind', () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
  child.unref();
  writeFileSync('left', String(child.pid));
});
`,
    );
    workspace.write(
      'apps/server/test/hanging.test.ts',
      `import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
test('hangs', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
  writeFileSync('hanging', process.pid + ' ' + child.pid);
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
`,
    );
  });
  after(() => workspace.remove());

  test('finds them, runs them from source and prints closing lines', () => {
    const { code, stdout, seen } = runTests(['packages', 'examples'], { NODE_ENV: 'production' });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /ℹ pass 2\n[^]*ℹ pass 1\n/);
    assert.deepEqual(seen.map(({ file }) => file.split('/').at(-1)).toSorted(byName), [
      'one.test.ts',
      'three.test.js',
      'two.alone.test.ts',
    ]);
    assert.equal(seen.at(-1).file.split('/').at(-1), 'two.alone.test.ts');
    for (const { NODE_ENV, WATCHWORD_LONG, WATCHWORD_CHROMIUM, source } of seen) {
      assert.deepEqual([NODE_ENV, WATCHWORD_LONG], [undefined, undefined]);
      assert.match(source, /\/src\/facade\/index\.ts$/);
      assert.match(WATCHWORD_CHROMIUM, /chromium/);
    }
  });

  test('prints one seed and hands it to all', () => {
    const { stdout, seen } = runTests(['packages', 'examples']);
    const [, seed] = /^seed (\d+) /.exec(stdout) ?? [];
    assert.ok(seed);
    assert.deepEqual(new Set(seen.map(({ WATCHWORD_SEED }) => WATCHWORD_SEED)), new Set([seed]));
    assert.match(runTests(['/one.test'], { WATCHWORD_SEED: '42' }).stdout, /^seed 42 /);
  });

  test('says --long to all', () => {
    const { code, seen } = runTests(['--long', '/one.test']);
    assert.equal(code, 0);
    assert.deepEqual(
      seen.map(({ WATCHWORD_LONG }) => WATCHWORD_LONG),
      ['1'],
    );
  });

  test('hands options on to Node', () => {
    const { code, seen } = runTests(['/one.test', '--test-name-pattern=nothing-of-that-name']);
    assert.deepEqual([code, seen], [0, []]);
  });

  test('fails when a test fails', () => {
    const { code, stdout } = runTests(['failing']);
    assert.equal(code, 1);
    assert.match(stdout, /on purpose/);
    assert.match(stdout, /ℹ fail 1\n/);
  });

  test('has one process run several files of the library, and names the file in which a test fails', () => {
    const one = (/** @type {string} */ body) =>
      `import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { appendFileSync } from 'node:fs';
let calls = 0;
beforeEach(() => (calls += 1));
test('of the group', () => {
  appendFileSync('seen.log', JSON.stringify({ file: import.meta.filename, pid: process['pid'] }) + '\\n');
  assert.equal(calls, 1, 'the hooks of others are not called');
  ${body}
});
`;
    workspace.write('packages/watchword/test/group/one.test.ts', one(''));
    workspace.write('packages/watchword/test/group/two.test.ts', one("throw new Error('on purpose');"));
    workspace.write(
      'packages/watchword/test/group/own.test.ts',
      `${one('')}\nprocess.on('exit', () => {});\n`,
    );
    const { code, stdout, seen } = runTests(['test/group']);
    assert.equal(code, 1);
    assert.match(stdout, /✖ packages\/watchword\/test\/group\/two\.test\.ts/);
    assert.match(stdout, /test at packages\/watchword\/test\/group\/two\.test\.ts:6:1/);
    assert.match(stdout, /ℹ pass 2\n[^]*ℹ fail 1\n/);
    assert.equal(new Set(seen.map(({ pid }) => pid)).size, 2);
    assert.deepEqual(readdirSync(join(workspace.folder, '.runtime', 'test-groups')), []);
  });

  test('fails when a filter finds nothing', () => {
    const { code, stderr } = runTests(['no-such-file']);
    assert.equal(code, 1);
    assert.match(stderr, /no test file has 'no-such-file' in its path/);
  });

  test(
    'fails when a test leaves a process behind, and ends it',
    { skip: process.platform !== 'linux' },
    async () => {
      const { code, stdout } = runTests(['leaving']);
      assert.equal(code, 1);
      assert.match(stdout, /a test left a process behind, now ended: .*setInterval/);
      const pid = Number(readFileSync(join(workspace.folder, 'left'), 'utf8'));
      // It was told to end before the run did; who adopts it takes a moment to notice.
      for (let tries = 0; isRunning(pid) && tries < 100; tries += 1) await pause(20);
      assert.equal(isRunning(pid), false);
    },
  );

  test('leaves nothing behind when it is told to stop', { skip: process.platform !== 'linux' }, async () => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(process.execPath, ['tools/run-tests.js', 'hanging'], {
      cwd: workspace.folder,
      env,
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.on('exit', (code) => resolve(code)));
    const mark = join(workspace.folder, 'hanging');
    while (!existsSync(mark) || !readFileSync(mark, 'utf8').includes(' ')) await pause(20);
    child.kill('SIGTERM');
    assert.equal(await ended, 143);
    const pids = readFileSync(mark, 'utf8').split(' ').map(Number);
    // The kernel ends the killed a moment later.
    for (let tries = 0; tries < 100 && pids.some(isRunning); tries += 1) await pause(10);
    assert.deepEqual(pids.filter(isRunning), []);
  });
});
