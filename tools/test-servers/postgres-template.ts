import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from './find-program.js';
import { giveTo, type Account } from './unprivileged.ts';

const kept = fileURLToPath(new URL('../../.runtime', import.meta.url));

/**
 * Puts a new cluster to `target`: a copy of one that was made once, since making one takes longer than most tests.
 * All copies share their system identifier, and have a role `watchword`, no superuser, with a database of its name.
 */
export function copyCluster(target: string, account: Account | undefined): void {
  const initdb = findProgram('initdb', 'postgresql');
  const version = /[\d.]+/.exec(run(initdb, ['--version'], undefined))?.[0] ?? 'unknown';
  const template = join(kept, `postgres-template-${version}-${account?.uid ?? 'own'}`);
  if (!existsSync(template)) makeTemplate(template, initdb, account);
  run('cp', ['-a', template, target], undefined);
}

/** Made beside its place and moved there whole, because several tests start at once. */
function makeTemplate(template: string, initdb: string, account: Account | undefined): void {
  const work = mkdtempSync(join(tmpdir(), 'watchword-initdb-'));
  giveTo(account, work);
  mkdirSync(kept, { recursive: true });
  const made = join(work, 'data');
  const copy = mkdtempSync(join(kept, 'postgres-template-new-'));
  try {
    const locale = ['--encoding=UTF8', '--locale=C.UTF-8', '--lc-messages=C'];
    run(initdb, ['-D', made, '-U', 'postgres', '--auth=trust', '--no-sync', ...locale], account);
    const setUp = 'CREATE ROLE watchword LOGIN;\nCREATE DATABASE watchword OWNER watchword;\n';
    run(findProgram('postgres', 'postgresql'), ['--single', '-D', made, 'postgres'], account, setUp);
    run('cp', ['-a', made, join(copy, 'data')], undefined);
    chmodSync(join(copy, 'data'), 0o700);
    if (!existsSync(template)) moveUnlessThere(join(copy, 'data'), template);
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(copy, { recursive: true, force: true });
  }
}

function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

function run(command: string, args: readonly string[], account: Account | undefined, input = ''): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    ...account,
    cwd: tmpdir(),
    input,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command} failed: ${stderr || String(error)}`);
  return stdout;
}
