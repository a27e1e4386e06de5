import { strict as assert } from 'node:assert';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { startPgbouncer, startPostgres } from '../../../../tools/test-servers/index.ts';
import { ConfigurationError, WatchwordError } from '../../src/errors/watchword-error.ts';
import { inspectPostgres, postgres } from '../../src/stores/postgres/index.ts';
import { lockOf } from '../../src/stores/postgres/locks.ts';
import { LIFETIMES, realContext, sessionRow } from './real-context.ts';

const server = await startPostgres({ after });

async function asAdmin(text: string, url = server.adminUrl): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of text.split(';')) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The sentence with which a database is refused. */
async function refusal(url: string, options = {}): Promise<string> {
  const opening = postgres(url, options).open(realContext({ patienceMs: 3000 }));
  const error = await opening.then(
    (store) => store.close().then(() => undefined),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ConfigurationError, String(error));
  return error.message;
}

test('an address that is none, or of something else, is refused without being shown', () => {
  const refused: readonly [unknown, RegExp][] = [
    ['', /write for example postgres:\/\//],
    ['db.example', /is none/],
    [undefined, /is none/],
    ['postgres://user:hunter2@[/app', /is none/],
    ['mysql://user:hunter2@db.example/app', /begins with postgres:\/\//],
    ['postgres:///app', /names no host/],
  ];
  for (const [url, sentence] of refused) {
    assert.throws(
      () => postgres(url as string),
      (error) =>
        error instanceof ConfigurationError &&
        sentence.test(error.message) &&
        !JSON.stringify([error.message, error.cause ?? '']).includes('hunter2'),
      String(url),
    );
  }
  assert.throws(() => postgres('postgres://h/d', { listenUrl: 'redis://h' }), /`listenUrl`/);
  assert.throws(() => postgres('postgres://h/d', { schema: 'Robert"; --' }), /`schema`/);
  assert.throws(() => postgres('postgres://h/d', { schema: 'pg_catalog' }), /`schema`/);
  assert.throws(() => postgres('postgres://h/d', { connections: 1 }), /`connections`/);
  assert.throws(() => postgres('postgres://h/d', { pool: 4 } as object), /no option "pool"/);
});

test('who is not let in, and what is not there, is told what to set, without the password', async () => {
  const missing = new URL(server.urlOf('missing'));
  missing.password = 'hunter2';
  const sentence = await refusal(missing.href);
  assert.match(sentence, /There is no database at 127\.0\.0\.1:\d+\/missing/);
  const unknown = missing.href.replace('watchword:', 'nobody:');
  assert.match(await refusal(unknown), /does not let this user in/);
  assert.ok(!sentence.includes('hunter2'));
  await asAdmin('CREATE DATABASE closed; CREATE ROLE guest LOGIN');
  const guest = server.urlOf('closed').replace('watchword@', 'guest@');
  assert.match(await refusal(guest), /may not create/);
  await asAdmin(
    'CREATE SCHEMA watchword AUTHORIZATION guest',
    server.adminUrl.replace(/postgres$/, 'closed'),
  );
  await (await postgres(guest).open(realContext())).close();
});

test('a server that does not keep what it acknowledges is refused, whoever set it so', async () => {
  const url = await server.createDatabase('careless');
  await asAdmin('ALTER DATABASE careless SET synchronous_commit = off');
  assert.match(await refusal(url), /synchronous_commit off .*ALTER ROLE and ALTER DATABASE/);
  await asAdmin(
    'ALTER DATABASE careless RESET synchronous_commit; ALTER ROLE watchword SET synchronous_commit = off',
  );
  assert.match(await refusal(url), /synchronous_commit off/);
  await asAdmin('ALTER ROLE watchword SET synchronous_commit = local');
  await (await postgres(url).open(realContext())).close();
  await asAdmin(
    'ALTER ROLE watchword RESET synchronous_commit; ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf()',
  );
  await delay(200);
  assert.match(await refusal(url), /fsync off/);
  await asAdmin('ALTER SYSTEM RESET fsync; SELECT pg_reload_conf()');
});

test('a database of another encoding, of another program or of a newer version is refused', async () => {
  await asAdmin("CREATE DATABASE latin OWNER watchword ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
  assert.match(await refusal(server.urlOf('latin')), /keeps text as LATIN1/);
  const url = await server.createDatabase('shared');
  await asAdmin('CREATE SCHEMA watchword; CREATE TABLE watchword.orders (id integer)', url);
  assert.match(await refusal(url), /tables of another program/);
  await assert.rejects(inspectPostgres(url), /tables of another program/);
  const options = { schema: 'newer' };
  assert.equal((await inspectPostgres(url, options)).kind, 'empty');
  await (await postgres(url, options).open(realContext())).close();
  const { newestVersion, ...content } = await inspectPostgres(url, options);
  assert.deepEqual(content, { kind: 'ours', version: newestVersion });
  await asAdmin('INSERT INTO newer.migrations (version) VALUES (1000)', url);
  assert.match(await refusal(url, options), /written by a newer Watchword \(its version is 1000/);
});

test('how a database writes bytes, and isolates transactions by default, changes nothing', async (t) => {
  const url = await server.createDatabase('peculiar');
  await asAdmin(
    "ALTER DATABASE peculiar SET bytea_output = 'escape'; ALTER DATABASE peculiar SET default_transaction_isolation = 'serializable'; " +
      "ALTER DATABASE peculiar SET lock_timeout = '50ms'",
  );
  const store = await postgres(url).open(realContext());
  t.after(() => store.close());
  const started = await store.sessions.start('alice', (startedMs) => sessionRow(startedMs));
  const { id } = started.session;
  assert.deepEqual((await store.sessions.find(id))?.record, started);
  const starting = new Client({ connectionString: url });
  await starting.connect();
  t.after(() => starting.end());
  const { key } = lockOf('shared', '"watchword"', 'all');
  await starting.query(`BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock_shared(${key})`);
  const revoking = store.revocations.revoke([{ kind: 'all' }], LIFETIMES);
  const waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
  while ((await starting.query(waiting)).rowCount === 0) await delay(10);
  await delay(200);
  // What starts while everybody is to be cut off, by a clock that is ahead.
  await starting.query(`UPDATE watchword.sessions SET started_ms = started_ms + 5000; COMMIT`);
  await revoking;
  assert.equal((await store.sessions.find(id))?.record.session.ended?.reason, 'revoked');
});

test('two roles that may ask a server more and less about itself agree on the history', async (t) => {
  const url = await server.createDatabase('roles');
  // For everybody in this database: so the one who opens it next knows less than who opened it before.
  const knowing = await postgres(url).open(realContext());
  t.after(() => knowing.close());
  await asAdmin(
    'REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC',
    server.adminUrl.replace(/\/postgres$/, '/roles'),
  );
  const unknowing = await postgres(url).open(realContext());
  t.after(() => unknowing.close());
  await asAdmin(
    'GRANT EXECUTE ON FUNCTION pg_control_system() TO PUBLIC',
    server.adminUrl.replace(/\/postgres$/, '/roles'),
  );
  const { epoch } = await knowing.revocations.head();
  for (const store of [unknowing, knowing, unknowing, knowing]) {
    const { head } = await store.revocations.revoke([{ kind: 'all' }], LIFETIMES);
    assert.equal(head.epoch, epoch);
  }
});

test('through a transaction pooler it polls, and listens where it is told of a direct address', async (t) => {
  const pooler = await startPgbouncer(server, t);
  await server.createDatabase('pooled');
  const ways = [
    { options: { listenUrl: server.urlOf('pooled') }, noticesBy: 'notification' },
    { options: {}, noticesBy: 'polling' },
  ];
  for (const { options, noticesBy } of ways) {
    const store = await postgres(pooler.urlOf('pooled'), options).open(realContext());
    const stop = store.watch({ looked: () => {} });
    for (let tries = 0; tries < 100 && store.noticesBy?.() !== 'notification'; tries += 1) {
      if (noticesBy === 'polling' && tries > 20) break;
      await delay(20);
    }
    assert.equal(store.noticesBy?.(), noticesBy);
    stop();
    await store.close();
  }
  assert.ok(!server.readLog().includes('ERROR:  prepared statement'));
});

test('a standby is refused at the start, is unavailable later, and its promotion begins a new epoch', async () => {
  const store = await postgres(server.url).open(realContext({ patienceMs: 2500 }));
  const { records, head } = await store.revocations.revoke([{ kind: 'all' }], LIFETIMES);
  const seen: string[] = [];
  const stop = store.watch({ looked: (sighting) => seen.push(sighting.head.epoch) });
  const signal = join(server.folder, 'data', 'standby.signal');
  await server.stop('fast');
  writeFileSync(signal, '', { mode: 0o644 });
  appendFileSync(join(server.folder, 'data', 'postgresql.auto.conf'), "restore_command = 'false'\n");
  const starting = server.start();
  const answers = async (): Promise<boolean> =>
    asAdmin('SELECT 1').then(
      () => true,
      () => false,
    );
  while (!(await answers())) await delay(50);
  assert.match(await refusal(server.url), /is a standby/);
  const isUnavailable = (error: unknown): boolean =>
    error instanceof WatchwordError && error.code === 'ERR_STORE_UNAVAILABLE';
  await assert.rejects(store.revocations.head(), isUnavailable);
  await assert.rejects(store.revocations.revoke([{ kind: 'all' }], LIFETIMES), isUnavailable);
  assert.equal(await store.isReady(), false);
  const looks = seen.length;
  await delay(300);
  assert.equal(seen.length, looks, 'nothing is told of what a standby knows');
  await asAdmin('SELECT pg_promote()');
  await starting;
  for (let tries = 0; tries < 100 && seen.length === looks; tries += 1) await delay(20);
  const promoted = await store.revocations.head();
  assert.notEqual(promoted.epoch, head.epoch);
  assert.equal(seen.at(-1), promoted.epoch);
  assert.deepEqual({ ...promoted, epoch: head.epoch }, head);
  assert.deepEqual(await store.revocations.readAfter(0, 10), records);
  stop();
  await store.close();
  rmSync(signal, { force: true });
});
