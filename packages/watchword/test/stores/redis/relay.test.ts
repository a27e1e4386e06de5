import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startRedis } from '../../../../../tools/test-servers/index.ts';
import { redisRelay } from '../../../src/stores/redis/index.ts';
import { streamName } from '../../../src/stores/redis/stream-entries.ts';
import { startChild } from '../child-process.ts';
import { INSTALLATION, openRelay, publishText, say, until } from './relays.ts';

const STREAM = streamName(INSTALLATION);
const MEBIBYTE = 1024 * 1024;

const redis = await startRedis({ after });

test('hands each message to all others, in milliseconds, and none to its sender', async (t) => {
  const [one, two, three] = await Promise.all([1, 2, 3].map(() => openRelay(t, redis.url)));
  assert.ok(one && two && three);
  const child = startChild('relay-echo.ts', [redis.url, INSTALLATION]);
  t.after(() => child.kill());
  await child.hear();
  const times: number[] = [];
  for (let count = 0; count < 20; count += 1) {
    const startMs = performance.now();
    publishText(one, `ping ${count}`);
    await until(() => three.heard.includes(`echo ping ${count}`), 'the other process answers');
    times.push(performance.now() - startMs);
  }
  const median = times.toSorted((a, b) => a - b)[10] ?? 0;
  t.diagnostic(`there and back in ${median.toFixed(1)} ms in the median`);
  assert.ok(median < 50, `${median} ms`);
  assert.equal(two.heard.length, 40, 'each once');
  assert.ok(!one.heard.some((text) => text.startsWith('ping')), 'its own');
});

test('bytes come as they were, and what came before is left to the store', async (t) => {
  const sender = await openRelay(t, redis.url);
  publishText(sender, 'before');
  await until(async () => Number(await say(redis.url, 'XLEN', STREAM)) > 0, 'it is written');
  await pause(20);
  const late = await openRelay(t, redis.url);
  const received: Uint8Array[] = [];
  const stop = late.subscribe((message) => void received.push(message));
  const all = Uint8Array.from({ length: 256 }, (_, index) => index);
  sender.publish(all);
  await until(() => received.length === 1, 'it arrives');
  assert.deepEqual(new Uint8Array(received[0] ?? []), all);
  stop();
  publishText(sender, 'after');
  await until(() => late.heard.includes('after'), 'the other listener hears');
  assert.ok(!late.heard.includes('before'));
  assert.equal(received.length, 1);
});

test('installations on one server do not hear each other', async (t) => {
  const other = await openRelay(t, redis.url, { installation: 'https://other.example' });
  const [one, two] = [await openRelay(t, redis.url), await openRelay(t, redis.url)];
  publishText(other, 'theirs');
  publishText(one, 'ours');
  await until(() => two.heard.includes('ours'), 'it arrives');
  assert.deepEqual(two.heard, ['ours']);
  assert.deepEqual(other.heard, []);
});

test('entries of other programs are passed over', async (t) => {
  const [one, two] = [await openRelay(t, redis.url), await openRelay(t, redis.url)];
  const tooLong = 'x'.repeat(MEBIBYTE + 1);
  for (const fields of [
    ['message', 'without a sender'],
    ['from', 'a', 'message', 'b', 'more', 'c'],
    ['message', 'in another order', 'from', 'a'],
    ['from', 'a', 'massage', 'b'],
    ['from', 'x'.repeat(65), 'message', 'a sender too long'],
    ['from', 'a', 'message', tooLong],
  ]) {
    await say(redis.url, 'XADD', STREAM, '*', ...fields);
  }
  publishText(one, 'ours');
  await until(() => two.heard.length > 0, 'it arrives');
  assert.deepEqual(two.heard, ['ours']);
});

test('what is too long is not sent, the longest is', async (t) => {
  const [one, two] = [await openRelay(t, redis.url), await openRelay(t, redis.url)];
  one.publish(new Uint8Array(MEBIBYTE + 1));
  one.publish(new Uint8Array(MEBIBYTE).fill(0x61));
  await until(() => two.heard.length > 0, 'it arrives');
  assert.deepEqual(
    two.heard.map(({ length }) => length),
    [MEBIBYTE],
  );
});

test('the stream keeps some thousands', async (t) => {
  const one = await openRelay(t, redis.url, { installation: 'busy' });
  for (let round = 0; round < 20; round += 1) {
    for (let count = 0; count < 500; count += 1) publishText(one, `${round} ${count}`);
    await pause(10);
  }
  const length = Number(await say(redis.url, 'XLEN', streamName('busy')));
  assert.ok(length >= 4000 && length <= 4200, `${length} entries`);
});

test('after a flush, and after the numbers of a new stream begin lower, it goes on', async (t) => {
  const [one, two] = [await openRelay(t, redis.url), await openRelay(t, redis.url)];
  publishText(one, 'first');
  await until(() => two.heard.includes('first'), 'it arrives');
  await say(redis.url, 'FLUSHALL');
  publishText(one, 'second');
  await until(() => two.heard.includes('second'), 'it arrives after the flush');
  await say(redis.url, 'DEL', STREAM);
  await say(redis.url, 'XADD', STREAM, '1-1', 'from', 'another', 'message', 'third');
  await until(() => two.heard.includes('third'), 'it arrives though its number is lower');
});

test('what is no stream is no reason to fail: it comes back once that is gone', async (t) => {
  await say(redis.url, 'SET', streamName('taken'), 'a text');
  const one = await openRelay(t, redis.url, { installation: 'taken', connected: false });
  publishText(one, 'dropped');
  await until(() => one.fault() !== undefined, 'it says why');
  assert.deepEqual([one.isConnected(), one.fault()], [false, 'WRONGTYPE']);
  await say(redis.url, 'DEL', streamName('taken'));
  await until(() => one.isConnected(), 'it connects');
});

test('nothing goes out or comes in after close, which is at once', async (t) => {
  const [one, two] = [await openRelay(t, redis.url), await openRelay(t, redis.url)];
  const startMs = performance.now();
  await one.close();
  await one.close();
  assert.ok(performance.now() - startMs < 500);
  assert.equal(one.isConnected(), false);
  publishText(one, 'too late');
  publishText(two, 'unheard');
  await pause(50);
  assert.deepEqual([one.heard, two.heard], [[], []]);
  await two.close();
  const isAlone = async () =>
    String(await say(redis.url, 'CLIENT', 'LIST'))
      .trim()
      .split('\n').length === 1;
  await until(isAlone, 'no connection is left but the one that asks');
});
test('passwords of all and of one user; a wrong one only means that there is no connection', async (t) => {
  const locked = await startRedis(t, { requirepass: 'p@ss/word' });
  const address = `127.0.0.1:${locked.port}`;
  const all = `redis://:${encodeURIComponent('p@ss/word')}@${address}`;
  const rights = ['~watchword:*', '+xadd', '+xread', '+xrevrange'];
  await say(all, 'ACL', 'SETUSER', 'relay', 'on', '>a:b', ...rights);
  const one = await openRelay(t, all);
  const two = await openRelay(t, `redis://relay:${encodeURIComponent('a:b')}@${address}/0`);
  publishText(one, 'for you');
  publishText(two, 'and back');
  await until(() => two.heard.includes('for you') && one.heard.includes('and back'), 'both arrive');
  const wrong = await openRelay(t, `redis://:wrong@${address}`, { connected: false });
  await until(() => wrong.fault() !== undefined, 'it says why');
  assert.deepEqual([wrong.isConnected(), wrong.fault()], [false, 'WRONGPASS']);
  assert.equal(one.fault(), undefined);
});

test('an address that is none is refused in a sentence that repeats nothing of it', () => {
  const addresses: readonly unknown[] = [
    undefined,
    6379,
    '',
    'localhost:6379',
    'http://sesame@localhost',
    'redis:',
    'redis://',
    'redis://localhost/sesame',
    'redis://localhost/0/sesame',
    'redis://localhost?password=sesame',
    'redis://localhost#sesame',
    'redis://:sesame%@localhost',
    'redis://:ses ame@local host',
    'redis://localhost/999999',
  ];
  for (const address of addresses) {
    assert.throws(
      () => redisRelay(address as string),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'ERR_CONFIG', String(address));
        assert.match(error.message, /^`redisRelay` takes the address of a Redis server: .*\.$/);
        assert.ok(!error.message.includes('sesame'), error.message);
        return true;
      },
    );
  }
  for (const address of [
    'redis://localhost',
    'rediss://cache.example:6380/3',
    'redis://[::1]:6379/',
    'redis://a:b@host',
  ])
    assert.equal(redisRelay(address).kind, 'redis');
});
