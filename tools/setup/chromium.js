import { accessSync, constants, existsSync } from 'node:fs';
import { runChild } from './child.js';
import { keepSaying, say } from './progress.js';
import { Refusal } from './refusal.js';

/** Where the browser tests find their browser, whether or not anything is there. */
export function chromiumPath() {
  return process.env.WATCHWORD_CHROMIUM ?? '/usr/bin/chromium';
}

/**
 * What decides how a browser gets here.
 *
 * @typedef {{ path: string, isPathChosen: boolean, isDebian: boolean, isRoot: boolean }} Machine
 * @returns {Machine}
 */
function thisMachine() {
  return {
    path: chromiumPath(),
    isPathChosen: process.env.WATCHWORD_CHROMIUM !== undefined,
    isDebian: existsSync('/etc/debian_version'),
    isRoot: process.getuid?.() === 0,
  };
}

/**
 * @param {string} root
 * @param {Machine} [machine]
 */
export async function ensureChromium(root, machine = thisMachine()) {
  const { path, isPathChosen, isDebian, isRoot } = machine;
  if (isExecutable(path)) return;
  if (isPathChosen) {
    throw new Refusal(
      `WATCHWORD_CHROMIUM is ${path}, and no program is there. Set it to the path of a Chromium, or unset it to use Debian's package.`,
    );
  }
  if (!isDebian) {
    throw new Refusal(
      'the tests drive a real browser. Install Chromium, set WATCHWORD_CHROMIUM to its path, then run the command again.',
    );
  }
  if (!isRoot) {
    throw new Refusal(
      "the tests drive a real browser, which Debian's package 'chromium' brings. Run 'apt-get install chromium' as root, then run the command again.",
    );
  }
  await installWithApt(root);
  if (!isExecutable(path)) {
    throw new Refusal(
      `apt-get installed 'chromium', and still no program is at ${path}. Set WATCHWORD_CHROMIUM to the path of a Chromium.`,
    );
  }
}

/** @param {string} root */
async function installWithApt(root) {
  say("installing Debian's package 'chromium' for the browser tests");
  const stop = keepSaying('installing chromium');
  try {
    const first = await apt(root, ['install', 'chromium']);
    if (first.code === 0) return;
    // A fresh machine has no package lists, an old one lists versions that are gone.
    const update = await apt(root, ['update']);
    const second = await apt(root, ['install', 'chromium']);
    if (second.code === 0) return;
    const lines = `${update.output}${second.output}`.trimEnd().split('\n');
    process.stderr.write(`${lines.slice(-15).join('\n')}\n`);
  } finally {
    stop();
  }
  throw new Refusal(
    "apt-get could not install 'chromium'; its last lines are above. Install it by hand, or set WATCHWORD_CHROMIUM to the path of a Chromium.",
  );
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

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
