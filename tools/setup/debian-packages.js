import { existsSync } from 'node:fs';
import { runChild } from './child.js';
import { keepSaying, say } from './progress.js';

/** What decides whether packages can be installed from here. */
export function debianMachine() {
  return { isDebian: existsSync('/etc/debian_version'), isRoot: process.getuid?.() === 0 };
}

/**
 * Installs packages with apt-get, and says so. What apt-get says where it cannot ends on standard error.
 *
 * @param {string} root
 * @param {string[]} names
 * @param {string} purpose completes "installing … for"
 * @returns {Promise<boolean>} whether apt-get did it
 */
export async function installDebianPackages(root, names, purpose) {
  const listed = names.map((name) => `'${name}'`).join(', ');
  say(`installing Debian's package${names.length > 1 ? 's' : ''} ${listed} for ${purpose}`);
  const stop = keepSaying(`installing ${names.join(', ')}`);
  try {
    const first = await apt(root, ['install', ...names]);
    if (first.code === 0) return true;
    // A fresh machine has no package lists, an old one lists versions that are gone.
    const update = await apt(root, ['update']);
    const second = await apt(root, ['install', ...names]);
    if (second.code === 0) return true;
    const lines = `${update.output}${second.output}`.trimEnd().split('\n');
    process.stderr.write(`${lines.slice(-15).join('\n')}\n`);
    return false;
  } finally {
    stop();
  }
}

/**
 * @param {string} root
 * @param {string[]} args
 */
function apt(root, args) {
  const options = ['-qq', '-y', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0'];
  const patience = ['-o', 'DPkg::Lock::Timeout=300'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // A package manager that is killed half-way leaves a machine that someone must repair.
  return runChild('apt-get', [...options, ...patience, ...args], { cwd: root, env, graceMs: 60_000 }).catch(
    (/** @type {unknown} */ error) => ({ code: 127, output: `apt-get: ${String(error)}` }),
  );
}
