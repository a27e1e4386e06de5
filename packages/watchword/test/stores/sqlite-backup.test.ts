import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from '../../src/errors/watchword-error.ts';
import { backupSqlite, inspectSqlite, sqlite } from '../../src/stores/sqlite/index.ts';
import { NEWEST_VERSION } from '../../src/stores/sqlite/migrations.ts';
import { startChild } from './child-process.ts';
import type { Acknowledged } from './children/relentless-writer.ts';
import { realContext } from './real-context.ts';
import { rounds } from './seed.ts';
import { damage } from './damage.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

const APPLICATION_ID = 0x57575244;

function folderOf(t: TestContext): string {
  const { path, remove } = createTemporaryFolder();
  t.after(remove);
  return path;
}

async function createDatabase(path: string): Promise<void> {
  await (await sqlite(path).open(realContext())).close();
}

/** So many megabytes that a copy takes a while. */
function fill(path: string, megabytes: number): void {
  const database = new DatabaseSync(path);
  const insert = database.prepare(
    'INSERT INTO accounts (id, email, email_key, created_ms, password_hash) VALUES (?, ?, ?, 0, ?)',
  );
  database.exec('BEGIN');
  for (let row = 0; row < megabytes * 1000; row += 1)
    insert.run(`filler ${row}`, 'x', `filler ${row}`, 'x'.repeat(900));
  database.exec('COMMIT');
  database.close();
}

/** What a copy says of itself, without leaving anything beside it. */
function look(path: string): Record<string, unknown> {
  const database = new DatabaseSync(path, { readOnly: true });
  const pragma = (name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  const seen = {
    integrity: pragma('integrity_check'),
    applicationId: pragma('application_id'),
    version: pragma('user_version'),
    journal: pragma('journal_mode'),
  };
  database.close();
  return seen;
}

const WHOLE = {
  integrity: 'ok',
  applicationId: APPLICATION_ID,
  version: NEWEST_VERSION,
  journal: 'delete',
};

test('a backup beside a writer that never rests ends, is whole, and has all that was acknowledged before', async (t) => {
  const folder = folderOf(t);
  const path = join(folder, 'watchword.db');
  await createDatabase(path);
  fill(path, 20);
  const writer = startChild('relentless-writer.ts', [path]);
  t.after(() => writer.kill());
  assert.ok(writer.process.stdout);
  const acknowledged: Acknowledged[] = [];
  const lines = createInterface({ input: writer.process.stdout });
  lines.on('line', (line) => acknowledged.push(JSON.parse(line) as Acknowledged));
  while (acknowledged.length < 50) await delay(5);

  for (let round = 0; round < rounds(3, 30); round += 1) {
    const before = [...acknowledged];
    const destination = join(folder, `${round}.db`);
    const progress: number[] = [];
    const { bytes, version } = await backupSqlite(path, destination, {
      onProgress: ({ copiedPages, totalPages }) => progress.push(copiedPages / totalPages),
    });
    assert.ok(acknowledged.length > before.length, 'others wrote meanwhile');
    assert.deepEqual(look(destination), WHOLE);
    assert.deepEqual({ bytes, version }, { bytes: statSync(destination).size, version: NEWEST_VERSION });
    assert.ok(progress.length >= 5 && progress.every((part) => part > 0 && part <= 1), String(progress));
    assertHas(destination, before);
  }
});

function assertHas(path: string, acknowledged: readonly Acknowledged[]): void {
  const database = new DatabaseSync(path, { readOnly: true });
  const sessions = new Set(
    database
      .prepare('SELECT lower(hex(id)) AS id FROM sessions')
      .all()
      .map(({ id }) => String(id)),
  );
  const { least, most, count } = database
    .prepare('SELECT min(sequence) AS least, max(sequence) AS most, count(*) AS count FROM revocations')
    .get() as Record<string, number>;
  const { sequence: head } = database.prepare('SELECT sequence FROM feed_head').get() as Record<
    string,
    number
  >;
  database.close();
  assert.equal(head, most, 'the log and its head are of one moment');
  assert.equal(count, (most ?? 0) - (least ?? 0) + 1, 'the log has no gap');
  for (const each of acknowledged) {
    if (each.what === 'started') assert.ok(sessions.has(each.id.replaceAll('-', '')), `session ${each.id}`);
    if (each.what === 'revoked') assert.ok(each.sequence <= (most ?? 0), `revocation ${each.sequence}`);
  }
}

test('its owner alone may read a backup, and nothing else is left beside it', async (t) => {
  const folder = folderOf(t);
  const path = join(folder, 'watchword.db');
  await createDatabase(path);
  const destination = join(folder, 'copy.db');
  await backupSqlite(path, destination);
  if (process.platform !== 'win32') assert.equal(statSync(destination).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(folder).toSorted(), ['copy.db', 'watchword.db']);
});

test('nothing is overwritten, not even what a link points to or nothing yet', async (t) => {
  const folder = folderOf(t);
  const path = join(folder, 'watchword.db');
  await createDatabase(path);
  writeFileSync(join(folder, 'taken'), 'precious');
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
  for (const name of ['taken', 'dangling', 'watchword.db']) {
    const refused = backupSqlite(path, join(folder, name));
    await assert.rejects(refused, (error) => {
      assert.ok(error instanceof ConfigurationError);
      assert.match(error.message, /exists, and nothing is overwritten here/);
      return true;
    });
  }
  assert.ok(!existsSync(join(folder, 'nowhere')));
});

test('what cannot be backed up is refused in a sentence, and leaves nothing', async (t) => {
  const folder = folderOf(t);
  const foreign = new DatabaseSync(join(folder, 'foreign.db'));
  foreign.exec('CREATE TABLE recipes (name TEXT)');
  foreign.close();
  writeFileSync(join(folder, 'text.db'), 'This is no database at all. '.repeat(100));
  const path = join(folder, 'watchword.db');
  await createDatabase(path);
  const before = readdirSync(folder).toSorted();
  const refusals: readonly (readonly [from: string, to: string, sentence: RegExp])[] = [
    ['missing.db', 'copy', /There is no database at/],
    ['foreign.db', 'copy', /is the database of another program/],
    ['text.db', 'copy', /is not a database/],
    ['watchword.db', 'no/such/folder', /cannot be written \(ENOENT\): name one in a folder/],
  ];
  for (const [from, to, sentence] of refusals) {
    const refused = backupSqlite(join(folder, from), join(folder, to));
    await assert.rejects(refused, { code: 'ERR_CONFIG', message: sentence });
  }
  assert.deepEqual(readdirSync(folder).toSorted(), before);
});

test('a database that is damaged inside makes no backup', async (t) => {
  const folder = folderOf(t);
  const path = join(folder, 'watchword.db');
  await createDatabase(path);
  fill(path, 1);
  damage(path, 'accounts');
  await assert.rejects(backupSqlite(path, join(folder, 'copy')), { message: /is damaged/ });
  assert.ok(!existsSync(join(folder, 'copy')));
});

test('killed at any moment, a backup leaves no file under its name, or a whole one', async (t) => {
  const folder = folderOf(t);
  const path = join(folder, 'watchword.db');
  await createDatabase(path);
  fill(path, 20);
  let unfinished = 0;
  const count = rounds(6, 60);
  for (let round = 0; round < count; round += 1) {
    const destination = join(folder, `${round}.db`);
    const child = startChild('copier.ts', ['backup', path, destination]);
    await child.hear();
    await delay((round / count) * 250);
    await child.kill();
    if (existsSync(destination)) assert.deepEqual(look(destination), WHOLE);
    else unfinished += 1;
  }
  assert.ok(unfinished > 0, 'no backup was killed on the way');
  assert.deepEqual(inspectSqlite(path), {
    kind: 'ours',
    version: NEWEST_VERSION,
    newestVersion: NEWEST_VERSION,
  });
});

test('an inspection changes nothing', async (t) => {
  const path = join(folderOf(t), 'watchword.db');
  assert.deepEqual(inspectSqlite(path), { kind: 'missing', newestVersion: NEWEST_VERSION });
  assert.ok(!existsSync(path));
  await createDatabase(path);
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 2');
  database.close();
  assert.deepEqual(inspectSqlite(path), { kind: 'ours', version: 2, newestVersion: NEWEST_VERSION });
  assert.deepEqual(inspectSqlite(path), { kind: 'ours', version: 2, newestVersion: NEWEST_VERSION });
});
