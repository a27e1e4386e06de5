import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import {
  startPgbouncer,
  startPostgres,
  startRedis,
  startTcpProxy,
  type Postgres,
  type TcpProxy,
} from '../test-servers/index.ts';
import { isRunning } from '../setup/processes.js';

describe('private servers', { skip: process.platform !== 'linux' }, () => {
  let postgres: Postgres;
  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres.close());

  test('PostgreSQL has an owner who is no superuser, empty databases, and is durable', async () => {
    const url = await postgres.createDatabase('of its own');
    assert.deepEqual(
      await ask(
        url,
        "SELECT current_user AS who, usesuper AS is_super, current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS waits FROM pg_user WHERE usename = current_user",
      ),
      [{ who: 'watchword', is_super: false, fsync: 'on', waits: 'on' }],
    );
    assert.deepEqual(await ask(postgres.url, 'SELECT count(*)::int AS n FROM pg_stat_user_tables'), [
      { n: 0 },
    ]);
  });

  test('what is committed survives a crash, a stop and a start', async () => {
    await ask(postgres.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    const { pid } = postgres;
    await postgres.kill();
    await assert.rejects(ask(postgres.url, 'SELECT 1'), /ECONNREFUSED/);
    await postgres.start();
    assert.notEqual(postgres.pid, pid);
    assert.match(postgres.readLog(), /not properly shut down/);
    await postgres.stop();
    await postgres.start();
    assert.deepEqual(await ask(postgres.url, 'SELECT n FROM kept'), [{ n: 1 }]);
  });

  test('one that is frozen answers when it runs again', async () => {
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    postgres.pause();
    const answer = client.query<{ n: number }>('SELECT 1 AS n').then(({ rows }) => rows);
    assert.equal(await Promise.race([answer, pause(100, 'silence')]), 'silence');
    postgres.resume();
    assert.deepEqual(await answer, [{ n: 1 }]);
    await client.end();
  });

  test('the pooler hands out a connection for each transaction', async (t) => {
    const pooler = await startPgbouncer(postgres, t);
    assert.deepEqual(await ask(pooler.url, 'SELECT current_user AS who'), [{ who: 'watchword' }]);
    assert.match(pooler.readLog(), /process up/);
    const clients = await Promise.all(
      Array.from({ length: 25 }, async () => {
        const client = new Client({ connectionString: pooler.url });
        await client.connect();
        await client.query('SELECT 1');
        return client;
      }),
    );
    const [row] = await ask(
      postgres.url,
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = 'watchword'",
    );
    assert.ok((row as { n: number }).n < 25);
    await Promise.all(clients.map((client) => client.end()));
  });

  test('Redis is empty after each start', async (t) => {
    const redis = await startRedis(t);
    assert.match(await say(redis.port, 'SET a 1\r\nGET a\r\nQUIT\r\n'), /\+OK\r\n\$1\r\n1\r\n/);
    await redis.stop();
    await redis.start();
    assert.match(await say(redis.port, 'GET a\r\nQUIT\r\n'), /^\$-1\r\n/);
  });

  test('they end with a process that is killed, and leave nothing with one that exits', async () => {
    const index = new URL('../test-servers/index.ts', import.meta.url).href;
    for (const [end, isTidy] of [
      ["process.kill(process.pid, 'SIGKILL')", false],
      ['process.exit()', true],
    ] as const) {
      const script = `import { startPgbouncer, startPostgres, startRedis } from '${index}';
const postgres = await startPostgres();
const all = [postgres, await startPgbouncer(postgres), await startRedis()];
console.log(JSON.stringify(all.map(({ pid, folder }) => ({ pid, folder }))));
process.stdout.write('', () => { ${end}; });`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
      const started = JSON.parse(await text(child.stdout)) as { pid: number; folder: string }[];
      assert.equal(started.length, 3);
      for (let tries = 0; tries < 500 && started.some(({ pid }) => isRunning(pid)); tries += 1)
        await pause(10);
      assert.deepEqual(
        started.filter(({ pid }) => isRunning(pid)),
        [],
      );
      for (const { folder } of started) {
        assert.ok(!isTidy || !existsSync(folder), folder);
        rmSync(folder, { recursive: true, force: true });
      }
    }
  });
});

describe('the way to a server', () => {
  async function echoBehindProxy(t: TestContext): Promise<TcpProxy> {
    const server = createServer((socket) => socket.pipe(socket).on('error', () => socket.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => new Promise((resolve) => server.close(resolve)));
    return startTcpProxy({ port: (server.address() as AddressInfo).port }, t);
  }

  test('leads there, and back', async (t) => {
    const proxy = await echoBehindProxy(t);
    assert.equal(proxy.urlOf('http://user:a@one:80/x?y'), `http://user:a@127.0.0.1:${proxy.port}/x?y`);
    assert.equal(await say(proxy.port, 'hello'), 'hello');
    assert.deepEqual([proxy.accepted, proxy.connections], [1, 0]);
  });

  test('is cut, and heals', async (t) => {
    const proxy = await echoBehindProxy(t);
    const socket = connect(proxy.port, '127.0.0.1');
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => socket.once('error', resolve));
    await new Promise((resolve) => socket.once('connect', resolve));
    while (proxy.connections === 0) await pause(1);
    await proxy.cut();
    assert.equal((await failed).code, 'ECONNRESET');
    await assert.rejects(say(proxy.port, 'x'), /ECONNREFUSED/);
    await proxy.heal();
    assert.equal(await say(proxy.port, 'x'), 'x');
  });

  test('holds what it takes, and delivers it when it heals', async (t) => {
    const proxy = await echoBehindProxy(t);
    proxy.stall();
    const answer = say(proxy.port, 'late');
    assert.equal(await Promise.race([answer, pause(50, 'silence')]), 'silence');
    await proxy.heal();
    assert.equal(await answer, 'late');
  });

  test('is slow', async (t) => {
    const proxy = await echoBehindProxy(t);
    proxy.delay(40);
    const startedMs = performance.now();
    assert.equal(await say(proxy.port, 'x'), 'x');
    assert.ok(performance.now() - startedMs >= 79);
  });

  test('repeats, reorders and alters what passes', async (t) => {
    const proxy = await echoBehindProxy(t);
    proxy.duplicate('to-client');
    assert.equal(await say(proxy.port, 'ab'), 'abab');
    await proxy.heal();
    proxy.reorder('to-server');
    assert.equal(await say(proxy.port, 'a', 'b'), 'ba');
    proxy.alter('to-server', (chunk) => Buffer.from(chunk.toString().toUpperCase()));
    assert.equal(await say(proxy.port, 'ab'), 'AB');
  });
});

async function ask(url: string, query: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(query)).rows;
  } finally {
    await client.end();
  }
}

/** Sends pieces, a moment apart, and reads to the end. */
async function say(port: number, ...pieces: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await pause(20);
    socket.write(piece);
  }
  socket.end();
  return text(socket);
}
