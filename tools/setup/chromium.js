import { accessSync, constants } from 'node:fs';
import { debianMachine, installDebianPackages } from './debian-packages.js';
import { Refusal } from './refusal.js';

/** Where the browser tests find their browser, whether or not anything is there. */
export function chromiumPath() {
  return process.env.WATCHWORD_CHROMIUM ?? '/usr/bin/chromium';
}

/** Debian's package of the browser, unless the browser is there or its place was chosen. */
export function missingChromium() {
  const { path, isPathChosen } = thisMachine();
  return isPathChosen || isExecutable(path) ? [] : ['chromium'];
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
    ...debianMachine(),
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
  if (!(await installDebianPackages(root, ['chromium'], 'the browser tests'))) {
    throw new Refusal(
      "apt-get could not install 'chromium'; its last lines are above. Install it by hand, or set WATCHWORD_CHROMIUM to the path of a Chromium.",
    );
  }
  if (!isExecutable(path)) {
    throw new Refusal(
      `apt-get installed 'chromium', and still no program is at ${path}. Set WATCHWORD_CHROMIUM to the path of a Chromium.`,
    );
  }
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
