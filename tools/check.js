/**
 * What must hold beside the tests: `node tools/check.js [name …]`. One line per check, and what is wrong below it.
 */
import { findForbiddenContent } from './check/content.js';
import { findMissingExports } from './check/exports.js';
import { findUnequalVersions } from './check/versions.js';
import { runChild } from './setup/child.js';
import { repositoryNode } from './setup/node-version.js';
import { root } from './setup/root.js';

/**
 * In this order, because the later ones look at what the compiler has built.
 *
 * @type {Readonly<Record<string, () => Promise<string[]> | string[]>>}
 */
const checks = {
  types: () => command('node_modules/.bin/tsc', '-b', '--pretty', 'false'),
  format: () => command('node_modules/.bin/oxfmt', '--check'),
  lint: () => command('node_modules/.bin/oxlint', '--type-aware', '--deny-warnings'),
  exports: () => findMissingExports(root),
  reach: () => command('tools/reach.js'),
  docs: () => command('--conditions=watchword-source', 'tools/generate-docs.ts', '--check'),
  versions: () => findUnequalVersions(root),
  content: () => findForbiddenContent(root),
};

/**
 * @param {string[]} args of Node
 * @returns {Promise<string[]>}
 */
async function command(...args) {
  const { code, output } = await runChild(repositoryNode(root), args, { cwd: root, env: process.env });
  return code === 0 ? [] : [...output.trim().split('\n'), `(exit code ${code})`];
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in checks));
if (unknown.length > 0) {
  process.stderr.write(
    `check: no check is called ${unknown.join(', ')}; there are ${Object.keys(checks).join(', ')}.\n`,
  );
  process.exit(2);
}
let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const startedMs = performance.now();
  const complaints = await check();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(`${complaints.length === 0 ? 'ok    ' : 'failed'} ${name} (${seconds} s)\n`);
  for (const complaint of complaints) process.stdout.write(`       ${complaint}\n`);
  failed += complaints.length === 0 ? 0 : 1;
}
process.stdout.write(failed === 0 ? 'all checks passed\n' : `${failed} of the checks failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
