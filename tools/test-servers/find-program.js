import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const debianVersions = '/usr/lib/postgresql';
/** Debian keeps pgbouncer where only the administrator looks. */
const beside = ['/usr/sbin', '/usr/local/sbin'];

/** The private servers of the tests: a program of each, and Debian's package that brings it. */
export const SERVERS = [
  { program: 'initdb', name: 'postgresql' },
  { program: 'redis-server', name: 'redis-server' },
  { program: 'pgbouncer', name: 'pgbouncer' },
];

/**
 * @param {string} program
 * @returns {string | undefined} its path
 */
export function locateProgram(program) {
  const folders = [...postgresFolders(), ...(process.env.PATH ?? '').split(delimiter), ...beside];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/**
 * @param {string} program
 * @param {string} debianPackage
 */
export function findProgram(program, debianPackage) {
  const path = locateProgram(program);
  if (path !== undefined) return path;
  throw new Error(
    `'${program}' is not on this machine: Debian's package '${debianPackage}' brings it. Run npm test as root, which installs it, or install it by hand.`,
  );
}

/** Debian keeps the programs of PostgreSQL out of the search path, in a folder per version: the newest first. */
function postgresFolders() {
  if (!existsSync(debianVersions)) return [];
  return readdirSync(debianVersions)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(debianVersions, version, 'bin'));
}
