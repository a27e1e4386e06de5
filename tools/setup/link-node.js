import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes sure that `node` in an npm script is the Node that was installed. npm 10 removes `node_modules/.bin/node`
 * when it drops the packages of the other platforms, which have a program of that name too.
 *
 * @param {string} root
 */
export function linkNode(root) {
  const link = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(link)) return;
  const { optionalDependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const installed = Object.keys(optionalDependencies).find((name) =>
    existsSync(join(root, 'node_modules', name, 'bin', 'node')),
  );
  if (installed === undefined) return;
  mkdirSync(join(root, 'node_modules', '.bin'), { recursive: true });
  symlinkSync(join('..', installed, 'bin', 'node'), link);
}
