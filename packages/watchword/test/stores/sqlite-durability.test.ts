import { strict as assert } from 'node:assert';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { GENESIS_HASH, type RevocationRecord } from '../../src/domain/revocation.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { sqlite } from '../../src/stores/sqlite/index.ts';
import { createSeededRandom } from '../../src/testing/seeded-random.ts';
import { assertChained } from '../../src/testing/store-contract/workbench.ts';
import { startChild } from './child-process.ts';
import type { Acknowledged } from './children/relentless-writer.ts';
import { realContext } from './real-context.ts';
import { rounds, seed } from './seed.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

/** How long a writer lives after its first acknowledgement, at most. */
const LONGEST_LIFE_MS = 150;

/** Lets a writer write and kills it at a random moment; gives what it was told had been done. */
async function writeUntilKilled(path: string, lifeMs: number): Promise<Acknowledged[]> {
  const child = startChild('relentless-writer.ts', [path]);
  const acknowledged: Acknowledged[] = [];
  assert.ok(child.process.stdout);
  const lines = createInterface({ input: child.process.stdout });
  const ended = new Promise((resolve) => lines.once('close', resolve));
  const first = new Promise((resolve) => lines.once('line', resolve));
  lines.on('line', (line) => {
    acknowledged.push(JSON.parse(line) as Acknowledged);
  });
  await first;
  await delay(lifeMs);
  await child.kill();
  await ended;
  return acknowledged;
}

async function assertKept(
  store: Store,
  log: ReadonlyMap<number, RevocationRecord>,
  fact: Acknowledged,
): Promise<void> {
  switch (fact.what) {
    case 'started':
      return assert.ok(await store.sessions.find(fact.id));
    case 'settled':
      return assert.equal((await store.sessions.find(fact.id))?.record.chain.settled, true);
    case 'ended':
      return assert.ok((await store.sessions.find(fact.id))?.record.session.ended);
    case 'advanced':
      return assert.ok(
        ((await store.sessions.find(fact.id))?.record.chain.generation ?? 0) >= fact.generation,
      );
    case 'revoked':
      return assert.equal(Buffer.from(log.get(fact.sequence)?.hash ?? []).toString('hex'), fact.hash);
    case 'cut_off': {
      const live = await store.sessions.listLive(fact.subject, 1000);
      return assert.ok(live.every(({ startedMs }) => startedMs >= fact.beforeMs));
    }
    case 'account':
      return assert.ok(await store.accounts.findByEmail(fact.key));
    case 'key': {
      const { revision, signingKeys } = await store.keys.read();
      assert.ok(revision >= fact.revision);
      return assert.ok(signingKeys.some(({ key }) => key.id === fact.keyId));
    }
  }
}

/** What was not acknowledged may be there or not, but never by half: rows and log tell the same story. */
async function assertNothingHalfDone(
  store: Store,
  log: ReadonlyMap<number, RevocationRecord>,
): Promise<void> {
  const records = [...log.values()];
  assertChained(records, { sequence: 0, hash: GENESIS_HASH });
  const head = await store.revocations.head();
  assert.equal(head.sequence, records.length);
  assert.deepEqual(head.hash, records.at(-1)?.hash);
  for (const { target } of records) {
    if (target.kind !== 'session') continue;
    assert.ok(
      (await store.sessions.find(target.sessionId))?.record.session.ended,
      'an entry and a row that ended',
    );
  }
  const { revision, signingKeys } = await store.keys.read();
  const revokedKeys = records.filter(({ target }) => target.kind === 'key');
  assert.equal(signingKeys.length, revokedKeys.length, 'a key and its entry are one step');
  assert.equal(revision, signingKeys.length);
}

async function survivesKills(t: TestContext, kills: number): Promise<void> {
  const folder = createTemporaryFolder();
  t.after(() => folder.remove());
  const path = join(folder.path, 'watchword.db');
  const random = createSeededRandom(seed);
  const facts: Acknowledged[] = [];
  for (let round = 1; round <= kills; round += 1) {
    facts.push(...(await writeUntilKilled(path, random.jitter() * LONGEST_LIFE_MS)));
    const store = await sqlite(path).open(realContext());
    try {
      const log = new Map(
        (await store.revocations.readAfter(0, 1_000_000)).map((record) => [record.sequence, record]),
      );
      await assertNothingHalfDone(store, log);
      for (const fact of facts) {
        await assertKept(store, log, fact).catch((error: unknown) => {
          throw new Error(`lost after kill ${round}: ${JSON.stringify(fact)} [seed ${seed}]`, {
            cause: error,
          });
        });
      }
    } finally {
      await store.close();
    }
  }
  t.diagnostic(`${facts.length} acknowledged writes survived ${kills} kills (WATCHWORD_SEED=${seed})`);
  assert.ok(facts.length > kills, 'the writers did write');
}

test('what was acknowledged survives kill -9, and nothing is half done', (t) =>
  survivesKills(t, rounds(5, 100)));
