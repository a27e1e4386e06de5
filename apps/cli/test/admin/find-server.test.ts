import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder, watchword } from '../run-watchword.ts';
import { newInstallation } from '../server-process.ts';

const TOKEN = `wwadm_${'x'.repeat(43)}`;

/** Something on the loopback that remembers what it was asked with. */
async function stranger(t: TestContext, answer: string, status = 200) {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    response.writeHead(status).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { asked, port: (server.address() as AddressInfo).port };
}

async function folderThatSays(t: TestContext, record: unknown, token = TOKEN): Promise<string> {
  const data = join(await temporaryFolder(t), 'data');
  await mkdir(data, { mode: 0o700 });
  await writeFile(join(data, 'server.json'), typeof record === 'string' ? record : JSON.stringify(record));
  await writeFile(join(data, 'admin.token'), `${token}\n`);
  return data;
}

test('the server of the folder is asked, with its credential in the header', async (t) => {
  const { asked, port } = await stranger(t, '{"subject":"ada","live_sessions":7}');
  const data = await folderThatSays(t, { address: `http://localhost:${port}`, pid: process.ppid });
  const { stdout } = await watchword(['subjects', 'show', 'ada', '--data', data]);
  assert.equal(stdout, 'subject\tada\nlive sessions\t7\n');
  assert.deepEqual(asked, [`Bearer ${TOKEN}`]);
});

test('the credential goes to the loopback only, over http, and to a process that lives', async (t) => {
  const { asked, port } = await stranger(t, '{}');
  const records = [
    { address: `http://127.0.0.1.nip.io:${port}`, pid: process.ppid },
    { address: `http://localhost.evil.example:${port}`, pid: process.ppid },
    { address: `http://0x7f000001.example:${port}`, pid: process.ppid },
    { address: `https://localhost:${port}`, pid: process.ppid },
    { address: `http://10.0.0.1:${port}`, pid: process.ppid },
    { address: `http://localhost:${port}`, pid: 2 ** 22 + 1 },
    { address: `http://localhost:${port}`, pid: -1 },
    { address: `http://localhost:${port}` },
    { address: 7, pid: process.ppid },
    'half a rec',
    '[]',
    '',
  ];
  for (const record of records) {
    const data = await folderThatSays(t, record);
    const { stderr, exitCode } = await watchword(['keys', 'list', '--data', data]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^There is no database in /, JSON.stringify(record));
  }
  assert.deepEqual(asked, []);
});

test('a credential that is not taken is one sentence', async (t) => {
  const { port } = await stranger(t, '{"code":"ERR_ADMIN_CREDENTIAL"}', 401);
  const data = await folderThatSays(t, { address: `http://localhost:${port}`, pid: process.ppid });
  const { stderr, exitCode } = await watchword(['keys', 'list', '--data', data]);
  assert.equal(exitCode, 2);
  assert.match(
    stderr,
    /^The server that runs on .* does not take the credential in .*admin\.token\. Start it anew/,
  );
});

test('what is no Watchword server is found out', async (t) => {
  const { port } = await stranger(t, '<html>');
  const data = await folderThatSays(t, { address: `http://localhost:${port}`, pid: process.ppid });
  const { stderr, exitCode } = await watchword(['keys', 'list', '--data', data]);
  assert.equal(exitCode, 2);
  assert.equal(
    stderr,
    `What answers at http://localhost:${port} is no Watchword server: its answer is not JSON.\n`,
  );
});

test('where nobody listens any more, the database is opened', async (t) => {
  const { data, environment } = await newInstallation(t);
  assert.equal((await watchword(['migrate'], { environment })).exitCode, 0);
  const record = { address: 'http://localhost:1', pid: process.ppid };
  await writeFile(join(data, 'server.json'), JSON.stringify(record));
  await writeFile(join(data, 'admin.token'), TOKEN);
  const { stdout, stderr, exitCode } = await watchword(['subjects', 'show', 'ada'], { environment });
  assert.deepEqual([stdout, stderr, exitCode], ['subject\tada\nlive sessions\t0\n', '', 0]);
});

test('a folder without a database stays without one', async (t) => {
  const data = join(await temporaryFolder(t), 'data');
  const commands = ['sessions list', 'keys rotate', 'clients list', 'revoke-all --yes', 'sessions revoke x'];
  for (const command of commands) {
    const { stdout, stderr, exitCode } = await watchword([...command.split(' '), '--data', data]);
    assert.deepEqual([stdout, exitCode], ['', 2]);
    assert.equal(stderr, `There is no database in ${data}. Name its folder with --data or WATCHWORD_DATA.\n`);
  }
});
