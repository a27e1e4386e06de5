/**
 * Runs the tests: `node tools/run-tests.js [--long] [part of a path …] [--option-of-node=value …]`.
 *
 * `--long` sets WATCHWORD_LONG=1, which the suites of races, kills and deep exploration read for their counts, and leaves out the files
 * that do no more because of it.
 * Files named `*.alone.test.ts` measure time; they run afterwards, one by one.
 */
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { findTests } from './run-tests/find-tests.js';
import { groupTests } from './run-tests/group-tests.js';
import { endLeftovers, endNow } from './run-tests/leftovers.js';
import { longTests } from './run-tests/long-tests.js';
import { chromiumPath } from './setup/chromium.js';
import { runChild } from './setup/child.js';
import { assertNode, repositoryNode } from './setup/node-version.js';
import { Refusal } from './setup/refusal.js';
import { root } from './setup/root.js';

const minute = 60_000;
const mark = 'WATCHWORD_TEST_RUN';

async function main() {
  assertNode(root);
  const args = process.argv.slice(2);
  const isLong = args.includes('--long');
  const options = args.filter((arg) => arg.startsWith('-') && arg !== '--long');
  const filters = args.filter((arg) => !arg.startsWith('-'));
  const found = findTests(root, filters);
  const files = isLong && filters.length === 0 ? longTests(root, found) : found;
  if (files.length === 0) {
    throw new Refusal(
      filters.length > 0
        ? `no test file has ${filters.map((filter) => `'${filter}'`).join(' or ')} in its path. Options of Node need the form --name=value.`
        : 'there is no test file.',
    );
  }
  const env = environment(isLong);
  process.once('exit', () => endNow(mark, String(env[mark])));
  process.stdout.write(
    `seed ${env.WATCHWORD_SEED}${isLong ? ', full counts' : ''} (WATCHWORD_SEED=${env.WATCHWORD_SEED} in front of the command repeats it)\n`,
  );
  const timed = files.filter((file) => file.includes('.alone.test.'));
  const others = files.filter((file) => !timed.includes(file));
  const common = ['--test', '--conditions=watchword-source', '--test-reporter=spec', ...options];
  common.push(`--test-timeout=${isLong ? 60 * minute : 2 * minute}`);
  // More than there are cores: tests mostly wait, for processes that they have started and for time to pass.
  const together = availableParallelism() + (isLong ? 1 : 2);
  const sharing = isLong
    ? others
    : groupTests(root, others, join(root, '.runtime', 'test-groups', String(env[mark])));
  const codes = [await run(env, [...common, `--test-concurrency=${together}`], sharing.map(longOnesFirst))];
  codes.push(await run(env, [...common, '--test-concurrency=1'], timed));
  process.exitCode = codes.find((code) => code !== 0) ?? 0;
}

/**
 * Node runs files in the order of their names, in which whole paths stand before relative ones: those that install and
 * compile take long, and must not begin when all others are done.
 *
 * @param {string} file
 */
function longOnesFirst(file) {
  return file.startsWith(join('tools', 'test')) ? join(root, file) : file;
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} args
 * @param {string[]} files
 */
async function run(env, args, files) {
  if (files.length === 0) return 0;
  const { code } = await runChild(repositoryNode(root), [...args, ...files], { cwd: root, env, show: true });
  const left = await endLeftovers(mark, String(env[mark]));
  for (const command of left) process.stdout.write(`✖ a test left a process behind, now ended: ${command}\n`);
  return left.length > 0 && code === 0 ? 1 : code;
}

/**
 * Tests of production set NODE_ENV themselves; the others must not depend on the shell that they are started from.
 *
 * @param {boolean} isLong
 * @returns {NodeJS.ProcessEnv}
 */
function environment(isLong) {
  const { NODE_ENV: _, NODE_TEST_CONTEXT: __, WATCHWORD_LONG: ___, ...env } = process.env;
  return {
    ...env,
    ...(isLong ? { WATCHWORD_LONG: '1' } : {}),
    WATCHWORD_CHROMIUM: chromiumPath(),
    // Hundreds of processes load the same modules: those without types and compiled already, a third faster.
    NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? join(root, '.runtime', 'compile-cache'),
    WATCHWORD_SEED: env.WATCHWORD_SEED ?? String(randomInt(1, 2 ** 31 - 1)),
    [mark]: `${process.pid}-${randomInt(2 ** 47)}`,
  };
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`test: ${error.message}\n`);
  process.exitCode = 1;
}
