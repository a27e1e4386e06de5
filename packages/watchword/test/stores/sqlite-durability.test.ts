import { join } from 'node:path';
import { strict as assert } from 'node:assert';
import { test, type TestContext } from 'node:test';
import { sqlite } from '../../src/stores/sqlite/index.ts';
import { createSeededRandom } from '../../src/testing/seeded-random.ts';
import type { Acknowledged } from './children/relentless-writer.ts';
import { assertAllKept, writeUntilKilled } from './durability.ts';
import { realContext } from './real-context.ts';
import { rounds, seed } from './seed.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

/** How long a writer lives after its first acknowledgement, at most. */
const LONGEST_LIFE_MS = 150;

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
      await assertAllKept(store, facts, `after kill ${round} [seed ${seed}]`);
    } finally {
      await store.close();
    }
  }
  t.diagnostic(`${facts.length} acknowledged writes survived ${kills} kills (WATCHWORD_SEED=${seed})`);
  assert.ok(facts.length > kills, 'the writers did write');
}

test('what was acknowledged survives kill -9, and nothing is half done', (t) =>
  survivesKills(t, rounds(5, 100)));
