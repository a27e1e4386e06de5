import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from './child.js';
import { repositoryNode } from './node-version.js';
import { say } from './progress.js';
import { Refusal } from './refusal.js';
import { removeStaleOutput } from './stale-output.js';
import { workspaceFolders } from './workspaces.js';

/** @param {string} root */
export function isBuilt(root) {
  try {
    return (
      readFileSync(stampFile(root), 'utf8') === hashOfSources(root) &&
      projects(root).every((project) => existsSync(join(root, project, outputMark(root, project))))
    );
  } catch {
    return false;
  }
}

/** @param {string} root */
export async function build(root) {
  say('building');
  // Taken before the compiler reads, so that an edit in between leads to another build, not to a stale one.
  const hash = hashOfSources(root);
  const args = [join(root, 'node_modules/.bin/tsc'), '-b', ...projects(root)];
  const { code, output } = await runChild(repositoryNode(root), args, { cwd: root, env: process.env });
  if (code !== 0) {
    process.stderr.write(output);
    throw new Refusal('the TypeScript compiler refused the sources; its reasons are above.');
  }
  removeStaleOutput(root);
  mkdirSync(join(root, '.runtime'), { recursive: true });
  writeFileSync(stampFile(root), hash);
}

/** @param {string} root */
function stampFile(root) {
  return join(root, '.runtime', 'built');
}

/**
 * Every TypeScript project that ends up in a package. The projects of tests are checked, but never needed to run.
 *
 * @param {string} root
 */
function projects(root) {
  return sourceFolders(root)
    .flatMap((folder) => [folder, ...subfolders(root, folder)])
    .filter((folder) => existsSync(join(root, folder, 'tsconfig.json')));
}

/** @param {string} root */
function sourceFolders(root) {
  return workspaceFolders(root)
    .map((folder) => join(folder, 'src'))
    .filter((folder) => existsSync(join(root, folder)));
}

/**
 * @param {string} root
 * @param {string} folder
 */
function subfolders(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}

/**
 * @param {string} root
 * @param {string} project
 */
function outputMark(root, project) {
  return JSON.parse(readFileSync(join(root, project, 'tsconfig.json'), 'utf8')).compilerOptions
    .tsBuildInfoFile;
}

/** @param {string} root */
function hashOfSources(root) {
  const hash = createHash('sha256');
  const single = [
    'package-lock.json',
    ...readdirSync(root).filter((name) => /^tsconfig.*\.json$/.test(name)),
  ];
  const manifests = workspaceFolders(root).map((folder) => join(folder, 'package.json'));
  const sources = sourceFolders(root).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|json)$/.test(name))
      .map((name) => join(folder, name)),
  );
  for (const file of [...single, ...manifests, ...sources].sort()) {
    const content = readFileSync(join(root, file));
    hash.update(`${file} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}
