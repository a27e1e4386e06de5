/*
 * Every snippet of the README and the guides runs, word for word, so that what is copied works. The ordinary run takes those of the README and
 * a third of the others, which the seed chooses; the long run takes all.
 *
 * - Blocks marked `js` or `ts` are programs. One that imports begins a program; one that does not continues the program before it in the same
 *   document, or begins one where there is none. A later block may declare a name again.
 * - They run from the sources, in an empty folder. What they leave to the reader (`findUser`, `accessToken`, …) stands in
 *   `support/snippet-world.js`, with an issuer that answers at https://app.example; a name that is missing there fails. They may not write to
 *   standard output: a document that prints an error has one.
 * - Of blocks marked `sh` each command has to exist: of `watchword` the subcommands and options, of `npm` the scripts and packages, of
 *   `node` the file, which is in the repository or named at the head of a block of the document (`// app.mjs`).
 * - What is not to be run is marked otherwise: `text`, `json`, `ini`, or not at all.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { root } from '../setup/root.js';
import { commandsOf, documents, moduleOf, programsOf, snippetsOf } from './support/snippets.js';

const run = promisify(execFile);
// By its address, so that the command line's types stay its own.
const cli = pathToFileURL(join(root, 'apps/cli/src/program.ts')).href;
const world = pathToFileURL(join(root, 'tools/test/support/snippet-world.js')).href;
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const isLong = process.env['WATCHWORD_LONG'] === '1';
const seed = Number(process.env['WATCHWORD_SEED'] ?? Date.now() % 1_000_000);
let others = 0;

/** @param {string} document */
function isTaken(document) {
  if (isLong || document === 'README.md') return true;
  others += 1;
  return (others + seed) % 3 === 0;
}

for (const document of documents()) {
  describe(document, () => {
    for (const program of programsOf(document)) {
      const lines = program.map(({ line }) => line).join(', ');
      const skip = !isTaken(document) && `not with WATCHWORD_SEED=${seed}; npm run test:long runs all`;
      test(`what begins in line ${lines} runs`, { skip }, async (t) => {
        const { stdout } = await runProgram(t, program);
        assert.equal(stdout, '');
      });
    }
    for (const { words, line } of commandsOf(document)) {
      if (words.length > 0)
        test(`there is \`${words.join(' ')}\` (line ${line})`, () => assertExists(words, document));
    }
  });
}

test('what is wrong is noticed', async (t) => {
  const wrong = { language: 'js', text: "import { nothing } from 'watchword';\n", line: 1 };
  await assert.rejects(runProgram(t, [wrong]), /nothing/);
  const unknown = { language: 'js', text: 'nobodySaidWhat();\n', line: 1 };
  await assert.rejects(runProgram(t, [unknown]), /nobodySaidWhat/);
  for (const command of [
    'watchword nothing',
    'watchword keys --nothing',
    'npm run nothing',
    'node nothing.js',
    'nothing',
  ]) {
    await assert.rejects(async () => assertExists(command.split(' '), 'README.md'), command);
  }
});

/**
 * @param {import('node:test').TestContext} t
 * @param {Parameters<typeof moduleOf>[0]} program
 */
async function runProgram(t, program) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'watchword-snippet-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const isTyped = program.some(({ language }) => language.startsWith('t'));
  const file = join(folder, isTyped ? 'snippet.mts' : 'snippet.mjs');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(file, moduleOf(program));
  const args = ['--no-warnings', '--conditions=watchword-source', `--import=${world}`, file];
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return run(process.execPath, args, { cwd: folder, timeout: 60_000, env: { PATH, NODE_COMPILE_CACHE } });
}

/** Programs that a system brings along, or whose arguments are theirs. */
const OTHERS = new Set([
  'curl',
  'cd',
  'cp',
  'mkdir',
  'cat',
  'ls',
  'chmod',
  'git',
  'docker',
  'systemctl',
  'journalctl',
  'sqlite3',
]);

/**
 * @param {readonly string[]} words
 * @param {string} document
 */
async function assertExists(words, document) {
  const [name = '', first = '', ...rest] = words;
  switch (name) {
    case 'watchword':
      return assertSubcommand(words.slice(1));
    case 'npx':
      assert.ok(['@watchword/cli', 'watchword'].includes(first), first);
      return assertSubcommand(rest);
    case 'npm':
      return assertNpm(first, rest);
    case 'node':
      return assertFile(words.slice(1).find((word) => !word.startsWith('-')) ?? '', document);
    default:
      return assert.ok(OTHERS.has(name), `${name} is no command that this test knows`);
  }
}

/**
 * What this test looks at of a command of commander.
 *
 * @typedef {object} Command
 * @property {() => string} name
 * @property {() => readonly string[]} aliases
 * @property {readonly { readonly long?: string }[]} options
 * @property {readonly Command[]} commands
 */

/** @param {readonly string[]} words */
async function assertSubcommand(words) {
  const { createProgram } = await import(cli);
  const stream = () => Object.assign(new PassThrough(), { isTTY: false });
  const terminal = { stdin: stream(), stdout: stream(), stderr: stream(), environment: {} };
  /** @type {Command} */
  let command = createProgram(terminal);
  for (const word of words) {
    if (word.startsWith('--')) {
      const option = word.replace(/=.*/, '');
      assert.ok(
        command.options.some(({ long }) => long === option),
        `${command.name()} has no ${option}`,
      );
    } else if (command.commands.length > 0) {
      const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
      assert.ok(next !== undefined, `${command.name()} has no ${word}`);
      command = next;
    }
  }
}

/**
 * @param {string} verb
 * @param {readonly string[]} words
 */
function assertNpm(verb, words) {
  const packages = {
    ...manifest.devDependencies,
    watchword: '*',
    '@watchword/cli': '*',
    '@watchword/server': '*',
  };
  const plain = words.filter((word) => !word.startsWith('-'));
  if (verb === 'install' || verb === 'ci' || verb === 'i') {
    for (const name of plain)
      assert.ok(name.replace(/(?!^)@.*/, '') in packages, `no package ${name} is used here`);
  } else {
    const script = verb === 'run' ? (plain[0] ?? '') : verb;
    assert.ok(script in manifest.scripts, `no script ${script}`);
  }
}

/**
 * @param {string} file
 * @param {string} document
 */
function assertFile(file, document) {
  const isNamed = snippetsOf(document).some(({ text }) => text.startsWith(`// ${file}\n`));
  assert.ok(isNamed || existsSync(join(root, file)), `no file ${file}`);
}
