import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryNode } from '../setup/node-version.js';

/** @typedef {{ files: number, rooms: string[], packages: string[], builtins: string[] }} Reach */

const library = 'packages/watchword';

/**
 * What importing an entry point loads.
 *
 * @param {string} root
 * @param {string} entry
 * @param {{ fromSource: boolean }} options
 * @returns {Reach | { failure: string }} the failure is a sentence about why it could not be imported
 */
export function reachOf(root, entry, { fromSource }) {
  const recorder = new URL('./record.js', import.meta.url).href;
  const conditions = fromSource ? ['--conditions=watchword-source'] : [];
  const script = `await import(${JSON.stringify(entry)});`;
  const args = [...conditions, `--import=${recorder}`, '--input-type=module', '--eval', script];
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(repositoryNode(root), args, {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) {
    const reason = /^\w*Error.*$/m.exec(stderr)?.[0] ?? stderr.trim();
    return {
      failure: `it cannot be imported: ${reason}${fromSource ? '' : ' (build first: npm run build)'}`,
    };
  }
  return sortOut(realpathSync(root), JSON.parse(stdout));
}

/**
 * @param {string} root
 * @param {readonly string[]} urls
 * @returns {Reach}
 */
function sortOut(root, urls) {
  const files = urls
    .filter((url) => url.startsWith('file:'))
    .map((url) => relative(root, fileURLToPath(url)));
  const own = files.filter((file) => file.startsWith(`${library}/`));
  return {
    files: own.length,
    rooms: distinct(own.map((file) => file.slice(library.length + 1).split('/')[1] ?? '')),
    packages: distinct(files.filter((file) => !own.includes(file)).map(packageOf)),
    builtins: distinct(urls.filter((url) => url.startsWith('node:'))),
  };
}

/** @param {string} file */
function packageOf(file) {
  const inside = file.split('node_modules/').at(-1) ?? file;
  return inside
    .split('/')
    .slice(0, inside.startsWith('@') ? 2 : 1)
    .join('/');
}

/** @param {string[]} names */
function distinct(names) {
  return [...new Set(names)].toSorted();
}

/**
 * @param {import('./limits.js').Limit} limit
 * @param {ReturnType<typeof reachOf>} reach
 * @returns {string[]} sentences about what is too much
 */
export function judgeReach(limit, reach) {
  if ('failure' in reach) return [reach.failure];
  const rooms = reach.rooms.filter((room) => !limit.rooms.includes(room));
  const packages = reach.packages.filter((name) => !limit.packages.includes(name));
  const builtins = reach.builtins.filter((name) => limit.notBuiltins?.includes(name));
  return [
    ...rooms.map((room) => `it reaches room '${room}'.`),
    ...packages.map(
      (name) => `it reaches package '${name}'. If that is needed, import it dynamically where it is used.`,
    ),
    ...builtins.map((name) => `it reaches ${name}.`),
  ];
}
