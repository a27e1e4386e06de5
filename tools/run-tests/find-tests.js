import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const testName = /\.test\.(ts|js)$/;
const foreign = new Set(['node_modules', 'dist']);

/**
 * Every test file below `packages/*`/test, `apps/*`/test, `tools/test` and `examples`, sorted; with filters, those
 * whose path contains one of them.
 *
 * @param {string} root
 * @param {readonly string[]} filters
 * @returns {string[]} paths relative to the root
 */
export function findTests(root, filters) {
  const folders = [
    ...['packages', 'apps'].flatMap((parent) =>
      entries(root, parent).map((entry) => join(parent, entry.name, 'test')),
    ),
    join('tools', 'test'),
    'examples',
  ];
  const wanted = filters.map((filter) => filter.replace(/^\.\//, ''));
  return folders
    .flatMap((folder) => filesBelow(root, folder))
    .filter((file) => testName.test(file))
    .filter((file) => wanted.length === 0 || wanted.some((filter) => file.includes(filter)))
    .sort();
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(root, folder) {
  return entries(root, folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return foreign.has(entry.name) ? [] : filesBelow(root, path);
  });
}

/**
 * @param {string} root
 * @param {string} folder
 */
function entries(root, folder) {
  const path = join(root, folder);
  return existsSync(path) ? readdirSync(path, { withFileTypes: true }) : [];
}
