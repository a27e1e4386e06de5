import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { rooms } from '../rooms.js';
import { root } from '../setup/root.js';
import { TemporaryWorkspace } from './support/temporary-workspace.js';
import {
  forbiddenEdges,
  globals,
  markOf,
  packages,
  places,
  roomNames,
  spellings,
} from './walls/break-ins.js';

const source = 'packages/watchword/src';

/** @param {string} file */
const readJson = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));

/** @param {TemporaryWorkspace} workspace */
function furnish(workspace) {
  for (const room of roomNames) {
    workspace.write(
      `${source}/${room}/index.ts`,
      `export const ${markOf(room)}: string = '${room}';\nexport interface ${room[0]?.toUpperCase()}${room.slice(1)}Type {\n  readonly name: string;\n}\n`,
    );
    const edges = rooms[room].imports.map(
      (other) => `export { ${markOf(other)} } from '../${other}/index.ts';\n`,
    );
    const bare = rooms[room].packages.map(
      (name, index) =>
        `import type * as package${index} from '${name.replace('*', 'fs')}';\nexport type Package${index} = typeof package${index};\n`,
    );
    workspace.write(`${source}/${room}/allowed.ts`, [...edges, ...bare].join('') || 'export {};\n');
  }
  workspace.write(
    `${source}/domain/allowed-brand.ts`,
    'declare const brand: unique symbol;\nexport type Id = string & { readonly [brand]: true };\n',
  );
  workspace.write(
    `${source}/engine/deeper/allowed-depth.ts`,
    "export { domainMark } from '../../domain/index.ts';\nexport { engineMark } from '../index.ts';\n",
  );
  workspace.write(
    `${source}/engine/allowed-globals.ts`,
    "export const bytes = new TextEncoder().encode(new URL('https://a.example').host);\n",
  );
  workspace.write(
    `${source}/platform/allowed-dynamic.ts`,
    "export const argon = (): Promise<unknown> => import('@node-rs/argon2');\n",
  );
  workspace.write('apps/server/src/index.ts', "export { facadeMark } from 'watchword';\n");
  workspace.write(
    'apps/cli/src/index.ts',
    "export * from '@watchword/server';\nexport { part } from './part.ts';\n",
  );
  workspace.write(
    'apps/server/test/allowed-server.ts',
    "export { startPostgres } from '../../../tools/test-servers/index.ts';\n",
  );
  workspace.write('apps/cli/src/part.ts', 'export const part = 1;\n');
}

/** @param {string} output of tsc */
function compilerErrors(output) {
  return [...output.matchAll(/^(\S+?)\(\d+,\d+\): error (TS\d+): (.*)$/gm)].map(
    ([, file = '', code = '', text = '']) => ({ file, code, text }),
  );
}

describe('the walls between the rooms', () => {
  /** @type {TemporaryWorkspace} */
  let workspace;
  /** @type {ReturnType<typeof compilerErrors>} */
  const compiled = [];
  /** @type {ReturnType<TemporaryWorkspace['lint']>} */
  const linted = [];
  const breakIns = [...forbiddenEdges(), ...spellings(), ...packages(), ...globals(), ...places()];

  /** @param {import('./walls/break-ins.js').BreakIn} breakIn */
  const commit = ({ file, source: text, target, targetSource }) => {
    workspace.write(file, text);
    if (target !== undefined) workspace.write(target, targetSource ?? '');
  };

  before(() => {
    workspace = new TemporaryWorkspace();
    furnish(workspace);
  });
  after(() => workspace.remove());

  test('let through what the table allows', () => {
    const { code, stdout } = workspace.compile(
      `${source}/testing`,
      `${source}/adapters`,
      'apps/server/src',
      'apps/cli/src',
    );
    assert.equal(stdout, '');
    assert.equal(code, 0);
    assert.deepEqual(workspace.lint(), []);
  });

  test('are tried all at once', () => {
    // The others stay out of the compiler's sight at first: a package, once in, may bring Node's types with it.
    breakIns.filter(({ compiler }) => compiler !== false).forEach(commit);
    const { code, stdout } = workspace.compile(...roomNames.map((room) => `${source}/${room}`));
    assert.notEqual(code, 0);
    compiled.push(...compilerErrors(stdout));
    breakIns.forEach(commit);
    linted.push(...workspace.lint());
  });

  for (const { name, file, reportedAt, compiler, lint } of breakIns) {
    const by = [compiler === false ? '' : 'the compiler', lint === false ? '' : 'the lint rule']
      .filter(Boolean)
      .join(' and ');
    test(`${name}: refused by ${by}`, () => {
      if (compiler !== false) {
        const codes = compiled
          .filter((error) => error.file === (reportedAt ?? file))
          .map((error) => error.code);
        assert.match(codes.join(' '), compiler);
      }
      if (lint !== false) {
        const messages = linted
          .filter((each) => each.file === file && each.rule === 'watchword(walls)')
          .map((each) => each.message);
        assert.match(messages.join('\n'), lint);
      }
    });
  }

  test('leave alone what stands beside a break-in', () => {
    const innocent = /\/(allowed[^/]*|index)\.ts$/;
    assert.deepEqual(
      linted.filter(({ file }) => innocent.test(file)),
      [],
    );
  });

  test('refuse a cycle of references (TS6202)', () => {
    const file = `${source}/domain/tsconfig.json`;
    const project = readJson(file);
    workspace.write(file, JSON.stringify({ ...project, references: [{ path: '../engine' }] }));
    const { code, stdout } = workspace.compile(`${source}/engine`);
    workspace.write(file, JSON.stringify(project));
    assert.notEqual(code, 0);
    assert.match(stdout, /TS6202/);
  });
});

describe('the TypeScript projects', () => {
  for (const room of roomNames) {
    test(`of room ${room} follows tools/rooms.js`, () => {
      const project = readJson(`${source}/${room}/tsconfig.json`);
      const { nodeTypes, imports } = rooms[room];
      assert.deepEqual(
        project.references,
        imports.map((other) => ({ path: `../${other}` })),
      );
      assert.deepEqual(project.include, nodeTypes ? ['./**/*.ts'] : ['./**/*.ts', '../ambient/*.d.ts']);
      assert.equal(project.extends, '../../../../tsconfig.base.json');
      assert.deepEqual(project.compilerOptions, {
        rootDir: '.',
        outDir: `../../dist/${room}`,
        tsBuildInfoFile: `../../dist/${room}/.tsbuildinfo`,
        ...(nodeTypes ? { types: ['node'] } : {}),
      });
    });
  }

  test('share options under which the walls stand', () => {
    const { compilerOptions } = readJson('tsconfig.base.json');
    assert.deepEqual(compilerOptions.types, []);
    assert.equal(compilerOptions.composite, true);
    assert.equal(compilerOptions.skipLibCheck, false);
    assert.deepEqual(compilerOptions.lib, ['es2024']);
  });

  test('exist for every folder of the library, and all are built', () => {
    const folders = readdirSync(join(root, source)).filter((name) => name !== 'ambient');
    assert.deepEqual(folders.toSorted(), roomNames.toSorted());
    const built = readJson('packages/watchword/tsconfig.json').references;
    assert.deepEqual(built, [...roomNames.map((room) => ({ path: `./src/${room}` })), { path: './test' }]);
  });
});
