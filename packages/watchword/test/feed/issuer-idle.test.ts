import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openFeed } from './feed-reader.ts';
import { openIssuer, type IssuerServer } from './issuer-server.ts';

const READERS = fileURLToPath(new URL('children/idle-readers.ts', import.meta.url));
/** As many as there is room for, and as many as one client may have; where time is short some of them. */
const MOST = 2000;
const MOST_PER_CLIENT = 200;
const OPENED = process.env['WATCHWORD_LONG'] === undefined ? 600 : MOST;
const LISTENED_MS = 2000;

interface Told {
  readonly opened: number;
  readonly refused: readonly number[];
  readonly beats: number;
}

async function startReaders(t: TestContext, issuer: IssuerServer, credentials: readonly string[]) {
  const { port } = new URL(issuer.origin);
  const child = fork(READERS, [port, issuer.position(), String(MOST_PER_CLIENT), ...credentials], {
    execArgv: ['--conditions=watchword-source'],
  });
  t.after(() => child.kill());
  return { child, told: await hear(child) };
}

async function hear(child: ChildProcess): Promise<Told> {
  const [told] = (await once(child, 'message')) as [Told];
  return told;
}

test(`${OPENED} idle readers cost little, and one more than there is room for is asked to come again`, async (t) => {
  const issuer = await openIssuer(t);
  const credentials: string[] = [];
  for (let client = 0; client < OPENED / MOST_PER_CLIENT; client += 1) {
    credentials.push(await issuer.register(`client-${client}`));
  }
  const before = process.memoryUsage().rss;
  const { child, told } = await startReaders(t, issuer, credentials);
  assert.equal(told.opened, OPENED, `answered ${told.refused.join(', ')}`);
  assert.equal((await issuer.auth.feed.status()).connections, OPENED);
  const one = await issuer.register('one-more');
  const full = OPENED < MOST ? credentials[0] : one;
  const refused = await issuer.get('/feed', full ?? one, { 'last-event-id': issuer.position() });
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '2']);
  const begun = process.cpuUsage();
  child.send(LISTENED_MS);
  const { beats } = await hear(child);
  const { user, system } = process.cpuUsage(begun);
  const bytes = (process.memoryUsage().rss - before) / OPENED;
  const busy = (user + system) / 1000 / LISTENED_MS;
  t.diagnostic(
    `${Math.round(bytes / 1024)} KiB a connection, ${Math.round(busy * 100)} % of a core for heartbeats`,
  );
  assert.ok(beats > OPENED, `${beats} heartbeats in ${LISTENED_MS} ms`);
  assert.ok(bytes < 65_536, `${bytes} bytes a connection`);
  child.kill();
  for (let tries = 0; (await issuer.auth.feed.status()).connections > 0; tries += 1) {
    assert.ok(tries < 300);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await openFeed(t, issuer.origin, { authorization: one, position: issuer.position() });
});
