import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort, startReady, startServe, temporaryFolder } from './server-process.ts';

test('it says where it answers once it does, then where the page is, and nothing else', async (t) => {
  const { server, url, port } = await startReady(t);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  assert.match(await (await fetch(`${url}/`)).text(), /<title>Watchword<\/title>/);
  assert.equal(server.output.stdout, `Watchword answers at ${url}\nThe page to try it: ${url}/\n`);
  assert.equal(server.output.stderr, '');
  await assert.rejects(fetch(`http://127.0.0.2:${port}/healthz`), 'on the loopback alone');
});

test('options of the command line go before the environment', async (t) => {
  const [port, other] = [await freePort(), await freePort()];
  const folder = await temporaryFolder(t);
  const environment = { PORT: String(other), WATCHWORD_DATA: join(folder, 'other') };
  const args = ['--port', String(port), '--host', '127.0.0.1', '--data', join(folder, 'data')];
  const server = startServe(t, { environment, args });
  await server.ready();
  assert.match(server.output.stdout, new RegExp(`^Watchword answers at http://127\\.0\\.0\\.1:${port}\n`));
  assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200);
});

test('port 0 is refused, or the address that is printed is the one that answers', async (t) => {
  const folder = await temporaryFolder(t);
  const server = startServe(t, { args: ['--port', '0', '--data', join(folder, 'data')] });
  const isRefused = await server.ready().then(
    () => false,
    () => true,
  );
  if (isRefused) return assert.equal((await server.ended()).code, 2);
  const [, address] = /answers at (\S+)/.exec(server.output.stdout) ?? [];
  assert.equal((await fetch(`${address}/healthz`)).status, 200);
});

test('a second server on the same port says so in a sentence, and the first goes on', async (t) => {
  const { url, port, folder } = await startReady(t);
  const environment = { PORT: String(port), WATCHWORD_DATA: join(folder, 'second') };
  const { code, stdout, stderr } = await startServe(t, { environment }).ended();
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(
    stderr,
    new RegExp(`^(error: )?Port ${port} is in use\\. Stop what uses it, or set PORT to another\\.\n$`),
  );
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});

test('a port that something else holds on one of the addresses of localhost is in use', async (t) => {
  for (const { address } of await lookup('localhost', { all: true })) {
    const occupant = createServer();
    await new Promise<void>((resolve, reject) => occupant.on('error', reject).listen(0, address, resolve));
    t.after(() => occupant.close());
    const { port } = occupant.address() as { port: number };
    const environment = { PORT: String(port), WATCHWORD_DATA: join(await temporaryFolder(t), 'data') };
    const { code, stderr } = await startServe(t, { environment }).ended();
    assert.deepEqual([code, /is in use/.test(stderr)], [2, true], `${address}: ${stderr}`);
  }
});

test('variables that are set to nothing, as in a copied .env.example, mean their defaults', async (t) => {
  const names = ['SECRET', 'SECRET_FILE', 'RACE_WINDOW_MS', 'ROTATION', 'ALGORITHM', 'ORIGINS', 'LOG_LEVEL'];
  const empty = Object.fromEntries(names.map((name) => [`WATCHWORD_${name}`, '']));
  const { url } = await startReady(t, {
    environment: { ...empty, HOST: '', WATCHWORD_ISSUER: '', NODE_ENV: '' },
  });
  const body = '{"email":"ada@example.com","password":"correct horse battery","delivery":"body"}';
  const headers = { 'content-type': 'application/json' };
  const signUp = await fetch(`${url}/auth/sign-up`, { method: 'POST', headers, body });
  const { access_token: token } = (await signUp.json()) as { access_token: string };
  const session = await fetch(`${url}/auth/session`, { headers: { authorization: `Bearer ${token}` } });
  const { chain } = (await session.json()) as { chain: { race_window_ms: number } };
  assert.equal(chain.race_window_ms, 10_000);
});
