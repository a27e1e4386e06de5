import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** What suites read that do more in the long run. */
const SWITCH = 'WATCHWORD_LONG';

/** Modules that are imported, and files that are started as processes. */
const REFERENCE = /(?:from|import|import\()\s*'(\.{1,2}\/[^']+)'|new URL\('([^']+)', import\.meta\.url\)/g;

/**
 * The test files that do more in the long run than in the ordinary one: they read the switch, or something of theirs does.
 *
 * @param {string} root
 * @param {readonly string[]} files paths relative to the root
 * @returns {string[]}
 */
export function longTests(root, files) {
  /** @type {Map<string, { reads: boolean, references: string[] }>} */
  const known = new Map();
  return files.filter((file) => reaches(root, file, known, new Set()));
}

/**
 * @param {string} root
 * @param {string} file
 * @param {Map<string, { reads: boolean, references: string[] }>} known
 * @param {Set<string>} seen
 * @returns {boolean}
 */
function reaches(root, file, known, seen) {
  if (seen.has(file)) return false;
  seen.add(file);
  const read = known.get(file) ?? readReferences(root, file);
  known.set(file, read);
  return read.reads || read.references.some((reference) => reaches(root, reference, known, seen));
}

/**
 * Of the tests and what stands beside them: nothing that is tested reads the switch.
 *
 * @param {string} root
 * @param {string} file
 */
function readReferences(root, file) {
  const path = join(root, file);
  if (!/\.[jt]s$/.test(file) || !existsSync(path) || !statSync(path).isFile()) {
    return { reads: false, references: [] };
  }
  const text = readFileSync(path, 'utf8');
  const references = [...text.matchAll(REFERENCE)]
    .map((match) => normalize(join(dirname(file), match[1] ?? match[2] ?? '')))
    .filter((reference) => !reference.includes('/src/'));
  return { reads: text.includes(SWITCH), references };
}
