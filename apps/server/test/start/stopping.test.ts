import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openInstallation } from '../../src/open-installation.ts';
import { startReady, startServe } from './server-process.ts';

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} stops it in good order: exit code 0, no process, the port is free again`, async (t) => {
    const { server, url, environment } = await startReady(t);
    await fetch(`${url}/`);
    const startedMs = performance.now();
    server.signal(signal);
    const { code, stderr } = await server.ended();
    assert.deepEqual([code, stderr], [0, '']);
    assert.ok(performance.now() - startedMs < 5000);
    assert.throws(() => process.kill(server.pid, 0), { code: 'ESRCH' });
    await startServe(t, { environment }).ready();
  });
}

test('connections that ask nothing hold nothing up', async (t) => {
  const { server, url, port } = await startReady(t);
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  await askOnce(`${url}/healthz`, agent);
  const silent = connect(port, '127.0.0.1');
  const half = connect(port, '127.0.0.1', () => half.write('GET /healthz HTTP/1.1\r\nhost: x\r\n'));
  for (const socket of [silent, half]) socket.on('error', () => socket.destroy());
  t.after(() => [silent, half].forEach((socket) => socket.destroy()));
  await pause(100);
  const startedMs = performance.now();
  server.signal('SIGTERM');
  const { code } = await server.ended();
  assert.equal(code, 0);
  assert.ok(performance.now() - startedMs < 5000, 'a spare connection of a browser is no reason to wait');
});

test('a request under way is answered before it stops', async (t) => {
  const { server, port } = await startReady(t);
  const upload = open(t, port, UPLOAD);
  await pause(100);
  server.signal('SIGTERM');
  await pause(100);
  upload.socket.write(BODY);
  const { code } = await server.ended();
  assert.match(upload.received, /^HTTP\/1\.1 401 [^]*ERR_SIGN_IN_FAILED/);
  assert.equal(code, 0);
});

test('a second signal ends it at once', async (t) => {
  const { server, port } = await startReady(t);
  const socket = connect(port, '127.0.0.1', () =>
    socket.write('POST /auth/sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n'),
  );
  socket.on('error', () => socket.destroy());
  await pause(100);
  server.signal('SIGTERM');
  await pause(200);
  server.signal('SIGTERM');
  assert.equal((await server.ended()).code, 1);
});

test('a hundred idle connections and as many that have asked nothing do not hold it up', async (t) => {
  const { server, url, port } = await startReady(t);
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  await Promise.all(Array.from({ length: 100 }, () => askOnce(`${url}/auth/session`, agent)));
  const silent = Array.from({ length: 100 }, () => connect(port, '127.0.0.1'));
  t.after(() => silent.forEach((socket) => socket.destroy()));
  for (const socket of silent) socket.on('error', () => socket.destroy());
  await pause(100);
  const startedMs = performance.now();
  server.signal('SIGTERM');
  const { code, stderr } = await server.ended();
  assert.deepEqual([code, stderr], [0, '']);
  assert.ok(performance.now() - startedMs < 3000, `it took ${performance.now() - startedMs} ms`);
});

test('what is asked while it waits for another answer is answered, and its connection closed', async (t) => {
  const { server, port } = await startReady(t);
  const upload = open(t, port, UPLOAD);
  const late = ['/healthz', '/auth/session'].map((path) =>
    open(t, port, `GET ${path} HTTP/1.1\r\nhost: x\r\n`),
  );
  await pause(100);
  server.signal('SIGTERM');
  await pause(100);
  for (const { socket } of late) socket.write('\r\n');
  for (let waited = 0; waited < 1500 && !late.every(({ socket }) => socket.closed); waited += 20)
    await pause(20);
  const [health, session] = late.map(({ received }) => received);
  assert.match(health ?? '', /^HTTP\/1\.1 200 /);
  assert.match(session ?? '', /^HTTP\/1\.1 401 [^]*ERR_TOKEN_MISSING/);
  for (const { received, socket } of late) {
    assert.match(received, /connection: close/i);
    assert.ok(socket.closed);
  }
  upload.socket.write(BODY);
  assert.equal((await server.ended()).code, 0);
  assert.match(upload.received, /^HTTP\/1\.1 401 /);
});

test('requests whose connection went away, one waiting for the other, hold nothing up', async (t) => {
  const { server, port } = await startReady(t);
  const impatient = open(t, port, `${UPLOAD}${BODY}${'GET /main.js HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(20)}`);
  await pause(20);
  impatient.socket.resetAndDestroy();
  await pause(500);
  const startedMs = performance.now();
  server.signal('SIGTERM');
  assert.equal((await server.ended()).code, 0);
  assert.ok(performance.now() - startedMs < 5000, `it took ${performance.now() - startedMs} ms`);
});

test('an upload that does not come to its end is given up after a while, and the stop is a good one', async (t) => {
  const { server, port } = await startReady(t);
  open(t, port, UPLOAD + BODY.slice(0, 10));
  await pause(100);
  const startedMs = performance.now();
  server.signal('SIGTERM');
  const { code, stderr } = await server.ended();
  assert.deepEqual([code, stderr], [0, '']);
  const tookMs = performance.now() - startedMs;
  assert.ok(tookMs > 2000 && tookMs < 10_000, `it took ${tookMs} ms`);
});

const BODY = '{"email":"nobody@example.com","password":"12345678","delivery":"body"}';
const UPLOAD = `POST /auth/sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n`;

/** A connection that has sent something, and what came back. */
function open(t: TestContext, port: number, bytes: string): { socket: Socket; received: string } {
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  const connection = { socket, received: '' };
  socket.on('data', (chunk) => (connection.received += String(chunk)));
  socket.on('error', () => socket.destroy());
  t.after(() => socket.destroy());
  return connection;
}

function askOnce(url: string, agent: Agent): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => response.resume().on('end', resolve))
      .on('error', reject)
      .end();
  });
}

test('a verifier that follows the feed does not hold it up, and is told that the stream is over', async (t) => {
  const { server, url, environment } = await startReady(t);
  const { auth } = await openInstallation(environment);
  const { client, secret } = await auth.clients.create({ roles: ['verifier'] });
  const { epoch } = (await auth.revoke.log()).head;
  await auth.close();
  const response = await fetch(`${url}/feed`, {
    headers: {
      authorization: `Basic ${Buffer.from(`${client.id}:${secret}`).toString('base64')}`,
      'last-event-id': `${epoch}.0.${'A'.repeat(43)}`,
    },
  });
  assert.equal(response.status, 200);
  const startedMs = performance.now();
  server.signal('SIGTERM');
  assert.match(await response.text(), /^id: .*\nevent: checkpoint\n/);
  assert.equal((await server.ended()).code, 0);
  assert.ok(performance.now() - startedMs < 3000, `it took ${performance.now() - startedMs} ms`);
});
