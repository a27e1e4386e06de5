import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from './refusal.js';

const needed = { major: 22, minor: 18 };

/**
 * The Node that this repository brings; on platforms that have none packaged, the one that runs this.
 *
 * @param {string} root
 */
export function repositoryNode(root) {
  const brought = join(root, 'node_modules', '.bin', 'node');
  return existsSync(brought) ? brought : process.execPath;
}

/**
 * Throws a sentence that says what to install, unless the repository's Node can run the code.
 *
 * @param {string} root
 */
export function assertNode(root) {
  const node = repositoryNode(root);
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  const version = (stdout ?? '').trim();
  if (isEnough(version)) return;
  const platform = `${process.platform}-${process.arch}`;
  const wish = `Watchword needs Node ${needed.major}.${needed.minor} or newer`;
  if (node === process.execPath) {
    throw new Refusal(
      `${wish}, and no packaged Node exists for ${platform}; this is ${version}. Install a newer Node, then run the command again.`,
    );
  }
  throw new Refusal(
    version === ''
      ? `${wish}; the one packaged for ${platform} does not run on this machine (it needs glibc). Use a Debian-based system or image.`
      : `${wish}; node_modules/.bin/node is ${version}. Run npm ci to restore the locked one.`,
  );
}

/** @param {string} version as `node --version` prints it */
function isEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > needed.major || (major === needed.major && minor >= needed.minor);
}
