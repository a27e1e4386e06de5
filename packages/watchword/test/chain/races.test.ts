import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Task } from './children/worker.ts';
import { rounds } from '../stores/seed.ts';
import { only, refresh, startWorkers, tokensOf, type Workers } from './workers.ts';

const PROCESSES = 8;
const AT_ONCE = 50;
/** A minute: a burst may take long on a busy machine and still has to be a race. */
const RACE_WINDOW_MS = 60_000;
const SETTLED_MS = 4 * RACE_WINDOW_MS + 1;

/** Refreshes of these tokens in turn, as evenly over the processes as can be. */
function spread(...tokens: readonly string[]): readonly (readonly Task[])[] {
  const lists: Task[][] = Array.from({ length: PROCESSES }, () => []);
  for (let index = 0; index < AT_ONCE; index += 1) {
    const token = tokens[Math.floor(index / PROCESSES) % tokens.length] ?? assert.fail();
    lists[index % PROCESSES]?.push(refresh(token));
  }
  return lists;
}

async function everywhere(workers: Workers, ...tasks: readonly Task[]) {
  return Promise.all(workers.all.map((worker) => worker.do(...tasks)));
}

function countOf(types: readonly string[], type: string): number {
  return types.filter((each) => each === type).length;
}

test('eight processes, 50 refreshes of one token at once: one lineage, round after round, and nobody is signed out', async (t) => {
  const workers = await startWorkers(t, PROCESSES, { raceWindowMs: RACE_WINDOW_MS });
  const [home] = workers.all;
  assert.ok(home);
  let newest = tokensOf(only(await home.do({ task: 'start', subject: 'ada' }))).refreshToken;
  const lineage = [newest];
  const full = rounds(5, 200);
  let overtaken = 0;
  for (let generation = 2; generation < full + 2; generation += 1) {
    const reports = await workers.together(...spread(newest));
    const all = reports.flatMap(({ results }) => results.map(tokensOf));
    const told = reports.flatMap(({ events }) => events);
    assert.equal(all.length, AT_ONCE);
    assert.equal(countOf(told, 'refresh_rotated'), 1, 'exactly one rotates');
    assert.equal(countOf(told, 'refresh_resent'), AT_ONCE - 1, 'all others are given the same');
    assert.equal(new Set(all.map(({ refreshToken }) => refreshToken)).size, 1, 'byte for byte');
    newest = all[0]?.refreshToken ?? assert.fail();
    assert.ok(!lineage.includes(newest), 'it is a new one');
    lineage.push(newest);
    overtaken += reports.filter(({ events }) => !events.includes('refresh_rotated')).length;

    // Whoever got it first may come back at once, wherever, and each access token is good everywhere.
    const accessTokens = reports.map((report) => tokensOf(report.results[0] ?? {}).accessToken);
    const checks = accessTokens.map((token): Task => ({ task: 'verify', token }));
    for (const { results, events } of await everywhere(workers, ...checks, refresh(newest))) {
      assert.deepEqual(
        results.slice(0, -1).map((result) => result.generation ?? result.code),
        checks.map(() => generation),
      );
      assert.equal(tokensOf(results.at(-1) ?? {}).refreshToken, newest);
      assert.deepEqual(events, ['refresh_current']);
    }
    // Tabs that have it already and tabs that have not: all are given the newest, and it stays.
    const mixed = await workers.together(...spread(lineage.at(-2) ?? '', newest));
    for (const { results, events } of mixed) {
      for (const result of results) assert.equal(tokensOf(result).refreshToken, newest);
      assert.deepEqual([...new Set(events)].toSorted(), ['refresh_current', 'refresh_resent']);
    }
    // So the next round goes on with the newest token, as its client would.
    await everywhere(workers, { task: 'later', milliseconds: SETTLED_MS });
  }
  t.diagnostic(`${full} rounds; in ${overtaken} of ${full * PROCESSES} cases another process rotated`);
  const last = await home.do(refresh(newest));
  assert.deepEqual(last.events, ['refresh_rotated']);
  const { accessToken } = tokensOf(only(last));
  assert.equal(only(await home.do({ task: 'verify', token: accessToken })).generation, full + 2);
});
