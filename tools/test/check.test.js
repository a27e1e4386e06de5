import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { findForbiddenContent } from '../check/content.js';
import { findMissingExports } from '../check/exports.js';
import { findUnequalVersions } from '../check/versions.js';
import { TemporaryWorkspace } from './support/temporary-workspace.js';

/** @type {TemporaryWorkspace} */
let workspace;
/** @param {string} file */
const readJson = (file) => JSON.parse(readFileSync(join(workspace.folder, file), 'utf8'));

beforeEach(() => {
  workspace = new TemporaryWorkspace({ withPackages: false });
});
afterEach(() => workspace.remove());

describe('forbidden content', () => {
  beforeEach(() => {
    spawnSync('git', ['init', '--quiet'], { cwd: workspace.folder });
  });
  const below = (/** @type {string[]} */ ...names) => ['', ...names].join('/');
  const registry = ['https:', '', 'registry.example', 'x'].join('/');
  const pem = `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}\n-----END PRIVATE KEY-----\n`;
  const find = () => findForbiddenContent(workspace.folder);

  test('is not in the tools', () => assert.deepEqual(find(), []));

  /** @type {[string, string, RegExp][]} */
  const forbidden = [
    ['docs/a.md', `one\nsee ${below('root', 'x')}`, /^docs\/a\.md:2 holds a path of one machine/],
    ['docs/a.md', `in ${below('home', 'jane', 'x')}`, /a path of one machine/],
    ['docs/a.md', `'${below('Users', 'jane')}'`, /a path of one machine/],
    ['package-lock.json', JSON.stringify({ resolved: registry }, undefined, 2), /the address of a registry/],
    ['apps/server/src/key.ts', `const key = \`${pem}\`;`, /a private key/],
    ['apps/server/src/key.json', JSON.stringify({ pem }), /a private key/],
    [
      'packages/watchword/src/engine/a.ts',
      '// oxlint-disable-next-line watchword/walls -- why',
      /opens a wall/,
    ],
    ['packages/watchword/src/engine/a.ts', '/* eslint-disable */', /opens a wall/],
  ];
  for (const [file, text, complaint] of forbidden) {
    test(`is found: ${JSON.stringify(text).slice(0, 60)} in ${file}`, () => {
      workspace.write(file, text);
      assert.match(find().join('\n'), complaint);
    });
  }

  test('includes the path of the clone', () => {
    workspace.write('docs/a.md', `cd ${workspace.folder}`);
    assert.match(find().join(), /the path of this clone/);
  });

  /** @type {[string, string][]} */
  const harmless = [
    ['docs/a.md', 'GET /home, https://x.example/root/x, ./root/x, /rooted'],
    ['packages/watchword/test/a.ts', pem],
    ['vectors/a.json', JSON.stringify({ pem })],
    ['apps/server/src/read.ts', "text.startsWith('-----BEGIN PRIVATE KEY-----')"],
    ['packages/watchword/src/engine/a.ts', '// oxlint-disable-next-line no-bitwise -- why'],
    ['bin.dat', `\0${below('root', 'x')}`],
  ];
  for (const [file, text] of harmless) {
    test(`is not: ${JSON.stringify(text).slice(0, 60)} in ${file}`, () => {
      workspace.write(file, text);
      assert.deepEqual(find(), []);
    });
  }

  test('is not looked for in what git ignores', () => {
    workspace.write('.gitignore', 'data/\n');
    workspace.write('data/a.md', below('root', 'x'));
    assert.deepEqual(find(), []);
  });
});

describe('promised files', () => {
  test('are missed one by one, and found when they are there', () => {
    workspace.write(
      'package.json',
      JSON.stringify({ ...readJson('package.json'), workspaces: ['apps/cli', 'apps/x'] }),
    );
    workspace.write('apps/cli/package.json', JSON.stringify({ bin: { x: 'bin/x.js' } }));
    workspace.write(
      'apps/x/package.json',
      JSON.stringify({ exports: { '.': { types: './a.d.ts', default: './a.js' } } }),
    );
    workspace.write('apps/x/a.js', '');
    assert.deepEqual(findMissingExports(workspace.folder), [
      'apps/cli/package.json promises bin/x.js, which does not exist.',
      'apps/x/package.json promises ./a.d.ts, which does not exist.',
    ]);
    workspace.write('apps/x/a.d.ts', '');
    workspace.write('apps/cli/bin/x.js', '');
    assert.deepEqual(findMissingExports(workspace.folder), []);
  });
});

describe('versions', () => {
  test('are equal here', () => assert.deepEqual(findUnequalVersions(workspace.folder), []));

  test('are compared with packages, with what they ask for, and with the lock file', () => {
    const cli = readJson('apps/cli/package.json');
    const dependencies = { ...cli.dependencies, watchword: '^0.0.1' };
    workspace.write('apps/cli/package.json', JSON.stringify({ ...cli, version: '9.9.9', dependencies }));
    const lock = readJson('package-lock.json');
    lock.packages['apps/server'].version = '8.8.8';
    workspace.write('package-lock.json', JSON.stringify(lock));
    const found = findUnequalVersions(workspace.folder).join('\n');
    assert.match(found, /^apps\/cli\/package\.json is 9\.9\.9, and package\.json is/m);
    assert.match(found, /^apps\/cli\/package\.json asks for watchword \^0\.0\.1/m);
    assert.match(found, /^package-lock\.json says that apps\/server is 8\.8\.8/m);
  });
});
