import assert from 'node:assert/strict';
import { join } from 'node:path';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { temporaryFolder, watchword } from '../run-watchword.ts';

test('migrate makes a database, says when there is nothing to do, and --check changes nothing', async (t) => {
  const data = join(await temporaryFolder(t), 'data');
  const migrate = async (...args: string[]) => {
    const { stdout, stderr, exitCode } = await watchword(['migrate', '--data', data, ...args]);
    assert.equal(stderr, '');
    return [stdout, exitCode];
  };
  assert.deepEqual(await migrate('--check'), ['There is no database yet.\n', 1]);
  assert.ok(!existsSync(data));
  const [made, code] = await migrate();
  assert.match(String(made), /^Made a database of version \d+\.\n$/);
  assert.equal(code, 0);
  const version = Number(/\d+/.exec(String(made))?.[0]);
  const same = `The database is at version ${version}, which is what this Watchword uses.\n`;
  assert.deepEqual(await migrate('--check'), [same, 0]);
  assert.deepEqual(await migrate(), [same, 0]);
  const json = { from: version, to: version, needed: false, migrated: false };
  assert.deepEqual(await migrate('--json'), [`${JSON.stringify(json)}\n`, 0]);

  const database = new DatabaseSync(join(data, 'watchword.db'));
  database.exec('PRAGMA user_version = 99');
  database.close();
  const newer = await watchword(['migrate', '--check', '--data', data]);
  assert.deepEqual([newer.stdout, newer.exitCode], ['', 2]);
  assert.match(newer.stderr, /was written by a newer Watchword/);
});

test('a database of the first version is found and brought up to date', async (t) => {
  const data = join(await temporaryFolder(t), 'data');
  mkdirSync(data, { mode: 0o700 });
  const database = new DatabaseSync(join(data, 'watchword.db'));
  database.exec(readFileSync(new URL('version-1.sql', import.meta.url), 'utf8'));
  database.close();
  const check = await watchword(['migrate', '--check', '--data', data, '--json']);
  assert.deepEqual([check.stderr, check.exitCode], ['', 1]);
  const { to, ...rest } = JSON.parse(check.stdout) as { to: number };
  assert.deepEqual(rest, { from: 1, needed: true, migrated: false });
  const asked = await watchword(['migrate', '--check', '--data', data]);
  const advice = 'back it up, then say watchword migrate.';
  assert.equal(asked.stdout, `The database is at version 1 and this Watchword uses ${to}: ${advice}\n`);
  const said = await watchword(['migrate', '--data', data]);
  assert.deepEqual(
    [said.stdout, said.stderr, said.exitCode],
    [`Migrated the database from version 1 to ${to}.\n`, '', 0],
  );
  assert.equal((await watchword(['migrate', '--check', '--data', data])).exitCode, 0);
});
