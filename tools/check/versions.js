import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceFolders } from '../setup/workspaces.js';

/**
 * All packages carry one version, ask for each other at exactly that version, and the lock file knows it.
 *
 * @param {string} root
 * @returns {string[]} a sentence per difference
 */
export function findUnequalVersions(root) {
  /** @param {string} file */
  const read = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const { version } = read('package.json');
  const { packages: locked } = read('package-lock.json');
  const members = workspaceFolders(root).map((folder) => ({
    folder,
    manifest: read(`${folder}/package.json`),
  }));
  const names = new Set(members.map(({ manifest }) => manifest.name));
  const asked = members.flatMap(({ folder, manifest }) =>
    Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies })
      .filter(([name]) => names.has(name))
      .map(([name, range]) => ({ where: `${folder}/package.json asks for ${name}`, found: range })),
  );
  return [
    ...members.map(({ folder, manifest }) => ({
      where: `${folder}/package.json is`,
      found: manifest.version,
    })),
    { where: 'package-lock.json says that the workspace is', found: locked['']?.version },
    ...members.map(({ folder }) => ({
      where: `package-lock.json says that ${folder} is`,
      found: locked[folder]?.version,
    })),
    ...asked,
  ]
    .filter(({ found }) => found !== version)
    .map(
      ({ where, found }) =>
        `${where} ${found}, and package.json is ${version}. Set both, then run npm install.`,
    );
}
