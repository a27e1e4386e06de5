import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceFolders } from './workspaces.js';

const OUTPUT = /(?:\.js|\.d\.ts)(?:\.map)?$/;

/**
 * Removes what was built of sources that are gone since: the compiler leaves it, and npm would publish it.
 *
 * @param {string} root
 */
export function removeStaleOutput(root) {
  for (const folder of workspaceFolders(root).map((each) => join(root, each))) {
    const dist = join(folder, 'dist');
    if (!existsSync(dist)) continue;
    for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
      if (name.startsWith('.test') || !OUTPUT.test(name)) continue;
      if (!existsSync(join(folder, 'src', name.replace(OUTPUT, '.ts')))) rmSync(join(dist, name));
    }
  }
}
