import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folders of the npm workspaces, as the root manifest lists them.
 *
 * @param {string} root
 * @returns {string[]}
 */
export function workspaceFolders(root) {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).workspaces;
}
