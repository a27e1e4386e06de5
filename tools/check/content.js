import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ what: string, pattern: RegExp, advice: string, where?: (file: string) => boolean }} Prohibition */

/**
 * What no file of the repository may contain.
 *
 * @param {string} root
 * @returns {Prohibition[]}
 */
function prohibitions(root) {
  return [
    {
      what: 'a path of one machine',
      pattern: /(?<![\w./-])\/(?:root|home\/\w[\w.-]*|Users\/\w[\w.-]*)(?![\w-])/,
      advice: 'Write it relative to the repository, or as a placeholder.',
    },
    {
      what: 'the path of this clone',
      // A clone directly below `/` has a name too short to be told from a route.
      pattern: root.split('/').length > 2 ? new RegExp(`(?<![\\w./-])${escaped(root)}(?![\\w-])`) : /(?!)/,
      advice: 'Write it relative to the repository.',
    },
    {
      what: 'the address of a registry',
      pattern: /"resolved":\s*"http/,
      advice: 'Run npm install with the .npmrc of this repository, which leaves it out.',
      where: (file) => /(^|\/)package-lock\.json$/.test(file),
    },
    {
      what: 'a private key',
      pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\s|\\n)+[A-Za-z0-9+/=]{40}/,
      advice: 'Only tests and vectors may hold one that guards nothing.',
      where: (file) => !/(^|\/)(test|vectors)\//.test(file),
    },
    {
      what: 'a lint comment that opens a wall',
      pattern: /(?:ox|es)lint-disable(?:-next-line|-line)?\s*(?:$|\*\/|--|[^\n]*watchword\/walls)/m,
      advice: 'Change the import, or the table in tools/rooms.js.',
      where: (file) => file.startsWith('packages/watchword/src/'),
    },
  ];
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/**
 * @param {string} root
 * @returns {string[]} a sentence per finding
 */
export function findForbiddenContent(root) {
  const { status, stdout, stderr } = spawnSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  if (status !== 0) return [`git could not list the files: ${stderr.trim()}`];
  const rules = prohibitions(root);
  return stdout
    .split('\0')
    .filter((file) => file !== '')
    .flatMap((file) => findInText(file, readText(join(root, file)), rules));
}

/**
 * The text of a file; nothing for a binary, and for one that was removed but not yet committed.
 *
 * @param {string} path
 */
function readText(path) {
  try {
    const text = readFileSync(path, 'utf8');
    return text.includes('\0') ? '' : text;
  } catch {
    return '';
  }
}

/**
 * @param {string} file
 * @param {string} text
 * @param {readonly Prohibition[]} rules
 */
function findInText(file, text, rules) {
  return rules.flatMap(({ what, pattern, advice, where }) => {
    const match = (where?.(file) ?? true) ? pattern.exec(text) : null;
    if (match === null) return [];
    return [`${file}:${text.slice(0, match.index).split('\n').length} holds ${what}. ${advice}`];
  });
}
