import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startPostgres, startTcpProxy, type TcpProxy } from '../../../../tools/test-servers/index.ts';
import { closeConnections } from '../processes/server-group.ts';
import { countOf } from './counts.ts';
import { monotonicMs } from './monotonic.ts';
import type { Break, Case } from './referee.ts';
import { revokeOnce } from './revoker.ts';
import type { VerifierProcess } from './verifier-process.ts';
import { startWorld, type World } from './world.ts';

after(closeConnections);
const database = await startPostgres({ after });

const PILED_UP = countOf(2000, 100_000);
const AT_ONCE = 1000;

test(`${PILED_UP} revocations while verifiers are away: they return by resuming, by a snapshot, and with what they had kept`, async (t) => {
  const world = await startWorld(t, database.url);
  const server = await world.addServer(database.url);
  const before = await world.issue('before', 15);
  const meanwhile = await world.issue('meanwhile', 15);
  const valid = await world.issue('valid', 10);
  const { json: keys } = await server.ask('GET', '/.well-known/jwks.json');
  const ways = await Promise.all([1, 2, 3].map(() => startTcpProxy({ port: server.port }, t)));
  const [toResuming, toBlind, toKeeping] = ways as [TcpProxy, TcpProxy, TcpProxy];
  const address = (way: TcpProxy): string => `http://127.0.0.1:${way.port}`;
  const snapshotPath = join(world.folder, 'kept');
  const [resuming, blind, keeping] = await Promise.all([
    world.addVerifier('resuming', address(toResuming)),
    world.addVerifier('blind', address(toBlind)),
    world.addVerifier('keeping', address(toKeeping), { keys, snapshotPath }),
  ]);
  for (const one of before) assert.ok(await revokeOnce(world.referee, one, server));
  await world.converge();
  await world.judge();

  const away = world.referee.break('they are away', ['resuming', 'blind', 'keeping']);
  await leave(away, [resuming, blind, keeping], [toResuming, toKeeping]);
  await world.restart(keeping);
  await knowsWhatItKept(keeping, before, [...meanwhile, ...valid]);
  await Promise.all([pileUp(world), revokeAll(world, meanwhile)]);
  endOfSeverance(away);

  await Promise.all([toResuming.heal(), toKeeping.heal(), world.restart(blind)]);
  await world.recover(away);
  const log = await world.converge();
  assert.equal(log.sequence, before.length + meanwhile.length + PILED_UP);
  await world.judge();
  const loaded = await Promise.all(
    [resuming, blind, keeping].map(async (verifier) => (await verifier.status()).events['feed_loaded'] ?? 0),
  );
  assert.deepEqual(loaded, [1, 1, 0], 'snapshots: at the first start, at the second, and none');

  async function revokeAll({ referee }: World, cases: readonly Case[]): Promise<void> {
    for (const one of cases) assert.ok(await revokeOnce(referee, one, server));
  }
});

async function leave(
  away: Break,
  [resuming, blind, keeping]: readonly [VerifierProcess, VerifierProcess, VerifierProcess],
  ways: readonly TcpProxy[],
): Promise<void> {
  await Promise.all([keeping.close(), blind.kill()]);
  await Promise.all(ways.map((way) => way.cut()));
  away.severed = { fromMs: monotonicMs(), toMs: Number.POSITIVE_INFINITY };
  assert.equal((await resuming.status()).events['feed_loaded'], 1);
}

function endOfSeverance({ severed }: Break): void {
  assert.ok(severed);
  severed.toMs = monotonicMs();
}

/** Nobody answers it, and it began anew: what it had kept counts, for as long as that is not too old. */
async function knowsWhatItKept(
  keeping: VerifierProcess,
  revoked: readonly Case[],
  others: readonly Case[],
): Promise<void> {
  const named = (cases: readonly Case[]) => cases.map(({ name, token }) => [name, token] as const);
  assert.deepEqual(new Set(await keeping.codes(named(revoked))), new Set(['ERR_TOKEN_REVOKED']));
  assert.deepEqual(new Set(await keeping.codes(named(others))), new Set(['']));
}

async function pileUp({ auth }: World): Promise<void> {
  for (let done = 0; done < PILED_UP; done += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, () => auth.revoke.token(randomBytes(16).toString('base64url'))),
    );
  }
}
