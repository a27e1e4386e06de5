import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
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
  await new Promise((resolve, reject) => {
    request(`${url}/healthz`, { agent }, (response) => response.resume().on('end', resolve))
      .on('error', reject)
      .end();
  });
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
  const body = '{"email":"nobody@example.com","password":"12345678","delivery":"body"}';
  const head = `POST /auth/sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  let received = '';
  const socket = connect(port, '127.0.0.1', () => socket.write(head));
  socket.on('data', (chunk) => (received += String(chunk)));
  await pause(100);
  server.signal('SIGTERM');
  await pause(100);
  socket.write(body);
  const { code } = await server.ended();
  assert.match(received, /^HTTP\/1\.1 401 [^]*ERR_SIGN_IN_FAILED/);
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
