import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root } from '../setup/root.js';
import { packLibrary } from './support/packed-project.js';

describe('what npm publishes of the library', () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-tarball-'));
  /** @type {readonly string[]} */
  let files = [];
  const read = (/** @type {string} */ file) => readFileSync(join(folder, 'package', file), 'utf8');

  before(async () => {
    const packed = await packLibrary(folder);
    files = packed.files;
    execFileSync('tar', ['-xzf', packed.path, '-C', folder]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('are sources, what is built from them, and the papers: no tests, no leftovers of the compiler', () => {
    const expected =
      /^(?:package\.json|README\.md|LICENSE|src\/[\w/-]+(?:\.d)?\.ts|dist\/[\w/-]+\.(?:js|d\.ts)(?:\.map)?)$/;
    assert.deepEqual(
      files.filter((file) => !expected.test(file)),
      [],
    );
    assert.deepEqual(
      files.filter((file) => /(?:^|\/)test\//.test(file)),
      [],
    );
  });

  test('the licence and a README go along', () => {
    for (const paper of ['LICENSE', 'README.md']) assert.ok(files.includes(paper), paper);
    assert.equal(read('LICENSE'), readFileSync(join(root, 'LICENSE'), 'utf8'));
  });

  test('everything that was built has its source: nothing is left of a file that was renamed', () => {
    const built = files.filter((file) => file.startsWith('dist/'));
    const stale = built.filter((file) => {
      const source = file.replace(/^dist\//, 'src/').replace(/(?:\.d)?\.[jt]s(?:\.map)?$/, '.ts');
      return !files.includes(source);
    });
    assert.deepEqual(stale, []);
  });

  test('every source is built', () => {
    const sources = files.filter((file) => file.startsWith('src/') && !file.endsWith('.d.ts'));
    for (const source of sources) {
      const built = source.replace(/^src\//, 'dist/').replace(/\.ts$/, '');
      for (const ending of ['.js', '.d.ts'])
        assert.ok(files.includes(`${built}${ending}`), `${built}${ending}`);
    }
  });

  test('what the manifest exports is there', () => {
    const { exports } = JSON.parse(read('package.json'));
    const targets = Object.values(exports).flatMap((target) =>
      typeof target === 'string' ? target : Object.values(target),
    );
    for (const target of targets) assert.ok(files.includes(posix.normalize(target)), target);
  });

  test('no file knows the machine that it was built on', () => {
    for (const file of files) {
      const text = read(file);
      assert.ok(!text.includes(root), `${file} has the path of the repository in it`);
      assert.doesNotMatch(text, /file:\/\/|(?<![\w./-])\/(?:root|home|Users)\/\w/, file);
    }
  });

  test('every map leads to a source that is there', () => {
    for (const file of files.filter((each) => each.endsWith('.map'))) {
      const { sources } = JSON.parse(read(file));
      for (const source of sources)
        assert.ok(files.includes(posix.join(dirname(file), source)), `${file}: ${source}`);
    }
  });

  test('no module waits at its top level, so that require() can load it', () => {
    for (const file of files.filter((each) => each.endsWith('.js'))) {
      assert.doesNotMatch(read(file), /^(?:await |(?:export )?(?:const|let) .* = await )/m, file);
    }
  });
});
