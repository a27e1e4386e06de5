import { strict as assert } from 'node:assert';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { ConfigurationError } from '../../src/errors/watchword-error.ts';
import { epochMs } from '../../src/domain/time.ts';
import { addRestoreAcceptance } from '../../src/stores/sqlite/restore-acceptance.ts';
import { rebuildSessions } from '../../src/stores/sqlite/rebuilt-sessions.ts';
import { INSERT_SESSION, sessionParameters } from '../../src/stores/sqlite/session-rows.ts';
import { createInitialSchema } from '../../src/stores/sqlite/initial-schema.ts';
import { NEWEST_VERSION } from '../../src/stores/sqlite/migrations.ts';
import { sqlite } from '../../src/stores/sqlite/index.ts';
import { realContext, sessionRow } from './real-context.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

function folderOf(t: TestContext): string {
  const { path, remove } = createTemporaryFolder();
  t.after(remove);
  return path;
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

/** Opening must be refused, in a sentence that says what to do, and must leave the file as it is. */
async function assertRefused(path: string, sentence: RegExp): Promise<void> {
  const before = statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path) : undefined;
  const mode = before && modeOf(path);
  await assert.rejects(sqlite(path).open(realContext()), (error) => {
    assert.ok(error instanceof ConfigurationError, String(error));
    assert.match(error.message, sentence);
    assert.match(error.message, /: (name|start|put|give) /, 'it says what to do');
    return true;
  });
  if (before === undefined) return;
  assert.deepEqual(readFileSync(path), before, 'the file is as it was');
  assert.equal(modeOf(path), mode);
}

test('the database, what SQLite puts beside it and the folders that were missing are their owner’s alone', async (t) => {
  const folder = folderOf(t);
  chmodSync(folder, 0o755);
  const path = join(folder, 'data', 'inner', 'watchword.db');
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const factory = sqlite(path);
  assert.equal(factory.developmentSecretPath, `${path}.secret`);
  assert.equal(factory.durable, true);
  const store = await factory.open(realContext());
  await store.sessions.start('alice', (startedMs) => sessionRow(startedMs));
  for (const file of [path, `${path}-wal`, `${path}-shm`]) assert.equal(modeOf(file), '600', file);
  assert.equal(modeOf(join(folder, 'data')), '700');
  assert.equal(modeOf(join(folder, 'data', 'inner')), '700');
  assert.equal(modeOf(folder), '755', 'folders that existed stay as they are');
  await store.close();
  assert.equal(modeOf(path), '600');
});

test('a database of ours that others could read is made private, with what lies beside it', async (t) => {
  const path = join(folderOf(t), 'watchword.db');
  const open = await sqlite(path).open(realContext());
  await open.sessions.start('alice', (startedMs) => sessionRow(startedMs));
  for (const file of [path, `${path}-wal`, `${path}-shm`]) chmodSync(file, 0o644);
  const store = await sqlite(path).open(realContext());
  for (const file of [path, `${path}-wal`, `${path}-shm`]) assert.equal(modeOf(file), '600', file);
  await store.close();
  await open.close();
});

test('the database has the settings that durability rests on, and says whose it is', async (t) => {
  const path = join(folderOf(t), 'watchword.db');
  await (await sqlite(path).open(realContext())).close();
  const database = new DatabaseSync(path, { readOnly: true });
  t.after(() => database.close());
  const valueOf = (sql: string) => Object.values(database.prepare(sql).get() ?? {})[0];
  assert.equal(valueOf('PRAGMA journal_mode'), 'wal');
  assert.equal(valueOf('PRAGMA application_id'), 0x57575244);
  assert.equal(valueOf('PRAGMA user_version'), NEWEST_VERSION);
  assert.equal(valueOf('PRAGMA integrity_check'), 'ok');
  const loose = database
    .prepare(`SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0`)
    .all();
  assert.deepEqual(
    loose.map(({ name }) => name).filter((name) => !String(name).startsWith('sqlite_')),
    [],
  );
});

test('an empty file and a link to one become a database', async (t) => {
  const folder = folderOf(t);
  writeFileSync(join(folder, 'empty.db'), '', { mode: 0o644 });
  symlinkSync(join(folder, 'empty.db'), join(folder, 'link.db'));
  const store = await sqlite(join(folder, 'link.db')).open(realContext());
  assert.equal((await store.revocations.head()).sequence, 0);
  await store.close();
  assert.equal(modeOf(join(folder, 'empty.db')), '600');
});

test('a database of a newer version is refused', async (t) => {
  const path = join(folderOf(t), 'watchword.db');
  await (await sqlite(path).open(realContext())).close();
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 99');
  database.close();
  await assertRefused(path, new RegExp(`its version is 99, this one reads up to ${NEWEST_VERSION}\\)`));
});

test('a session of the second version is the same in the newest, and is remembered', async (t) => {
  const path = join(folderOf(t), 'watchword.db');
  const context = realContext();
  const record = sessionRow(epochMs(1_767_225_600_000));
  const database = new DatabaseSync(path);
  createInitialSchema(database, context.random);
  addRestoreAcceptance(database);
  const names =
    INSERT_SESSION.match(/\(([^)]*)\) VALUES/)?.[1]
      ?.split(',')
      .map((name) => name.trim()) ?? [];
  const values = sessionParameters(record);
  const isOld = (name: string) => !['remembered', 'address_prefix', 'user_agent'].includes(name);
  const old = names.filter(isOld);
  const insert = database.prepare(
    `INSERT INTO sessions (${old.join(', ')}) VALUES (${old.map(() => '?').join(', ')})`,
  );
  insert.run(...values.filter((_, index) => isOld(names[index] ?? '')));
  database.exec('PRAGMA application_id = 0x57575244; PRAGMA user_version = 2');
  database.close();
  const store = await sqlite(path).open(context);
  t.after(() => store.close());
  assert.deepEqual((await store.sessions.find(record.session.id))?.record, record);
  const reopened = new DatabaseSync(path, { readOnly: true });
  t.after(() => reopened.close());
  const indexes = reopened.prepare(`SELECT count(*) AS n FROM sqlite_schema WHERE name LIKE 'sessions_by_%'`);
  assert.equal(indexes.get()?.['n'], 3);
});

test('a database of the third version knows no clients, and takes them afterwards; its sessions stay', async (t) => {
  const path = join(folderOf(t), 'watchword.db');
  const context = realContext();
  const record = sessionRow(epochMs(1_767_225_600_000));
  const database = new DatabaseSync(path);
  createInitialSchema(database, context.random);
  addRestoreAcceptance(database);
  rebuildSessions(database);
  database.prepare(INSERT_SESSION).run(...sessionParameters(record));
  database.exec('PRAGMA application_id = 0x57575244; PRAGMA user_version = 3');
  database.close();
  const [store, other] = await Promise.all([sqlite(path).open(context), sqlite(path).open(context)]);
  t.after(() => Promise.all([store.close(), other.close()]));
  assert.deepEqual((await store.sessions.find(record.session.id))?.record, record);
  assert.deepEqual(await store.clients.list(), []);
  const nowMs = epochMs(1);
  const client = { id: 'billing', name: 'Billing', roles: [], createdMs: nowMs, secretChangedMs: nowMs };
  assert.equal(await store.clients.create({ client, secretHash: new Uint8Array(32) }), 'created');
  assert.deepEqual(await other.clients.list(), [client]);
});

test('a database of the first version is brought to the newest, and keeps what is in it', async (t) => {
  const path = join(folderOf(t), 'watchword.db');
  const context = realContext();
  const database = new DatabaseSync(path);
  createInitialSchema(database, context.random);
  database.exec('UPDATE longest_lifetimes SET token_ms = 7, session_ms = 8');
  database.exec('PRAGMA application_id = 0x57575244; PRAGMA user_version = 1');
  database.close();
  const store = await sqlite(path).open(context);
  t.after(() => store.close());
  assert.deepEqual(await store.raiseLifetimes({ tokenMs: 0, sessionMs: 0 }), { tokenMs: 7, sessionMs: 8 });
  assert.equal(await store.restoreAcceptedUntilMs(), 0);
  await store.acceptRestore(epochMs(9));
  assert.equal(await store.restoreAcceptedUntilMs(), 9);
});

test('the database of another program is refused and left alone', async (t) => {
  const folder = folderOf(t);
  const setups: Record<string, string> = {
    tables: 'CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES (1)',
    wal: 'PRAGMA journal_mode = WAL; CREATE TABLE notes (text TEXT)',
    'application id': 'PRAGMA application_id = 1234',
    'user version': 'PRAGMA user_version = 1',
    'tables of our names': 'CREATE TABLE sessions (id TEXT); PRAGMA user_version = 1',
  };
  for (const [name, sql] of Object.entries(setups)) {
    const path = join(folder, `${name}.db`);
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
    chmodSync(path, 0o644);
    await assertRefused(path, /is the database of another program: name a path/);
  }
});

test('a file that is no database, and what is no file, is refused and left alone', async (t) => {
  const folder = folderOf(t);
  writeFileSync(join(folder, 'notes.txt'), 'these are my notes\n'.repeat(100));
  await assertRefused(join(folder, 'notes.txt'), /is not a database/);
  writeFileSync(join(folder, 'short'), 'x');
  await assertRefused(join(folder, 'short'), /is not a database|another program/);
  mkdirSync(join(folder, 'folder'));
  await assertRefused(join(folder, 'folder'), /is not a file/);
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
  await assertRefused(join(folder, 'dangling'), /cannot be created/);
  await assertRefused(join(folder, 'notes.txt', 'watchword.db'), /cannot be created/);
  await assertRefused(`/proc/nowhere/watchword.db`, /cannot be created/);
});

test('paths that cannot mean a file are refused before anything is opened', () => {
  for (const path of ['', '  ', 'a\0b', undefined, 7] as string[]) {
    assert.throws(() => sqlite(path), {
      code: 'ERR_CONFIG',
      message: /takes the path of a file: write for example/,
    });
  }
  assert.throws(() => sqlite(':memory:'), {
    code: 'ERR_CONFIG',
    message: /`memory\(\)` from "watchword\/memory"/,
  });
  assert.throws(() => sqlite('file:app.db?mode=memory'), {
    code: 'ERR_CONFIG',
    message: /leave out "file:"/,
  });
});
