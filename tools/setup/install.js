import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from './child.js';
import { linkNode } from './link-node.js';
import { assertNode } from './node-version.js';
import { keepSaying, say } from './progress.js';
import { Refusal } from './refusal.js';
import { workspaceFolders } from './workspaces.js';

const relevantFields = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
  'workspaces',
  'bin',
];
const shownLines = 12;

/** @param {string} root */
export function isInstalled(root) {
  try {
    return (
      existsSync(join(root, 'node_modules/.bin/tsc')) &&
      readFileSync(stampFile(root), 'utf8') === wanted(root)
    );
  } catch {
    return false;
  }
}

/** @param {string} root */
export async function install(root) {
  say('installing the locked dependencies; the first time takes a minute or so');
  const stop = keepSaying('installing');
  const { code, output } = await npm(root, ['ci', ...installFlags]).finally(stop);
  const logFile = join(root, '.runtime', 'npm-ci.log');
  mkdirSync(join(root, '.runtime'), { recursive: true });
  writeFileSync(logFile, output);
  if (code !== 0) {
    process.stderr.write(shortened(output));
    throw new Refusal(
      `npm could not install the dependencies (exit code ${code}); its reason is above, all that it said in .runtime/npm-ci.log. Check that the npm registry can be reached, then run the command again.`,
    );
  }
  linkNode(root);
  assertNode(root);
  writeFileSync(stampFile(root), wanted(root));
}

/**
 * Development and optional dependencies are asked for by name, because `NODE_ENV=production` and a personal npm
 * configuration drop them silently: Node itself is one of them. No dependency needs an install script.
 */
const installFlags = [
  '--include=dev',
  '--include=optional',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--no-progress',
  '--loglevel=error',
];

/**
 * npm runs on the Node it came with: the one in `node_modules` vanishes while it works.
 *
 * @param {string} root
 * @param {string[]} args
 */
function npm(root, args) {
  const { npm_execpath: cli, npm_node_execpath: node, NODE_ENV: _, ...env } = process.env;
  env.PATH = (env.PATH ?? '')
    .split(':')
    .filter((folder) => !folder.endsWith('node_modules/.bin'))
    .join(':');
  const [command, first] = cli === undefined ? ['npm', []] : [node ?? 'node', [cli]];
  // npm ignores a polite request while it unpacks, and what it leaves half done is removed by the next run.
  return runChild(command, [...first, ...args], { cwd: root, env, graceMs: 300 }).catch(
    (/** @type {unknown} */ error) => {
      throw new Refusal(
        `npm could not be started (${String(error)}). Install npm 10 or newer, then run the command again.`,
      );
    },
  );
}

/**
 * npm says its reason first and prints its manual after some of them; other failures end with the reason.
 *
 * @param {string} output
 */
function shortened(output) {
  const lines = output.trimEnd().split('\n');
  const shown =
    lines.length <= 2 * shownLines
      ? lines
      : [...lines.slice(0, shownLines), '…', ...lines.slice(-shownLines)];
  return `${shown.join('\n')}\n`;
}

/** @param {string} root */
function stampFile(root) {
  return join(root, 'node_modules', '.watchword-setup');
}

/**
 * What the installation depends on, as a hash: a change of a script or a description is none.
 *
 * @param {string} root
 */
function wanted(root) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const folder of ['.', ...workspaceFolders(root)]) {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    hash.update(JSON.stringify([folder, relevantFields.map((field) => manifest[field] ?? null)]));
  }
  return `${hash.digest('hex')} ${process.platform} ${process.arch}\n`;
}
