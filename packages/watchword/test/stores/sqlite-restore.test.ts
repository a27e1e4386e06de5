import { strict as assert } from 'node:assert';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { backupSqlite, restoreSqlite, sqlite } from '../../src/stores/sqlite/index.ts';
import { NEWEST_VERSION } from '../../src/stores/sqlite/migrations.ts';
import { startChild } from './child-process.ts';
import { realContext, sessionRow } from './real-context.ts';
import { rounds } from './seed.ts';
import { damage } from './damage.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

interface Scene {
  readonly folder: string;
  readonly path: string;
  /** Has the sessions of alice, and the database has those of bob as well. */
  readonly backup: string;
  readonly kept: string;
}

async function stage(t: TestContext): Promise<Scene> {
  const { path: folder, remove } = createTemporaryFolder();
  t.after(remove);
  const scene = {
    folder,
    path: join(folder, 'watchword.db'),
    backup: join(folder, 'backup.db'),
    kept: join(folder, 'watchword.db.kept'),
  };
  await startSession(scene.path, 'alice');
  await backupSqlite(scene.path, scene.backup);
  await startSession(scene.path, 'bob');
  return scene;
}

async function startSession(path: string, subject: string): Promise<void> {
  const store = await sqlite(path).open(realContext());
  await store.sessions.start(subject, (startedMs) => sessionRow(startedMs, subject));
  await store.close();
}

function subjectsIn(path: string): readonly unknown[] {
  const database = new DatabaseSync(path, { readOnly: true });
  assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
  const rows = database.prepare('SELECT subject FROM sessions ORDER BY subject').all();
  database.close();
  return rows.map(({ subject }) => subject);
}

const restore = ({ backup, path, kept }: Scene) => restoreSqlite(backup, path, { keepOldAs: kept });

test('a restored database is the backup, and the one before is kept, both as single files of their owner', async (t) => {
  const scene = await stage(t);
  assert.deepEqual(await restore(scene), {
    keptOld: true,
    version: NEWEST_VERSION,
    bytes: statSync(scene.backup).size,
  });
  assert.deepEqual(subjectsIn(scene.path), ['alice']);
  assert.deepEqual(subjectsIn(scene.kept), ['alice', 'bob']);
  assert.deepEqual(subjectsIn(scene.backup), ['alice']);
  for (const path of [scene.path, scene.kept]) {
    if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600);
  }
  const files = ['backup.db', 'watchword.db', 'watchword.db.kept'];
  assert.deepEqual(readdirSync(scene.folder).toSorted(), files);
  await startSession(scene.path, 'carol');
  assert.deepEqual(subjectsIn(scene.path), ['alice', 'carol']);
});

test('what was in the write-ahead log of a server that was killed is kept too', async (t) => {
  const scene = await stage(t);
  const writer = startChild('relentless-writer.ts', [scene.path]);
  await new Promise<void>((resolve) => {
    writer.process.stdout?.on('data', (text) => String(text).includes('"started"') && resolve());
  });
  await writer.kill();
  assert.ok(existsSync(`${scene.path}-wal`));
  await restore(scene);
  assert.deepEqual(subjectsIn(scene.path), ['alice']);
  assert.ok(subjectsIn(scene.kept).length > 2);
  assert.ok(!existsSync(`${scene.path}-wal`));
});

test('where there is no database the backup becomes it, whatever log was left there', async (t) => {
  const scene = await stage(t);
  const holder = new DatabaseSync(scene.path);
  holder.exec("PRAGMA journal_mode = WAL; UPDATE sessions SET subject = 'mallory'");
  copyFileSync(`${scene.path}-wal`, join(scene.folder, 'stale'));
  holder.close();
  rmSync(scene.path);
  copyFileSync(join(scene.folder, 'stale'), `${scene.path}-wal`);
  assert.equal((await restore(scene)).keptOld, false);
  assert.deepEqual(subjectsIn(scene.path), ['alice']);
  assert.ok(existsSync(`${scene.kept}-wal`));
});

test('a folder that does not exist is made', async (t) => {
  const scene = await stage(t);
  const path = join(scene.folder, 'new', 'data', 'watchword.db');
  await restoreSqlite(scene.backup, path, { keepOldAs: `${path}.kept` });
  assert.deepEqual(subjectsIn(path), ['alice']);
});

test('nothing is touched while anybody has the database open, however idle', async (t) => {
  const scene = await stage(t);
  const store = await sqlite(scene.path).open(realContext());
  await assert.rejects(restore(scene), { code: 'ERR_CONFIG', message: /is in use: stop what uses it/ });
  assert.ok(await store.isReady());
  await store.close();
  assert.deepEqual(subjectsIn(scene.path), ['alice', 'bob']);
  assert.ok(!existsSync(scene.kept));
});

const BAD_BACKUPS: readonly (readonly [what: string, spoil: (path: string) => void, sentence: RegExp])[] = [
  ['is missing', (path) => rmSync(path), /There is no file/],
  ['is empty', (path) => writeFileSync(path, ''), /holds no tables of Watchword’s/],
  ['is a text', (path) => writeFileSync(path, 'no database '.repeat(500)), /is not a database/],
  ['is cut off', (path) => writeFileSync(path, readFileSync(path).subarray(0, 20_000)), /damaged|malformed/],
  ['is another program’s', (path) => change(path, 'PRAGMA application_id = 1'), /of another program/],
  ['is of a newer version', (path) => change(path, 'PRAGMA user_version = 99'), /by a newer Watchword/],
  ['is damaged inside', (path) => damage(path, 'sessions'), /is damaged/],
];

function change(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

for (const [what, spoil, sentence] of BAD_BACKUPS) {
  test(`a backup that ${what} is refused, and the database stays as it is`, async (t) => {
    const scene = await stage(t);
    spoil(scene.backup);
    const before = readFileSync(scene.path);
    const names = readdirSync(scene.folder).toSorted();
    await assert.rejects(restore(scene), (error) => {
      const { message = '', detail = '' } = error as { message?: string; detail?: string };
      assert.match(`${message} ${detail}`, sentence);
      return true;
    });
    assert.deepEqual(readFileSync(scene.path), before);
    assert.deepEqual(readdirSync(scene.folder).toSorted(), names);
  });
}

test('the database of another program is left alone', async (t) => {
  const scene = await stage(t);
  change(scene.path, 'PRAGMA application_id = 1');
  await assert.rejects(restore(scene), { message: /is the database of another program: it is left alone/ });
  assert.deepEqual(subjectsIn(scene.path), ['alice', 'bob']);
});

test('a database of a newer version may be replaced: that is how an upgrade is undone', async (t) => {
  const scene = await stage(t);
  change(scene.path, 'PRAGMA user_version = 99');
  await restore(scene);
  assert.deepEqual(subjectsIn(scene.path), ['alice']);
});

test('a database that is none any more is moved aside as it is', async (t) => {
  const scene = await stage(t);
  writeFileSync(scene.path, 'scrambled '.repeat(1000));
  assert.equal((await restore(scene)).keptOld, true);
  assert.deepEqual(subjectsIn(scene.path), ['alice']);
  assert.match(readFileSync(scene.kept, 'utf8'), /^scrambled/);
});

test('a name that is taken is not used to keep the database', async (t) => {
  const scene = await stage(t);
  writeFileSync(scene.kept, 'precious');
  await assert.rejects(restore(scene), { message: /exists, and nothing is overwritten here/ });
  assert.equal(readFileSync(scene.kept, 'utf8'), 'precious');
  assert.deepEqual(subjectsIn(scene.path), ['alice', 'bob']);
});

test('killed at any moment, a restore leaves the database of before or the backup, whole', async (t) => {
  const count = rounds(6, 60);
  const seen = new Set<string>();
  for (let round = 0; round < count; round += 1) {
    const scene = await stage(t);
    const child = startChild('copier.ts', ['restore', scene.backup, scene.path, scene.kept]);
    await child.hear();
    await delay((round / count) * 40);
    await child.kill();
    const store = await sqlite(scene.path).open(realContext());
    await store.close();
    const subjects = subjectsIn(scene.path).join();
    assert.ok(['alice', 'alice,bob'].includes(subjects), subjects);
    if (existsSync(scene.kept)) assert.deepEqual(subjectsIn(scene.kept), ['alice', 'bob']);
    else assert.equal(subjects, 'alice,bob', 'replaced before it was kept');
    seen.add(subjects);
  }
  t.diagnostic(`found after the kills: ${[...seen].join(' and ')}`);
});
