import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assertMemory, attack, attackManyTimes, startTarget, type Target } from './target.ts';

const MEGABYTE = 1024 * 1024;
const HOST = 'host: x\r\n';

test('bodies of 100 MB are refused at their beginning, and nowhere kept', async (t) => {
  const target = await startTarget(t);
  const before = target.memory();
  const json = 'content-type: application/json\r\n';
  const framings = [`content-length: ${100 * MEGABYTE}\r\n`, 'transfer-encoding: chunked\r\n'];
  const uploads = ['/auth/sign-in', '/auth/refresh', '/me', '/nowhere'].flatMap((path) =>
    framings.map((framing) => upload(t, target, `POST ${path} HTTP/1.1\r\n${HOST}${json}${framing}\r\n`)),
  );
  const served = (async () => {
    for (let round = 0; round < 10; round += 1) {
      await target.assertServesOthers();
      await pause(50);
    }
  })();
  for (const received of await Promise.all(uploads)) {
    assert.match(
      received,
      /^HTTP\/1\.1 (?:413 [^]*ERR_BODY_TOO_LARGE|405 [^]*ERR_METHOD|404 [^]*ERR_ROUTE_UNKNOWN)/,
    );
  }
  await served;
  assertMemory(t, target, before, 128);
});

/** Sends 100 MB as fast as they are taken, and gives what was answered. */
async function upload(t: TestContext, target: Target, head: string): Promise<string> {
  const attacker = await attack(t, target, head);
  const { socket } = attacker;
  const isChunked = head.includes('chunked');
  const data = Buffer.alloc(64 * 1024, ' ');
  const piece = isChunked ? Buffer.concat([Buffer.from('10000\r\n'), data, Buffer.from('\r\n')]) : data;
  for (let sent = 0; sent < 100 * MEGABYTE && socket.writable; sent += data.length) {
    if (!socket.write(piece))
      await Promise.race([once(socket, 'drain').catch(() => undefined), attacker.closed]);
  }
  for (let waits = 0; attacker.received === '' && waits < 500 && !socket.closed; waits += 1) await pause(10);
  return attacker.received;
}

test('headers and addresses of a megabyte, 300 at once: 431, and nothing stays', async (t) => {
  const target = await startTarget(t);
  const before = target.memory();
  const bombs = [
    `GET / HTTP/1.1\r\n${HOST}x: ${'x'.repeat(MEGABYTE)}\r\n\r\n`,
    `GET /auth/session HTTP/1.1\r\n${HOST}cookie: ${'a=b; '.repeat(MEGABYTE / 5)}\r\n\r\n`,
    `GET / HTTP/1.1\r\n${HOST}${'x:\r\n'.repeat(MEGABYTE / 4)}\r\n`,
    `GET /${'x'.repeat(MEGABYTE)} HTTP/1.1\r\n${HOST}\r\n`,
  ];
  for (const bomb of bombs) {
    const attackers = await attackManyTimes(t, target, 75, bomb);
    await target.assertServesOthers();
    await Promise.all(attackers.map(({ closed }) => Promise.race([closed, pause(5000)])));
    const answered = attackers.filter(({ received }) =>
      /^HTTP\/1\.1 431 [^]*ERR_HEADERS_TOO_LARGE/.test(received),
    );
    // A connection that is reset while it still sends may lose the answer on its way.
    assert.ok(answered.length > 0, `${answered.length} of ${attackers.length} heard why`);
    assert.ok(attackers.every(({ received }) => received === '' || received.startsWith('HTTP/1.1 431 ')));
    assert.ok(
      attackers.every(({ socket }) => socket.closed),
      'every one of them is closed',
    );
  }
  assertMemory(t, target, before, 128);
});

test('addresses as long as they may be are answered', async (t) => {
  const target = await startTarget(t);
  const segments = 'a/'.repeat(7000);
  const encoded = '%2e%2e%2f'.repeat(1700);
  const query = `?${'a=b&'.repeat(3700)}`;
  const paths = [
    ['/', segments, 404],
    ['/auth/', segments, 404],
    ['/auth/sessions/', 'x'.repeat(15_000), 405],
    ['/', encoded, 404],
    ['/auth/session', query, 401],
    ['/healthz', query, 200],
  ] as const;
  for (const [start, rest, status] of paths) {
    const startedMs = performance.now();
    const bytes = `GET ${start}${rest} HTTP/1.1\r\n${HOST}connection: close\r\n\r\n`;
    const { closed, ...attacker } = await answered(t, target, bytes);
    await closed;
    assert.match(attacker.received(), new RegExp(`^HTTP/1\\.1 ${status} `), `${start}${rest.slice(0, 20)}`);
    assert.ok(performance.now() - startedMs < 1000);
  }
});

async function answered(t: TestContext, target: Target, bytes: string) {
  const attacker = await attack(t, target, bytes);
  return { closed: attacker.closed, received: () => attacker.received };
}

test('64 requests behind one that waits are answered in order; who sends thousands is cut off', async (t) => {
  const target = await startTarget(t);
  const before = target.memory();
  const one = `GET /auth/session HTTP/1.1\r\n${HOST}\r\n`;
  const last = `GET /healthz HTTP/1.1\r\n${HOST}connection: close\r\n\r\n`;
  const patient = await attack(t, target, one.repeat(64) + last);
  await patient.closed;
  const statuses = patient.received.match(/HTTP\/1\.1 \d{3}/g) ?? [];
  assert.deepEqual(statuses, [...Array.from({ length: 64 }, () => 'HTTP/1.1 401'), 'HTTP/1.1 200']);
  // Whether they read what they are answered or not.
  const greedy = await attackManyTimes(t, target, 10, one.repeat(10_000));
  for (const { socket } of greedy.slice(5)) socket.pause();
  await target.assertServesOthers();
  await Promise.all(greedy.slice(0, 5).map(({ closed }) => closed));
  for (const { received } of greedy) assert.ok(received.split('HTTP/1.1').length < 1000);
  assertMemory(t, target, before, 128);
});
