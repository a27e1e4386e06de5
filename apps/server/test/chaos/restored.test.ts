import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { findProgram, startPostgres } from '../../../../tools/test-servers/index.ts';
import { closeConnections } from '../processes/server-group.ts';
import type { ChaosServer } from './chaos-server.ts';
import { readLog } from './log-reader.ts';
import type { Case } from './referee.ts';
import { revokeOnce } from './revoker.ts';
import { startWorld, until, type World } from './world.ts';

const run = promisify(execFile);
after(closeConnections);
const database = await startPostgres({ after });
const NAMES = ['one', 'two'];

test('an older state of the database, put back under running servers: what it has lost stays revoked wherever it was known', async (t) => {
  const world = await startWorld(t, database.url);
  const servers = await Promise.all([world.addServer(database.url), world.addServer(database.url)]);
  const [one, two] = servers;
  assert.ok(one && two);
  const saved = await world.issue('saved', 12);
  const lost = await world.issue('lost', 12);
  const later = await world.issue('later', 6);
  await world.issue('valid', 12);
  await Promise.all([world.addVerifier('one', one.address), world.addVerifier('two', two.address)]);

  await revokeAll(world, saved, servers);
  const dump = join(world.folder, 'dump');
  await run(findProgram('pg_dump', 'postgresql'), ['--format=custom', `--file=${dump}`, database.url]);
  await revokeAll(world, lost, servers);
  const { epoch } = await world.converge();

  await t.test('put back', async () => {
    const broken = world.referee.break('an older state is put back', NAMES);
    const back = ['--clean', '--if-exists', '--single-transaction', `--dbname=${database.url}`, dump];
    await run(findProgram('pg_restore', 'postgresql'), back);
    await until('another history has begun', async () => (await readLog(database.url)).epoch !== epoch);
    const log = await world.converge({ kept: lost });
    assert.equal(log.sequence, saved.length, 'the log is as it was');
    await world.recover(broken);
    for (const server of servers) await refuses(server, [...saved, ...lost]);
  });

  await t.test('revocations go on in the new history', async () => {
    await revokeAll(world, later, servers);
    await world.converge({ kept: lost });
  });

  await t.test('the restore is accepted', async () => {
    const broken = world.referee.break('the restore is accepted', NAMES);
    const before = await readLog(database.url);
    await world.auth.acceptRestore({ forSeconds: 60 });
    assert.notEqual((await readLog(database.url)).epoch, before.epoch);
    await world.converge({ kept: lost });
    await world.recover(broken);
  });

  await t.test('what was lost is revoked once more, and all know it, also who was not there', async () => {
    await two.kill();
    const broken = world.referee.break('its server was killed', ['two']);
    await two.start();
    // It knows nothing but the log.
    for (const case_ of lost) assert.equal((await two.ask('GET', '/me', { token: case_.token })).status, 200);
    await world.recover(broken);
    await revokeAll(world, lost, [two]);
    await world.converge();
    for (const server of servers) await refuses(server, lost);
  });
  await world.judge();
});

async function revokeAll(
  { referee }: World,
  cases: readonly Case[],
  servers: readonly ChaosServer[],
): Promise<void> {
  for (const [index, one] of cases.entries()) {
    const server = servers[index % servers.length];
    assert.ok(server);
    assert.ok(await revokeOnce(referee, one, server));
  }
}

async function refuses(server: ChaosServer, cases: readonly Case[]): Promise<void> {
  for (const { name, token } of cases) {
    await until(`${name} is refused`, async () => {
      const { json } = await server.ask('GET', '/me', { token });
      return json.code === 'ERR_TOKEN_REVOKED';
    });
  }
}
