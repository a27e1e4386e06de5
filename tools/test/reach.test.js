import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { limits } from '../reach/limits.js';
import { judgeReach, reachOf } from '../reach/judge.js';
import { root } from '../setup/root.js';
import { TemporaryWorkspace } from './support/temporary-workspace.js';

describe('what the real entry points reach', () => {
  for (const [entry, limit] of Object.entries(limits)) {
    test(entry, () => {
      const reach = reachOf(root, entry, { fromSource: true });
      assert.deepEqual(judgeReach(limit, reach), []);
      assert.ok('files' in reach && reach.files > 0);
    });
  }

  test('has a limit for every entry point', () => {
    const { exports } = JSON.parse(readFileSync(join(root, 'packages/watchword/package.json'), 'utf8'));
    const entries = Object.keys(exports).filter((name) => !name.endsWith('.json'));
    assert.deepEqual(
      Object.keys(limits),
      entries.map((name) => `watchword${name.slice(1)}`),
    );
  });
});

describe('the judgement', () => {
  const source = 'packages/watchword/src';
  /** @type {TemporaryWorkspace} */
  let workspace;
  /** @param {string} entry */
  const complaints = (entry) => {
    const reach = reachOf(workspace.folder, entry, { fromSource: true });
    const limit = limits[entry];
    assert.ok(limit);
    return judgeReach(limit, reach);
  };

  before(() => {
    workspace = new TemporaryWorkspace();
  });
  beforeEach(() => {
    workspace.write(`${source}/domain/index.ts`, 'export const domain = 1;\n');
    workspace.write(`${source}/engine/index.ts`, 'export const engine = 1;\n');
    workspace.write(`${source}/platform/index.ts`, "export const argon = () => import('@node-rs/argon2');\n");
    workspace.write(
      `${source}/stores/sqlite/index.ts`,
      "export * from 'node:sqlite';\nexport * from '../../domain/index.ts';\n",
    );
    workspace.write(
      `${source}/facade/index.ts`,
      "export * from '../engine/index.ts';\nexport * from '../platform/index.ts';\nimport type {} from '../stores/sqlite/index.ts';\n",
    );
  });
  after(() => workspace.remove());

  test('allows a dynamic import and a type', () => {
    assert.deepEqual(complaints('watchword'), []);
    assert.deepEqual(complaints('watchword/sqlite'), []);
  });

  test('refuses the native hasher as a static import', () => {
    workspace.write(`${source}/platform/index.ts`, "export { hash } from '@node-rs/argon2';\n");
    assert.match(complaints('watchword').join(), /reaches package '@node-rs\/argon2'/);
  });

  test('refuses a store behind the facade, however deep', () => {
    workspace.write(`${source}/engine/index.ts`, "import '../domain/deep.ts';\n");
    workspace.write(`${source}/domain/deep.ts`, "import '../stores/sqlite/index.ts';\n");
    assert.match(complaints('watchword').join(), /reaches room 'stores'.*reaches node:sqlite/);
  });

  test('refuses a driver in an import that has none', () => {
    workspace.write(`${source}/facade/index.ts`, "export * from 'node:sqlite';\n");
    assert.match(complaints('watchword').join(), /reaches node:sqlite/);
  });

  test('refuses the engine behind a store', () => {
    workspace.write(`${source}/stores/sqlite/index.ts`, "export * from '../../engine/index.ts';\n");
    assert.match(complaints('watchword/sqlite').join(), /reaches room 'engine'/);
  });

  test('says when an entry point cannot be imported', () => {
    assert.match(complaints('watchword/memory').join(), /cannot be imported: .*ERR_MODULE_NOT_FOUND/);
  });
});
