import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { createWatchword } from 'watchword';
import { postgres } from 'watchword/postgres';
import { startPgbouncer, startPostgres, startRedis } from '../../../../tools/test-servers/index.ts';
import { SECRET } from '../start/server-process.ts';
import { ask, closeConnections, startGroup, type Answer, type Member } from './server-group.ts';

const LONG = process.env['WATCHWORD_LONG'] !== undefined;
const WAYS: readonly ('directly' | 'through a pooler')[] = LONG
  ? ['directly', 'through a pooler']
  : ['directly'];
/** More than the ten seconds after which what is known of revocations is too old. */
const PATIENCE_MS = 20_000;
const CREDENTIALS = { email: 'ada@example.com', password: 'correct horse battery', delivery: 'body' };

after(closeConnections);
const database = await startPostgres({ after });
const redis = await startRedis({ after });

for (const way of WAYS) {
  test(`three servers on one PostgreSQL, ${way}, and one Redis are one installation, also while either is down`, async (t) => {
    const url = await database.createDatabase(way.replaceAll(' ', '_'));
    const members = await startGroup(t, 3, {
      WATCHWORD_SECRET: SECRET,
      ...(way === 'directly' ? { WATCHWORD_DATABASE_URL: url } : await throughPooler(url)),
      WATCHWORD_DATABASE_CONNECTIONS: '4',
      WATCHWORD_REDIS_URL: redis.url,
      WATCHWORD_RACE_WINDOW_MS: '0',
    });
    await t.test('what one does, all know', () => whatOneDoesAllKnow(members));
    await t.test('a key that is rotated signs everywhere, and what the one before signed stays good', (t) =>
      keysRotateEverywhere(t, members, url),
    );
    await t.test('without Redis revocations arrive all the same', () => withoutRedis(members));
    await t.test('without PostgreSQL nobody is signed out, and it recovers by itself', () =>
      withoutPostgres(members),
    );
  });
}

async function throughPooler(url: string): Promise<Readonly<Record<string, string>>> {
  const pooler = await startPgbouncer(database, { after });
  const pooled = pooler.urlOf(new URL(url).pathname.slice(1));
  return { WATCHWORD_DATABASE_URL: pooled, WATCHWORD_DATABASE_LISTEN_URL: url };
}

async function whatOneDoesAllKnow([one, two, three]: readonly Member[]): Promise<void> {
  assert.ok(one && two && three);
  const members = [one, two, three];
  const ada = await signUp(one);
  const refreshed = tokensOf(await refresh(two, ada.refreshToken));
  for (const member of members) await accepts(member, refreshed.token);
  const before = await relayedMessages();
  assert.equal((await ask(three, 'POST', '/demo/revoke-all', { token: refreshed.token })).status, 200);
  await Promise.all(members.map((member) => refuses(member, refreshed.token)));
  for (const member of members) assert.equal((await refresh(member, refreshed.refreshToken)).status, 401);
  await until(async () => (await relayedMessages()) > before, 'Redis has carried it');
}

async function keysRotateEverywhere(t: TestContext, members: readonly Member[], url: string): Promise<void> {
  const [one] = members;
  assert.ok(one);
  const ada = await signIn(one);
  const operator = await createWatchword({
    issuer: one.issuer,
    store: postgres(url),
    secret: SECRET,
    algorithm: 'ES256',
  });
  t.after(() => operator.close());
  const { id } = await operator.keys.rotate();
  let last = ada;
  for (const member of members) {
    await until(async () => {
      last = tokensOf(await refresh(member, last.refreshToken));
      return kidOf(last.token) === id;
    }, 'the new key signs');
  }
  for (const member of members) {
    await accepts(member, last.token);
    await accepts(member, ada.token);
  }
}

async function withoutRedis([one, two, three]: readonly Member[]): Promise<void> {
  assert.ok(one && two && three);
  await redis.kill();
  const ada = await signIn(one);
  const out = await ask(two, 'POST', '/auth/sign-out', { body: { refresh_token: ada.refreshToken } });
  assert.equal(out.status, 204);
  await Promise.all([one, two, three].map((member) => refuses(member, ada.token)));
  await redis.start();
  await until(async () => {
    const again = await signIn(one);
    await ask(two, 'POST', '/auth/sign-out', { body: { refresh_token: again.refreshToken } });
    await refuses(three, again.token);
    return (await relayedMessages()) > 0;
  }, 'Redis carries again');
}

async function withoutPostgres(members: readonly Member[]): Promise<void> {
  const [one, two, three] = members;
  assert.ok(one && two && three);
  const ada = await signIn(one);
  const cookie = await signInByCookie(two);
  await database.kill();
  for (const member of members) await accepts(member, ada.token);
  const unavailable = await Promise.all([
    refresh(one, ada.refreshToken),
    ask(two, 'POST', '/auth/refresh', { cookie }),
    ask(three, 'POST', '/auth/sign-in', { body: CREDENTIALS }),
    ask(one, 'POST', '/auth/sign-out', { body: { refresh_token: ada.refreshToken } }),
    ask(two, 'POST', '/demo/revoke-all', { token: ada.token }),
    ask(three, 'GET', '/readyz'),
  ]);
  for (const { status, headers, json } of unavailable) {
    assert.deepEqual([status, json.code], [503, 'ERR_STORE_UNAVAILABLE']);
    assert.match(headers['retry-after'] ?? '', /^[1-9]\d*$/);
    assert.equal(headers['set-cookie'], undefined, 'no cookie is cleared');
  }
  for (const member of members) assert.equal((await ask(member, 'GET', '/healthz')).status, 200);
  await Promise.all(
    members.map((member) =>
      until(async () => {
        const { status, json } = await ask(member, 'GET', '/me', { token: ada.token });
        if (status === 503) assert.equal(json.code, 'ERR_FEED_STALE');
        else assert.equal(status, 200);
        return status === 503;
      }, 'what is known grows too old'),
    ),
  );
  await database.start();
  await Promise.all(
    members.map((member) =>
      until(async () => (await ask(member, 'GET', '/readyz')).status === 200, 'it is ready again'),
    ),
  );
  for (const member of members)
    await until(
      async () => (await ask(member, 'GET', '/me', { token: ada.token })).status === 200,
      'knowledge is fresh',
    );
  const { token } = tokensOf(await refresh(three, ada.refreshToken));
  assert.equal((await ask(one, 'POST', '/auth/refresh', { cookie })).status, 200);
  for (const member of members) await accepts(member, token);
  assert.equal((await ask(two, 'POST', '/demo/revoke-all', { token })).status, 200);
  await Promise.all(members.map((member) => refuses(member, token)));
}

interface Tokens {
  readonly token: string;
  readonly refreshToken: string;
}

async function signUp(member: Member): Promise<Tokens> {
  return tokensOf(await ask(member, 'POST', '/auth/sign-up', { body: CREDENTIALS }));
}

async function signIn(member: Member): Promise<Tokens> {
  return tokensOf(await ask(member, 'POST', '/auth/sign-in', { body: CREDENTIALS }));
}

async function signInByCookie(member: Member): Promise<string> {
  const body = { ...CREDENTIALS, delivery: 'cookie' };
  const { status, headers } = await ask(member, 'POST', '/auth/sign-in', { body, cookie: '' });
  assert.ok(status < 300);
  return (headers['set-cookie'] ?? []).map((line) => line.split(';', 1)[0]).join('; ');
}

function refresh(member: Member, refreshToken: string): Promise<Answer> {
  return ask(member, 'POST', '/auth/refresh', { body: { refresh_token: refreshToken } });
}

function tokensOf({ status, json }: Answer): Tokens {
  assert.ok(status === 200 || status === 201, JSON.stringify(json));
  return { token: json.access_token, refreshToken: json.refresh_token };
}

async function accepts(member: Member, token: string): Promise<void> {
  const { status, json } = await ask(member, 'GET', '/me', { token });
  assert.equal(status, 200, JSON.stringify(json));
}

async function refuses(member: Member, token: string): Promise<void> {
  await until(async () => {
    const { json } = await ask(member, 'GET', '/me', { token });
    return json.code === 'ERR_TOKEN_REVOKED';
  }, 'the token is refused');
}

function kidOf(token: string): string {
  const [header = ''] = token.split('.');
  return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid;
}

/** How many entries lie in the streams. */
async function relayedMessages(): Promise<number> {
  const client = createClient({ url: redis.url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const names = await client.keys('watchword:*:feed');
    const lengths = await Promise.all(names.map((name) => client.xLen(name)));
    return lengths.reduce((sum, length) => sum + length, 0);
  } finally {
    client.destroy();
  }
}

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    assert.ok(performance.now() < endMs, `${what} within ${PATIENCE_MS} ms`);
    await pause(20);
  }
}
