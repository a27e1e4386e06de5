import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../../setup/root.js';

/**
 * A copy of the repository's set-up (configurations, tools, the rooms without their content) in a temporary folder,
 * to break into without touching the real one. Its packages are those of the repository, except for the workspaces,
 * which are its own.
 */
export class TemporaryWorkspace {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'watchword-tools-')));

  /** @param {{ withPackages?: boolean }} [options] */
  constructor({ withPackages = true } = {}) {
    const isWanted = /** @param {string} path */ (path) =>
      !/\/(node_modules|dist|data)(\/|$)/.test(path.slice(root.length));
    for (const name of readdirSync(root)) {
      if (/^(tsconfig.*|package.*|\.oxlintrc)\.json$|^\.npmrc$/.test(name)) this.#copy(name);
    }
    cpSync(join(root, 'tools'), join(this.folder, 'tools'), { recursive: true, filter: isWanted });
    for (const parent of ['packages', 'apps']) {
      cpSync(join(root, parent), join(this.folder, parent), {
        recursive: true,
        filter: (path) => isWanted(path) && (/\.json$|\/ambient\//.test(path) || !/\.[^/.]+$/.test(path)),
      });
    }
    if (withPackages) this.#linkPackages();
  }

  /** @param {string} name */
  #copy(name) {
    cpSync(join(root, name), join(this.folder, name));
  }

  #linkPackages() {
    const from = join(root, 'node_modules');
    const to = join(this.folder, 'node_modules');
    mkdirSync(join(to, '@watchword'), { recursive: true });
    for (const name of readdirSync(from)) {
      if (name !== 'watchword' && name !== '@watchword') symlinkSync(join(from, name), join(to, name));
    }
    symlinkSync('../packages/watchword', join(to, 'watchword'));
    for (const name of ['cli', 'server']) symlinkSync(`../../apps/${name}`, join(to, '@watchword', name));
  }

  /**
   * @param {string} file relative to the workspace
   * @param {string} content
   */
  write(file, content) {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /**
   * Runs a script on this process's Node, in the workspace.
   *
   * @param {readonly string[]} args
   * @param {NodeJS.ProcessEnv} [env] beside the current one
   */
  run(args, env = {}) {
    const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
    const result = spawnSync(process.execPath, args, {
      cwd: this.folder,
      env: { ...inherited, ...env },
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    return { code: result.status, stdout: result.stdout, stderr: result.stderr };
  }

  /** @param {readonly string[]} projects */
  compile(...projects) {
    return this.run(['node_modules/.bin/tsc', '-b', '--pretty', 'false', ...projects]);
  }

  /**
   * What the repository's own lint configuration says about the packages, apps and examples.
   *
   * @returns {{ file: string, line: number, rule: string, message: string }[]}
   */
  lint() {
    const { stdout, stderr } = this.run([
      'node_modules/.bin/oxlint',
      '--format=json',
      'packages',
      'apps',
      'examples',
      '--no-error-on-unmatched-pattern',
    ]);
    if (!stdout.startsWith('{')) throw new Error(`oxlint did not answer: ${stdout}${stderr}`);
    return JSON.parse(stdout).diagnostics.map(
      /** @param {any} each */ (each) => ({
        file: each.filename,
        line: each.labels[0]?.span.line ?? 0,
        rule: each.code,
        message: each.message,
      }),
    );
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
