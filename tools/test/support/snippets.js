import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../setup/root.js';

/**
 * @typedef {object} Snippet
 * @property {string} language
 * @property {string} text
 * @property {number} line where its text begins in the document
 */

const SCRIPTS = new Set(['js', 'javascript', 'mjs', 'ts', 'typescript']);
const SHELLS = new Set(['sh', 'bash', 'shell', 'console']);

/** The README and every guide, those included that are written later. */
export function documents() {
  const guides = readdirSync(join(root, 'docs/guides')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...guides.toSorted().map((name) => `docs/guides/${name}`)];
}

/**
 * @param {string} document
 * @returns {readonly Snippet[]}
 */
export function snippetsOf(document) {
  const text = readFileSync(join(root, document), 'utf8');
  return [...text.matchAll(/^( *)```(\w+)\n([^]*?)^ *```$/gm)].map((match) => {
    const [, indent = '', language = '', body = ''] = match;
    return {
      language,
      text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      line: text.slice(0, match.index).split('\n').length + 1,
    };
  });
}

/**
 * The programs of a document: a script that imports begins one, and scripts that do not continue it.
 *
 * @param {string} document
 * @returns {readonly (readonly Snippet[])[]}
 */
export function programsOf(document) {
  /** @type {Snippet[][]} */
  const programs = [];
  for (const snippet of snippetsOf(document).filter(({ language }) => SCRIPTS.has(language))) {
    const last = programs.at(-1);
    if (last === undefined || /^import /m.test(snippet.text)) programs.push([snippet]);
    else last.push(snippet);
  }
  return programs;
}

/**
 * One module of it. What comes later stands inside what came before, so that it sees its names and may take them again.
 *
 * @param {readonly Snippet[]} program
 */
export function moduleOf(program) {
  const begins = program.map(({ text, line }) => `// line ${line}\n${text}`).join('{\n');
  // Servers that it has begun are not waited for.
  return `${begins}${'}'.repeat(program.length - 1)}\nprocess.exit(0);\n`;
}

/**
 * The commands of a document's shell snippets, continued lines joined.
 *
 * @param {string} document
 * @returns {readonly { readonly words: readonly string[], readonly line: number }[]}
 */
export function commandsOf(document) {
  return snippetsOf(document)
    .filter(({ language }) => SHELLS.has(language))
    .flatMap(({ text, line }) =>
      text
        .replaceAll('\\\n', ' ')
        .split('\n')
        .map((command) =>
          command
            .replace(/(^|\s)#.*$/, '')
            .replace(/^\$ /, '')
            .trim(),
        )
        .filter((command) => command !== '')
        .map((command) => ({ words: wordsOf(command), line })),
    );
}

/**
 * Quoted words are one; assignments before a command are no words of it.
 *
 * @param {string} command
 */
function wordsOf(command) {
  const words = command.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  const first = words.findIndex((word) => !/^\w+=/.test(word) && word !== 'sudo' && word !== 'exec');
  return first === -1 ? [] : words.slice(first);
}
