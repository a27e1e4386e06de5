import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../setup/root.js';

const run = promisify(execFile);

/** An npm that gets no answer waits for minutes. */
const NPM_TIMEOUT_MS = 300_000;

/**
 * What npm publishes of a package, built first if it has to be.
 *
 * @param {string} folder where the tarball goes
 * @param {string} member the package's own folder; the library's unless another is named
 * @returns {Promise<{ path: string, files: readonly string[] }>}
 */
export async function packLibrary(folder, member = 'packages/watchword') {
  await run(process.execPath, [join(root, 'tools/setup.js'), 'start'], { cwd: root });
  const args = ['pack', '--json', '--pack-destination', folder];
  const { stdout } = await npm(args, join(root, member));
  const [{ filename, files }] = JSON.parse(stdout);
  return {
    path: join(folder, filename),
    files: files.map((/** @type {{ path: string }} */ file) => file.path).toSorted(),
  };
}

/**
 * @param {string[]} args
 * @param {string} cwd
 */
export function npm(args, cwd) {
  // What an npm around this process has set is about this repository.
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$)/i.test(name));
  // So is the Node that it has put in front: npm finds the machine's own settings beside the machine's own Node.
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.endsWith('node_modules/.bin'));
  const env = { ...Object.fromEntries(own), PATH: path.join(delimiter) };
  return run('npm', args, { cwd, env, maxBuffer: 2 ** 26, timeout: NPM_TIMEOUT_MS });
}

/** @type {Map<string, Promise<string>>} */
const tarballs = new Map();

/**
 * One for every project of this process.
 *
 * @param {string} member
 */
function tarballOf(member) {
  let tarball = tarballs.get(member);
  if (tarball === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'watchword-tarball-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    tarball = packLibrary(folder, member).then(({ path }) => path);
    tarballs.set(member, tarball);
  }
  return tarball;
}

/** A project of somebody else's in a temporary folder, with the packed library installed. */
export class PackedProject {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'watchword-packed-')));

  /**
   * @param {readonly string[]} packages further ones to install, at the versions that this repository uses
   * @param {readonly string[]} members folders of packages of ours to install packed
   */
  async install(packages, members = ['packages/watchword']) {
    /** @type {Record<string, string>} */
    const dependencies = {};
    for (const name of packages) dependencies[name] = versionOf(name);
    for (const member of members) dependencies[read(member).name] = `file:${await tarballOf(member)}`;
    const manifest = { type: 'module', private: true, dependencies };
    this.write('package.json', JSON.stringify(manifest));
    await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'], this.folder);
  }

  /**
   * @param {string} file
   * @param {string} content
   */
  write(file, content) {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), content);
  }

  /**
   * @param {readonly string[]} args of Node, which runs as it does for everybody: without a condition of ours
   * @param {string} program a Node
   */
  node(args, program = process.execPath) {
    return run(program, args, { cwd: this.folder, env: withoutTestRunner() });
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A runner of tests inside a test would report to the one around it. */
function withoutTestRunner() {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return env;
}

/** @param {string} member */
function read(member) {
  return JSON.parse(readFileSync(join(root, member, 'package.json'), 'utf8'));
}

/** @param {string} name */
function versionOf(name) {
  if (name === 'express-4') {
    const { dependencies } = read('packages/watchword/test/adapters/express-4');
    return `npm:express@${dependencies.express}`;
  }
  const { devDependencies } = read('.');
  return devDependencies[name] ?? read('packages/client').devDependencies[name];
}
