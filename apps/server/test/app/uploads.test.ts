import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assertProblem } from './assert-problem.ts';
import { ask, exchangeRaw } from './exchange.ts';
import { startApp, startExpress, startPlain, type Host } from './hosts.ts';

const HEAD = 'POST /auth/sign-in HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
const BODY = '{"email":"nobody@example.com","password":"12345678","delivery":"body"}';

test('a body that comes byte by byte is read like any other', async (t) => {
  const host = await startApp(t);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(host.port, '127.0.0.1', () => void writeSlowly(socket));
    socket.on('data', (chunk) => {
      resolve(String(chunk));
      socket.destroy();
    });
    socket.on('error', reject);
  });
  assert.match(answer, /^HTTP\/1\.1 401 [^]*ERR_SIGN_IN_FAILED/);
});

test('uploads that break off leave nothing behind: no failure is recorded, and the server goes on', async (t) => {
  for (const start of [
    startApp,
    startPlain,
    () => startExpress(t, 'unread'),
    () => startExpress(t, 'parsed'),
  ]) {
    const host = await start(t);
    const failures: string[] = [];
    host.auth.events.on('request_failed', ({ code }) => failures.push(code));
    for (const part of ['', BODY.slice(0, 20)]) {
      for (const framing of [`content-length: ${BODY.length}`, 'transfer-encoding: chunked']) {
        await breakOff(host, `${HEAD}${framing}\r\n\r\n${framing.startsWith('t') ? '14\r\n' : ''}${part}`);
      }
    }
    assert.deepEqual(failures, []);
    assert.equal((await ask(host, { path: '/auth/session' })).status, 401);
  }
});

test('an upload without an end is refused at the limit, not at its end', async (t) => {
  for (const host of [await startApp(t), await startExpress(t, 'unread')]) {
    const chunk = `1000\r\n${' '.repeat(0x1000)}\r\n`;
    const answer = await exchangeRaw(host, `${HEAD}transfer-encoding: chunked\r\n\r\n${chunk.repeat(5)}`);
    assertProblem(answer, 'chunks without an end', { status: 413, code: 'ERR_BODY_TOO_LARGE' });
    const declared = await exchangeRaw(host, `${HEAD}content-length: 1000000000\r\n\r\n`);
    assertProblem(declared, 'a length of a gigabyte', { status: 413, code: 'ERR_BODY_TOO_LARGE' });
  }
});

test(
  'a client that never comes to its end is cut off',
  { skip: process.env['WATCHWORD_LONG'] === undefined && 'takes a minute: npm run test:long' },
  async (t) => {
    const host = await startApp(t);
    const startedMs = performance.now();
    const unfinished = [
      'GET /me HTTP/1.1\r\nhost: localhost\r\n',
      `${HEAD}content-length: 1000\r\n\r\n{`,
      'POST /me HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n',
    ];
    await Promise.all(unfinished.map((bytes) => sendForever(host, bytes)));
    assert.ok(performance.now() - startedMs < 70_000);
  },
);

test('requests on one connection, one behind the other, are answered in order', async (t) => {
  const host = await startApp(t);
  const wrong = `${HEAD}content-length: 2\r\n\r\n{}`;
  const received = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(host.port, '127.0.0.1', () =>
      socket.write(`${wrong}${wrong}GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n`),
    );
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (!text.includes('"ok"')) return;
      socket.destroy();
      resolve(text);
    });
    socket.on('error', reject);
  });
  assert.deepEqual(received.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 422', 'HTTP/1.1 422', 'HTTP/1.1 200']);
});

async function writeSlowly(socket: Socket): Promise<void> {
  socket.setNoDelay(true);
  socket.write(`${HEAD}content-length: ${BODY.length}\r\n\r\n`);
  for (const character of BODY) {
    socket.write(character);
    await pause(2);
  }
}

async function breakOff(host: Host, bytes: string): Promise<void> {
  const socket = await new Promise<Socket>((resolve) => {
    const opened = connect(host.port, '127.0.0.1', () => opened.write(bytes, () => resolve(opened)));
  });
  await pause(10);
  socket.resetAndDestroy();
  await pause(10);
}

/** Adds a byte every second until the server closes the connection. */
function sendForever({ port }: Host, bytes: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const timer = setInterval(() => socket.write('x'), 1000);
    socket.resume();
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearInterval(timer);
      resolve();
    });
  });
}
