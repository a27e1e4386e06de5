/**
 * Proves what an import brings along: `node tools/reach.js [--source]`.
 *
 * Each of the library's entry points is imported in a process of its own that records every module which Node loads
 * for it. What is only imported dynamically is not loaded, and so rightly does not count. With `--source` the
 * TypeScript sources are loaded instead of the build.
 */
import { limits } from './reach/limits.js';
import { judgeReach, reachOf } from './reach/judge.js';
import { root } from './setup/root.js';

const fromSource = process.argv.includes('--source');
let failed = false;
for (const [entry, limit] of Object.entries(limits)) {
  const reach = reachOf(root, entry, { fromSource });
  const complaints = judgeReach(limit, reach);
  failed ||= complaints.length > 0;
  const verdict = complaints.length > 0 ? 'failed' : 'ok    ';
  process.stdout.write(`${verdict} ${entry}: ${'failure' in reach ? 'nothing' : summarize(reach)}\n`);
  for (const complaint of complaints) process.stdout.write(`       ${complaint}\n`);
}
process.exitCode = failed ? 1 : 0;

/** @param {import('./reach/judge.js').Reach} reach */
function summarize({ files, rooms, packages, builtins }) {
  const named = Object.entries({ rooms, packages, 'built-ins': builtins });
  return [`${files} files`, ...named.map(([what, names]) => `${what} ${names.join(' ') || 'none'}`)].join(
    '; ',
  );
}
