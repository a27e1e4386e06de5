import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The library's own tests, but those that start servers and wait: many, short, and nearly all of them load the same modules. */
const shared = /^packages\/watchword\/test\/(?!adapters\/|stores\/)/;
/** What a process has once, or what takes long enough without it: such a file has a process of its own. */
const ofOneProcess =
  /\bprocess\.(?!ts\b|env\b|execPath\b|hrtime\b|versions?\b)|process\.env\b[^;]*?(?<![=!])=(?!=)|\bmock\b|\bglobalThis\.|node:(?:child_process|worker_threads|cluster)\b/;
const filesInGroup = 12;

/**
 * Puts test files together that one process can run: to start it and to load the library takes longer than most of them
 * do. The group is a module that has each file's tests in a suite of the file's name.
 *
 * @param {string} root
 * @param {readonly string[]} files
 * @param {string} folder where the groups are written; removed at the end of the process
 * @returns {string[]} groups, and the files that are in none
 */
export function groupTests(root, files, folder) {
  const alike = files.filter(
    (file) => shared.test(file) && !ofOneProcess.test(readFileSync(join(root, file), 'utf8')),
  );
  if (alike.length < 2) return [...files];
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(folder, { recursive: true });
  const groups = [];
  for (let start = 0; start < alike.length; start += filesInGroup) {
    const group = join(folder, `${String(groups.length).padStart(2, '0')}.test.mjs`);
    writeFileSync(group, moduleOf(root, alike.slice(start, start + filesInGroup)));
    groups.push(group);
  }
  return [...groups, ...files.filter((file) => !alike.includes(file))];
}

/**
 * @param {string} root
 * @param {readonly string[]} files
 */
function moduleOf(root, files) {
  const suites = files.map((file) => {
    const [name, url] = [file, pathToFileURL(join(root, file)).href].map((text) => JSON.stringify(text));
    return `describe(${name}, async () => void (await import(${url})));\n`;
  });
  return `import { describe } from 'node:test';\n${suites.join('')}`;
}
