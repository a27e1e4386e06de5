/*
 * The packed packages in projects of somebody else's: every entrance as ES module and as CommonJS under each Node, types under both TypeScripts,
 * with everything beside them and with nothing, and the suite of every adapter. It installs compilers, Nodes and projects, and is part of the
 * long run.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { loadPrograms } from '../packed/programs.js';
import { root } from '../setup/root.js';
import { packedSuites, SUITES } from './support/packed-adapters.js';
import { PackedProject } from './support/packed-project.js';

const run = promisify(execFile);
const isLong = process.env['WATCHWORD_LONG'] === '1';
const MEMBERS = ['packages/watchword', 'packages/client'];
const BESIDE = [
  '@hono/node-server',
  '@redis/client',
  '@types/express',
  '@types/node',
  '@types/pg',
  '@types/react',
  'express',
  'express-4',
  'fastify',
  'hono',
  'pg',
  'react',
];
/** What is of no use without the package that it is for, and is not to be imported without it. */
const NEEDS = [
  'watchword/postgres',
  'watchword/redis',
  'watchword/fastify',
  'watchword/hono',
  '@watchword/client/react',
];
/** What speaks of Node's own requests, responses and databases cannot do so without their types. */
const NEEDS_NODE_TYPES = ['watchword/express', 'watchword/node', 'watchword/sqlite'];

const ENTRANCES = MEMBERS.flatMap(entrancesOf);
const ALONE = ENTRANCES.filter((name) => !NEEDS.includes(name));
const RESOLUTIONS = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
];
const STRICT = {
  target: 'es2024',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
};

describe('the packed packages', { skip: !isLong && 'part of npm run test:long' }, () => {
  const full = new PackedProject();
  const bare = new PackedProject();
  /** @type {Awaited<ReturnType<typeof loadPrograms>>} */
  let programs;

  before(async () => {
    programs = await loadPrograms();
    await Promise.all([full.install(BESIDE, MEMBERS), bare.install([], MEMBERS)]);
  });
  after(() => {
    full.remove();
    bare.remove();
  });

  test('every entrance can be imported and required under each Node, with everything beside it and with nothing', async () => {
    for (const { name, path } of programs.nodes) {
      await assertLoads(full, ENTRANCES, path, `${name}, everything`);
      await assertLoads(bare, ALONE, path, `${name}, alone`);
    }
  });

  test('types are right where there is nothing else, not even the types of Node', async () => {
    const imports = ALONE.filter((name) => !NEEDS_NODE_TYPES.includes(name));
    bare.write('src/all.mts', namespaceImports(imports));
    for (const resolution of RESOLUTIONS) {
      const options = {
        ...STRICT,
        ...resolution,
        lib: ['es2024', 'dom', 'dom.iterable'],
        types: [],
        noEmit: true,
      };
      await assertCompiles(bare, options, 'src', programs.compilers);
    }
  });

  test('types are right with everything beside them, in ES modules and in CommonJS', async () => {
    full.write('src/all.mts', namespaceImports(ENTRANCES));
    full.write('src/all.cts', namespaceImports(ENTRANCES));
    for (const resolution of RESOLUTIONS) {
      const isBundler = resolution.moduleResolution === 'bundler';
      // React's types speak of the page.
      const lib = ['es2024', 'dom', 'dom.iterable'];
      const options = { ...STRICT, ...resolution, lib, types: ['node'], noEmit: true };
      await assertCompiles(
        full,
        options,
        'src',
        programs.compilers,
        isBundler ? ['*.mts'] : ['*.mts', '*.cts'],
      );
    }
  });

  for (const ending of /** @type {const} */ (['mts', 'cts'])) {
    // Each Node loads both; to run everything in one of them is enough beside the Node that is ours.
    test(`each adapter passes its suite, ${ending === 'mts' ? 'in ES modules' : 'in CommonJS, under our Node'}`, async () => {
      for (const { name, text } of packedSuites(ending)) full.write(`${ending}/${name}`, text);
      const options = {
        ...STRICT,
        module: 'nodenext',
        moduleResolution: 'nodenext',
        lib: ['es2024', 'dom', 'dom.iterable'],
        types: ['node'],
        outDir: 'out',
        rootDir: '.',
      };
      await assertCompiles(full, options, ending, programs.compilers);
      const suites = [...SUITES, 'express-4-suite'].map(
        (name) => `${ending}/out/${name}.${ending.replace('t', 'j')}`,
      );
      const nodes = ending === 'mts' ? programs.nodes : programs.nodes.slice(0, 1);
      for (const { name, path } of nodes) {
        const { stdout } = await full
          .node(['--test', '--test-reporter=tap', '--test-concurrency=2', ...suites], path)
          .catch((/** @type {unknown} */ error) => assert.fail(`${name}:\n${failuresOf(saidBy(error))}`));
        const [, passed = '0'] = /^# pass (\d+)$/m.exec(stdout) ?? [];
        assert.ok(Number(passed) > suites.length * 20, `${name}: only ${passed} passed`);
      }
    });
  }
});

/** @param {string} member */
function entrancesOf(member) {
  const { name, exports } = JSON.parse(readFileSync(join(root, member, 'package.json'), 'utf8'));
  return Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => name + path.slice(1));
}

/** @param {readonly string[]} entrances */
function namespaceImports(entrances) {
  const lines = entrances.map((name, index) => `import * as entrance${index} from '${name}';`);
  return `${lines.join('\n')}\nexport const all = [${entrances.map((_, index) => `entrance${index}`).join(', ')}];\n`;
}

/**
 * @param {PackedProject} project
 * @param {readonly string[]} entrances
 * @param {string} node
 * @param {string} what
 */
async function assertLoads(project, entrances, node, what) {
  const imports = entrances.map((name) => `await import('${name}');`).join('\n');
  const requires = entrances.map((name) => `require('${name}');`).join('\n');
  for (const [type, text] of [
    ['module', imports],
    ['commonjs', requires],
  ]) {
    const { stdout } = await project
      .node([`--input-type=${type}`, '-e', text ?? ''], node)
      .catch((/** @type {unknown} */ error) => {
        assert.fail(`${what}, ${String(type)}: ${saidBy(error)}`);
      });
    assert.equal(stdout, '', what);
  }
}

/**
 * @param {PackedProject} project
 * @param {object} compilerOptions
 * @param {string} folder
 * @param {readonly { name: string, path: string }[]} compilers
 * @param {readonly string[]} include
 */
async function assertCompiles(project, compilerOptions, folder, compilers, include = ['*']) {
  project.write(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, include }));
  for (const { name, path } of compilers) {
    const args = [path, '-p', folder, '--pretty', 'false'];
    await run(process.execPath, args, { cwd: project.folder, maxBuffer: 2 ** 26 }).catch(
      (/** @type {unknown} */ error) => {
        assert.fail(`${name} ${JSON.stringify(compilerOptions)}:\n${saidBy(error)}`);
      },
    );
  }
}

/** @param {string} tap */
function failuresOf(tap) {
  const lines = tap.split('\n');
  const failed = lines.flatMap((line, index) =>
    /^\s*not ok/.test(line) ? lines.slice(index, index + 25) : [],
  );
  return (failed.length > 0 ? failed : lines).slice(0, 200).join('\n');
}

/**
 * What a program has said that ended badly.
 *
 * @param {unknown} error
 */
function saidBy(error) {
  const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
  return said === '' ? String(error) : said;
}
