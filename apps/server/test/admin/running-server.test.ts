import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort, startReady, startServe, temporaryFolder } from '../start/server-process.ts';
import { readEvents } from './event-reader.ts';

interface Found {
  readonly token: string;
  readonly server: { readonly address: string; readonly pid: number; readonly started_at: string };
}

async function readFiles(data: string): Promise<Found> {
  return {
    token: (await readFile(join(data, 'admin.token'), 'utf8')).trimEnd(),
    server: JSON.parse(await readFile(join(data, 'server.json'), 'utf8')),
  };
}

async function namesIn(data: string): Promise<string[]> {
  return (await readdir(data)).filter((name) => !name.startsWith('watchword.db'));
}

async function statusWith({ token }: Pick<Found, 'token'>, url: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${url}/admin/v1/keys`, { headers })).status;
}

test('a start writes its credential and where it is, for its owner alone', async (t) => {
  const { data, url, server } = await startReady(t, { umask: '000' });
  const text = await readFile(join(data, 'admin.token'), 'utf8');
  assert.match(text, /^wwadm_[A-Za-z0-9_-]{43}\n$/);
  const found = await readFiles(data);
  assert.deepEqual(Object.keys(found.server), ['address', 'pid', 'started_at']);
  assert.deepEqual([found.server.address, found.server.pid], [url, server.pid]);
  assert.ok(Math.abs(Date.parse(found.server.started_at) - Date.now()) < 60_000);
  for (const name of ['admin.token', 'server.json']) {
    assert.equal((await stat(join(data, name))).mode & 0o777, 0o600, name);
  }
  assert.deepEqual((await namesIn(data)).toSorted(), ['admin.token', 'server.json']);
  assert.equal(await statusWith(found, found.server.address), 200);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} removes both and ends what is being told`, async (t) => {
    const { data, port, server } = await startReady(t);
    const reader = await readEvents(t, { port }, (await readFiles(data)).token);
    const begunMs = performance.now();
    server.signal(signal);
    await reader.ended;
    const { code, stderr } = await server.ended();
    assert.deepEqual([code, stderr], [0, '']);
    assert.ok(performance.now() - begunMs < 5000, 'nobody waited for the stream');
    assert.deepEqual(await namesIn(data), []);
  });
}

test('what a former start wrote is good for nothing at the next', async (t) => {
  const { data, url, server, environment } = await startReady(t);
  const former = await readFiles(data);
  server.signal('SIGKILL');
  await server.ended();
  assert.deepEqual(await readFiles(data), former, 'who is killed leaves its files');
  const next = startServe(t, { environment });
  await next.ready();
  const found = await readFiles(data);
  assert.notEqual(found.token, former.token);
  assert.deepEqual([await statusWith(former, url), await statusWith(found, url)], [401, 200]);
});

test('a data folder that was opened up is closed again, though these files are in it', async (t) => {
  const { data, server, environment } = await startReady(t);
  server.signal('SIGKILL');
  await server.ended();
  // As of a start that was killed while it wrote.
  await writeFile(join(data, 'admin.token.0a1b2c3d'), '');
  await chmod(data, 0o755);
  await startServe(t, { environment }).ready();
  assert.equal((await stat(data)).mode & 0o777, 0o700);
});

test('of two servers on one folder the later one is found, and neither removes the other’s', async (t) => {
  const { data, url, server, environment } = await startReady(t);
  const first = await readFiles(data);
  const otherPort = String(await freePort());
  const other = startServe(t, { environment: { ...environment, PORT: otherPort } });
  await other.ready();
  const second = await readFiles(data);
  assert.equal(second.server.pid, other.pid);
  assert.equal(await statusWith(first, url), 200, 'the first goes on as it was');
  server.signal('SIGTERM');
  assert.equal((await server.ended()).code, 0);
  assert.deepEqual(await readFiles(data), second);
  assert.equal(await statusWith(second, second.server.address), 200);
  other.signal('SIGTERM');
  assert.equal((await other.ended()).code, 0);
  assert.deepEqual(await namesIn(data), []);
});

test('a server whose credential cannot be written does not run', async (t) => {
  const data = join(await temporaryFolder(t), 'data');
  await mkdir(join(data, 'admin.token'), { recursive: true, mode: 0o700 });
  const environment = { PORT: String(await freePort()), WATCHWORD_DATA: data };
  const { code, stdout, stderr } = await startServe(t, { environment }).ended();
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /admin\.token cannot be written, and commands would not find the server/);
  assert.deepEqual(await namesIn(data), ['admin.token']);
});

test('a start that fails leaves the running server’s files alone', async (t) => {
  const { data, environment } = await startReady(t);
  const running = await readFiles(data);
  const refused = await startServe(t, { environment }).ended();
  assert.equal(refused.code, 2);
  assert.deepEqual(await readFiles(data), running);
});
