import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/root.js';

const folder = join(root, 'tools/packed');
const stamp = join(folder, 'node_modules/.installed-lock.json');
/** Nodes are large, and an npm that gets no answer waits for minutes. */
const TIMEOUT_MS = 300_000;

/**
 * Installs what is locked here, unless it is there.
 *
 * @returns {Promise<{ nodes: readonly { name: string, path: string }[], compilers: readonly { name: string, path: string }[] }>}
 * the Nodes and TypeScripts to try packages with; those that this repository has come first
 */
export async function loadPrograms() {
  const wanted = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) await install(wanted);
  const others = ['22', '26'].map((major) => ({
    name: `Node ${major}`,
    path: join(folder, `node_modules/node-${major}/bin/node`),
  }));
  return {
    // Where none is packaged for the platform, the others' turn is another machine's.
    nodes: [
      { name: `Node ${process.versions.node}`, path: process.execPath },
      ...others.filter(({ path }) => existsSync(path)),
    ],
    compilers: [
      { name: 'TypeScript 7', path: join(root, 'node_modules/.bin/tsc') },
      { name: 'TypeScript 5.9', path: join(folder, 'node_modules/typescript-5/bin/tsc') },
    ],
  };
}

/** @param {string} wanted */
async function install(wanted) {
  // What an npm around this process has set is about this repository, and so is the Node that it has put in front.
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$)/i.test(name));
  const path = (process.env['PATH'] ?? '').split(':').filter((one) => !one.endsWith('node_modules/.bin'));
  const child = spawn(
    'npm',
    ['ci', '--prefer-offline', '--ignore-scripts', '--no-progress', '--loglevel=error'],
    {
      cwd: folder,
      stdio: ['ignore', 2, 2],
      env: { ...Object.fromEntries(own), PATH: path.join(':') },
      timeout: TIMEOUT_MS,
    },
  );
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('npm could not install the programs of tools/packed: its reason is above');
  writeFileSync(stamp, wanted);
}
