import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { asStoreError } from '../../src/stores/sqlite/sqlite-error.ts';
import { startChild } from './child-process.ts';
import type { Attempt } from './children/bounded-writer.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

/**
 * A limit on the size of files stands in for a full disk: `prlimit` is part of util-linux, which Debian
 * always has.
 */
const LIMITED = ['prlimit', '--fsize=600000:unlimited'];

test('when the disk is full writes fail with ERR_STORE_UNAVAILABLE, reads go on, and space brings writes back', async (t) => {
  const folder = createTemporaryFolder();
  const child = startChild('bounded-writer.ts', [join(folder.path, 'watchword.db')], LIMITED);
  t.after(async () => {
    await child.kill();
    folder.remove();
  });
  await child.hear();
  const full = await child.ask<Attempt>('write');
  t.diagnostic(`after ${full.written} sessions: ${String(full.detail)}`);
  assert.equal(full.failure, 'ERR_STORE_UNAVAILABLE');
  assert.equal(full.readable, full.written);
  const still = await child.ask<Attempt>('write');
  assert.equal(still.failure, 'ERR_STORE_UNAVAILABLE');
  execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']);
  const after = await child.ask<Attempt>('write');
  assert.equal(after.failure, undefined);
  assert.equal(after.readable, full.written + still.written + after.written);
});

test('errors of the file, the disk and the memory are the store’s; others are bugs; strangers pass', () => {
  const errorOf = (errcode: number) =>
    Object.assign(new Error('x'), { code: 'ERR_SQLITE_ERROR', errcode, errstr: 'what SQLite says' });
  const codeOf = (errcode: number) => (asStoreError(errorOf(errcode)) as { code: string }).code;
  // busy, busy_recovery, busy_snapshot, locked, nomem, readonly, ioerr_fsync, corrupt, full, cantopen,
  // protocol
  for (const errcode of [5, 261, 517, 6, 7, 8, 264, 1034, 11, 13, 14, 15]) {
    assert.equal(codeOf(errcode), 'ERR_STORE_UNAVAILABLE', String(errcode));
  }
  // error, constraint_unique, mismatch
  for (const errcode of [1, 2067, 20]) assert.equal(codeOf(errcode), 'ERR_INTERNAL', String(errcode));
  const stranger = new TypeError('mine');
  assert.equal(asStoreError(stranger), stranger);
});
