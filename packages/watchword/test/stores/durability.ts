import { strict as assert } from 'node:assert';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { GENESIS_HASH, type RevocationRecord } from '../../src/domain/revocation.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { assertChained } from '../../src/testing/store-contract/workbench.ts';
import { startChild, type Child } from './child-process.ts';
import type { Acknowledged } from './children/relentless-writer.ts';

/** Notes what a writer was told had been done, until it is gone. */
export async function collectFacts(child: Child, facts: Acknowledged[]): Promise<void> {
  assert.ok(child.process.stdout);
  const lines = createInterface({ input: child.process.stdout });
  lines.on('line', (line) => {
    facts.push(JSON.parse(line) as Acknowledged);
  });
  await new Promise((resolve) => lines.once('close', resolve));
}

/** Lets a writer write and kills it so long after its first acknowledgement; gives what it was told had been done. */
export async function writeUntilKilled(location: string, lifeMs: number): Promise<Acknowledged[]> {
  const child = startChild('relentless-writer.ts', [location]);
  const facts: Acknowledged[] = [];
  const collected = collectFacts(child, facts);
  while (facts.length === 0) await delay(1);
  await delay(lifeMs);
  await child.kill();
  await collected;
  return facts;
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
  assert.deepEqual(head.hash, records.at(-1)?.hash ?? GENESIS_HASH);
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

/** That everything is there that somebody was told is, and nothing by half. */
export async function assertAllKept(
  store: Store,
  facts: readonly Acknowledged[],
  when: string,
): Promise<void> {
  const log = new Map(
    (await store.revocations.readAfter(0, 1_000_000)).map((record) => [record.sequence, record]),
  );
  await assertNothingHalfDone(store, log);
  for (const fact of facts) {
    await assertKept(store, log, fact).catch((error: unknown) => {
      throw new Error(`lost ${when}: ${JSON.stringify(fact)}`, { cause: error });
    });
  }
}
