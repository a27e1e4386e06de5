import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { findFreePort } from '../../../../../tools/test-servers/free-port.ts';
import { startRedis } from '../../../../../tools/test-servers/index.ts';
import { startChild } from '../child-process.ts';
import { INSTALLATION, openRelay, publishText, until } from './relays.ts';

const redis = await startRedis({ after });

test('killed and started again: what was published meanwhile is dropped, and nobody has to do anything', async (t) => {
  const [one, two] = [await openRelay(t, redis.url), await openRelay(t, redis.url)];
  await redis.kill();
  await until(() => !one.isConnected() && !two.isConnected(), 'both know', 1000);
  const late = await openRelay(t, redis.url, { connected: false });
  publishText(one, 'into the void');
  await until(() => one.fault() === 'ECONNREFUSED', 'it says why');
  await redis.start();
  await until(() => [one, two, late].every((relay) => relay.isConnected()), 'all connect again');
  publishText(one, 'again');
  await until(() => two.heard.length > 0 && late.heard.length > 0, 'it arrives');
  assert.deepEqual([two.heard, late.heard], [['again'], ['again']]);
});

test('stalled: publishing costs neither time nor memory, and it goes on when Redis does', async (t) => {
  const [one, two] = [await openRelay(t, redis.url), await openRelay(t, redis.url)];
  redis.pause();
  t.after(() => redis.resume());
  const message = new Uint8Array(1000);
  const before = process.memoryUsage.rss();
  let longestMs = 0;
  for (let round = 0; round < 100; round += 1) {
    const startMs = performance.now();
    for (let count = 0; count < 1000; count += 1) one.publish(message);
    await pause(1);
    longestMs = Math.max(longestMs, performance.now() - startMs);
  }
  const grownMib = (process.memoryUsage.rss() - before) / 1024 ** 2;
  t.diagnostic(
    `100 MB published: ${grownMib.toFixed(0)} MiB more, at most ${longestMs.toFixed(0)} ms at once`,
  );
  assert.ok(grownMib < 60, `${grownMib} MiB`);
  assert.ok(longestMs < 1500, `${longestMs} ms`);
  await until(() => !one.isConnected() && !two.isConnected(), 'both know', 4000);
  const during = await openRelay(t, redis.url, { connected: false });
  const startMs = performance.now();
  await during.close();
  assert.ok(performance.now() - startMs < 500, 'it closes at once');
  redis.resume();
  await until(() => one.isConnected() && two.isConnected(), 'both connect again');
  publishText(one, 'again');
  await until(() => two.heard.includes('again'), 'it arrives');
});

test('where nobody listens, and where somebody listens who never answers, opening and closing are at once', async (t) => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => void sockets.push(socket.resume())).listen(0, '127.0.0.1');
  t.after(() => silent.close());
  await until(() => silent.listening, 'it listens');
  const { port } = silent.address() as AddressInfo;
  for (const url of [`redis://127.0.0.1:1`, `redis://127.0.0.1:${port}`, `rediss://127.0.0.1:${port}`]) {
    const startMs = performance.now();
    const relay = await openRelay(t, url, { connected: false });
    publishText(relay, 'dropped');
    assert.equal(relay.isConnected(), false);
    await relay.close();
    assert.ok(performance.now() - startMs < 1500, url);
  }
  const areClosed = () => sockets.length > 0 && sockets.every(({ closed }) => closed);
  await until(areClosed, 'no connection is left');
});

test('what answers like nothing that Redis says is given up, again and again', async (t) => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n*-5\r\n'));
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await until(() => server.listening, 'it listens');
  const { port } = server.address() as AddressInfo;
  const relay = await openRelay(t, `redis://127.0.0.1:${port}`, { connected: false });
  await until(() => connections >= 4, 'it tries again');
  assert.equal(relay.isConnected(), false);
  assert.deepEqual(relay.heard, []);
});

test('over TLS, to a server whose certificate is believed, and to no other', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-redis-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', [...request, ...subject, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const port = await findFreePort();
  const secure = await startRedis(t, {
    'tls-port': String(port),
    'tls-cert-file': certificate,
    'tls-key-file': key,
    'tls-auth-clients': 'no',
  });
  const url = `rediss://127.0.0.1:${port}`;
  const plain = await openRelay(t, secure.url);
  const believing = startChild(
    'relay-echo.ts',
    [url, INSTALLATION],
    ['env', `NODE_EXTRA_CA_CERTS=${certificate}`],
  );
  t.after(() => believing.kill());
  const doubting = await openRelay(t, url, { connected: false });
  await believing.hear();
  publishText(plain, 'hello');
  await until(() => plain.heard.includes('echo hello'), 'it answers over TLS');
  assert.equal(doubting.isConnected(), false);
});
