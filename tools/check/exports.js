import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceFolders } from '../setup/workspaces.js';

/**
 * Finds what the packages' `exports` and `bin` promise and the build did not make.
 *
 * @param {string} root
 * @returns {string[]} a sentence per missing file
 */
export function findMissingExports(root) {
  return workspaceFolders(root).flatMap((folder) => {
    const { exports = {}, bin = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    return [...targets(exports), ...targets(bin)]
      .filter((target) => !existsSync(join(root, folder, target)))
      .map((target) => `${folder}/package.json promises ${target}, which does not exist.`);
  });
}

/**
 * @param {unknown} promised a path, or conditions that lead to paths
 * @returns {string[]}
 */
function targets(promised) {
  if (typeof promised === 'string') return [promised];
  return Object.values(promised ?? {}).flatMap(targets);
}
