import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { parseSessionId } from '../../src/domain/ids.ts';
import type { SessionTokens } from '../../src/facade/index.ts';
import { sqlite } from '../../src/stores/sqlite/index.ts';
import { createSeededRandom } from '../../src/testing/seeded-random.ts';
import { realContext } from '../stores/real-context.ts';
import { rounds, seed } from '../stores/seed.ts';
import type { Task } from './children/worker.ts';
import { only, refresh, startWorkers, tokensOf, type Workers } from './workers.ts';

const PROCESSES = 6;
const RACE_WINDOW_MS = 60_000;
const random = createSeededRandom(seed);

type Kind = 'session' | 'subject' | 'all';

/** Which revocations run in a round, each in a process of its own. */
const ROUNDS: readonly (readonly Kind[])[] = [
  ['session'],
  ['subject'],
  ['all'],
  ['session', 'subject'],
  ['session', 'subject', 'all'],
  ['all', 'all', 'all'],
];

/** Whether the rows are ended, as somebody reads them who has only what is on the disk. */
async function endedRows({ path }: Workers, tokens: readonly SessionTokens[]): Promise<boolean[]> {
  const store = await sqlite(path).open(realContext());
  try {
    const readings = tokens.map(({ session }) =>
      store.sessions.find(parseSessionId(session.id) ?? assert.fail()),
    );
    return (await Promise.all(readings)).map((reading) => reading?.record.session.ended !== undefined);
  } finally {
    await store.close();
  }
}

/** Each of these in each process; the codes, one for each, in one list. */
async function codesOf(workers: Workers, tasks: readonly Task[]): Promise<readonly (string | undefined)[]> {
  const reports = await Promise.all(workers.all.map((worker) => worker.do(...tasks)));
  return reports.flatMap(({ results }) =>
    results.map(({ code, detail }) => (code === undefined ? undefined : `${code} ${detail}`)),
  );
}

async function race(workers: Workers, kinds: readonly Kind[]): Promise<number> {
  const [home] = workers.all;
  assert.ok(home);
  const start = async (subject: string) => tokensOf(only(await home.do({ task: 'start', subject })));
  const [ada1, ada2, bob] = [await start('ada'), await start('ada'), await start('bob')];
  const refreshes = [ada1, ada2, bob, ada1].map(({ refreshToken }) => refresh(refreshToken));
  const revocations = kinds.map((kind): Task[] => [
    { task: 'revoke', kind, id: kind === 'session' ? ada1.session.id : 'ada' },
  ]);
  const lists = [...Array.from({ length: PROCESSES - kinds.length }, () => refreshes), ...revocations];
  lists[1] = [...refreshes, { task: 'start', subject: 'ada' }];
  const turn = random.below(lists.length);
  const turned = lists.map((_, index) => lists[(index + turn) % lists.length] ?? []);
  const reports = await workers.together(...turned);
  for (const { events } of reports) {
    assert.ok(!events.includes('refresh_reused') && !events.includes('store_rolled_back'));
  }
  const results = reports.flatMap((report) => report.results);
  for (const { code, detail } of results) {
    if (code !== undefined) assert.equal(`${code} ${detail}`, 'ERR_REFRESH_INVALID ended');
  }
  const minted = results.flatMap(({ tokens }) => (tokens === undefined ? [] : [tokens]));
  const among = minted.filter(
    ({ session }) => ![ada1, ada2, bob].some((one) => one.session.id === session.id),
  );
  const after = await start('ada');

  const dead = [ada1, ...(kinds.includes('subject') || kinds.includes('all') ? [ada2] : [])];
  if (kinds.includes('all')) dead.push(bob);
  const alive = [ada2, bob].filter((one) => !dead.includes(one)).concat(after);
  const ofSessions = (sessions: readonly SessionTokens[]) =>
    [...sessions, ...minted].filter(({ session }) => sessions.some((one) => one.session.id === session.id));

  // A session that started in the race is on one side or the other, in every process alike.
  const [amongEnded = false] = await endedRows(workers, among);
  assert.equal(among.length, 1);
  (amongEnded ? dead : alive).push(...among);

  assert.deepEqual(new Set(await endedRows(workers, dead)), new Set([true]));
  assert.deepEqual(new Set(await endedRows(workers, alive)), new Set([false]));
  const refreshed = await codesOf(
    workers,
    ofSessions(dead).map(({ refreshToken }) => refresh(refreshToken)),
  );
  assert.deepEqual(new Set(refreshed), new Set(['ERR_REFRESH_INVALID ended']));
  const verified = await codesOf(
    workers,
    ofSessions(dead).map(({ accessToken: token }) => ({ task: 'refused', token })),
  );
  for (const code of verified) assert.match(String(code), /^ERR_TOKEN_REVOKED /);
  const living = ofSessions(alive);
  const uses = living.map(({ accessToken: token }): Task => ({ task: 'verify', token }));
  assert.deepEqual(new Set(await codesOf(workers, uses)), new Set([undefined]));
  const goingOn = alive.map(({ refreshToken }) => refresh(refreshToken));
  assert.deepEqual(new Set(await codesOf(workers, goingOn)), new Set([undefined]));
  return minted.filter(({ session }) => dead.some((one) => one.session.id === session.id)).length;
}

async function racesOf(t: TestContext, full: number): Promise<void> {
  const workers = await startWorkers(t, PROCESSES, { raceWindowMs: RACE_WINDOW_MS });
  let mintedAndDead = 0;
  for (let round = 0; round < full; round += 1) {
    mintedAndDead += await race(workers, ROUNDS[round % ROUNDS.length] ?? assert.fail());
  }
  t.diagnostic(
    `${full} races; ${mintedAndDead} tokens were minted in them and died (WATCHWORD_SEED=${seed})`,
  );
}

test('refresh against revoke.session, revoke.subject and revoke.all: nothing of a revoked session lives on, what came after does', (t) =>
  racesOf(t, rounds(12, 300)));
