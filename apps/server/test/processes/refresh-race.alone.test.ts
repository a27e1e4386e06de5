import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { after, test } from 'node:test';
import { ask, closeConnections, startGroup, type Answer, type Member } from './server-group.ts';
import type { LoopDelay } from './measured-server.ts';

const ROUNDS = process.env['WATCHWORD_LONG'] === undefined ? 8 : 200;
const AT_ONCE = 50;
const LONGEST_DELAY_MS = 50;
const CREDENTIALS = { email: 'ada@example.com', password: 'correct horse battery', delivery: 'body' };

after(closeConnections);

test('50 refreshes of one token at once, from four processes on one database: one lineage, nobody signed out', async (t) => {
  const members = await startGroup(t, 4);
  const [first] = members;
  assert.ok(first);
  assert.equal((await ask(first, 'POST', '/auth/sign-up', { body: CREDENTIALS })).status, 201);
  const delays: LoopDelay[] = [];
  // The first round warms up: code is compiled, connections are opened.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const { json } = await ask(first, 'POST', '/auth/sign-in', { body: CREDENTIALS });
    await Promise.all(members.map((member) => member.restart()));
    const answers = await burst(members, json.refresh_token);
    const longest = await Promise.all(members.map((member) => member.longestDelay()));
    if (round > 0) delays.push(...longest);
    await judge(members, json, answers);
  }
  const own = delays.map(({ ownMs }) => ownMs).toSorted((one, other) => one - other);
  const whole = Math.max(...delays.map(({ wholeMs }) => wholeMs));
  const figures = `${median(own).toFixed(1)} ms in the median, ${(own.at(-1) ?? 0).toFixed(1)} ms at most`;
  const load = `${ROUNDS} bursts, ${availableParallelism()} cores for four servers and their client`;
  t.diagnostic(
    `event loop held up by the server itself: ${figures}; with waiting for a core: ${whole.toFixed(1)} ms at most (${load})`,
  );
  // One in twenty may be the disk's fault: what blocks on a lock would do so each time.
  const nearlyAll = own[Math.floor(own.length * 0.95)] ?? 0;
  assert.ok(nearlyAll <= LONGEST_DELAY_MS, `event loops were held up for ${nearlyAll} ms`);
});

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function burst(members: readonly Member[], refreshToken: string): Promise<readonly Answer[]> {
  const body = { refresh_token: refreshToken };
  const one = (_: unknown, index: number) =>
    ask(members[index % members.length] as Member, 'POST', '/auth/refresh', { body });
  return Promise.all(Array.from({ length: AT_ONCE }, one));
}

async function judge(
  members: readonly Member[],
  before: Answer['json'],
  answers: readonly Answer[],
): Promise<void> {
  assert.deepEqual(
    answers.map(({ status, json }) => `${status} ${json.code}`),
    answers.map(() => '200 undefined'),
  );
  const tokens = new Set(answers.map(({ json }) => json.refresh_token));
  assert.equal(tokens.size, 1, 'every answer carries the same refresh token');
  assert.deepEqual(new Set(answers.map(({ json }) => json.session.generation)), new Set([2]));
  assert.deepEqual(new Set(answers.map(({ json }) => json.session.id)), new Set([before.session.id]));
  const [newest = ''] = tokens;
  assert.notEqual(newest, before.refresh_token);
  for (const [index, member] of members.entries()) {
    const token = answers[index]?.json.access_token;
    assert.equal(
      (await ask(member, 'GET', '/me', { token })).status,
      200,
      'each access token is good in each process',
    );
    const again = await ask(member, 'POST', '/auth/refresh', { body: { refresh_token: newest } });
    assert.deepEqual([again.status, again.json.refresh_token], [200, newest], 'the client is signed in');
  }
}
