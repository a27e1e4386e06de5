import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { parseSessionId } from '../../src/domain/ids.ts';
import { GENESIS_HASH, targetId } from '../../src/domain/revocation.ts';
import { createWatchword, type Watchword } from '../../src/facade/index.ts';
import type { Random } from '../../src/ports/random.ts';
import { sqlite } from '../../src/stores/sqlite/index.ts';
import { createSeededRandom } from '../../src/testing/seeded-random.ts';
import { assertChained } from '../../src/testing/store-contract/workbench.ts';
import { codeOf, rejection } from '../facade/support/errors.ts';
import { ISSUER } from '../facade/support/installation.ts';
import { claim } from '../facade/support/tokens.ts';
import { startChild } from '../stores/child-process.ts';
import { realContext } from '../stores/real-context.ts';
import { rounds, seed } from '../stores/seed.ts';
import { createTemporaryFolder } from '../stores/temporary-folder.ts';
import type { Told } from './children/relentless-client.ts';
import { knownRevocations, knownSessions, type KnownSession } from './memories.ts';

/** What the clients are told before the end is near: counted, for a busy machine takes its time. */
const LEAST_TOLD = 60;
const MOST_TOLD = 400;
/** How long they go on after that, at most. */
const LAST_MS = 10;

/** Lets clients work and kills their process at a random moment; gives what they were told. */
async function liveUntilKilled(path: string, { jitter }: Pick<Random, 'jitter'>): Promise<Told[]> {
  const child = startChild('../../chain/children/relentless-client.ts', [path]);
  const told: Told[] = [];
  assert.ok(child.process.stdout);
  const lines = createInterface({ input: child.process.stdout });
  const ended = new Promise((resolve) => lines.once('close', resolve));
  const last = LEAST_TOLD + jitter() * (MOST_TOLD - LEAST_TOLD);
  const enough = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      told.push(JSON.parse(line) as Told);
      if (told.length >= last) resolve();
    });
  });
  await Promise.race([enough, ended]);
  await delay(jitter() * LAST_MS);
  await child.kill();
  await ended;
  assert.equal(child.process.signalCode, 'SIGKILL', 'it did not end by itself');
  return told;
}

/** The log is whole, it has what was acknowledged, and the rows tell the same story. */
async function assertNothingHalfDone(path: string, told: readonly Told[]): Promise<void> {
  const store = await sqlite(path).open(realContext());
  try {
    const records = await store.revocations.readAfter(0, 1_000_000);
    assertChained(records, { sequence: 0, hash: GENESIS_HASH });
    const head = await store.revocations.head();
    assert.equal(head.sequence, records.length);
    assert.deepEqual(head.hash, records.at(-1)?.hash ?? GENESIS_HASH);
    const logged = new Set(records.map(({ target }) => `${target.kind} ${targetId(target)}`));
    for (const { kind, id, acknowledged } of knownRevocations(told)) {
      // The session may have been ended by another revocation just before.
      if (kind === 'session' || !Number.isFinite(acknowledged)) continue;
      assert.ok(logged.has(`${kind} ${id}`), `${kind} ${id} is in the log`);
    }
    for (const { target } of records) {
      if (target.kind !== 'session') continue;
      assert.ok((await store.sessions.find(target.sessionId))?.record.session.ended, 'an entry ends its row');
    }
    const cutOff = (subject: string, startedMs: number): boolean =>
      records.some(
        ({ target }) =>
          (target.kind === 'all' || (target.kind === 'subject' && target.subject === subject)) &&
          startedMs < target.beforeMs,
      );
    for (const { id, fate } of knownSessions(told)) {
      const session = (await store.sessions.find(parseSessionId(id) ?? assert.fail()))?.record.session;
      assert.ok(session, `${id} is there`);
      const isLogged = logged.has(`session ${id}`) || cutOff(session.subject, session.startedMs);
      assert.equal(session.ended !== undefined, isLogged, `${id} has ended if the log says so`);
      if (fate !== 'either') assert.equal(isLogged, fate === 'dead', `${id} should be ${fate}`);
    }
  } finally {
    await store.close();
  }
}

/** The client comes back with the newest token it was given; gives what it is told. */
async function comeBack(auth: Watchword, session: KnownSession): Promise<Told | undefined> {
  const { id, fate, generation, refreshToken, accessToken } = session;
  const tokens = await auth.sessions.refresh(refreshToken).catch(() => undefined);
  if (tokens === undefined) {
    assert.notEqual(fate, 'live', `${id} lives and was refused`);
    assert.equal((await rejection(auth.sessions.refresh(refreshToken))).detail, 'ended');
    assert.equal(await auth.sessions.get(id), undefined);
    const code = codeOf(() => auth.verify(accessToken));
    assert.ok(code === 'ERR_TOKEN_REVOKED' || code === 'ERR_TOKEN_EXPIRED', code);
    return undefined;
  }
  assert.notEqual(fate, 'dead', `${id} was revoked and lives`);
  // Either this rotated, or a rotation that nobody was told of had: one step all the same.
  assert.equal(auth.verify(tokens.accessToken).generation, generation + 1, `${id} lost a rotation`);
  const { subject } = tokens.session;
  const renewed = { refreshToken: tokens.refreshToken, accessToken: tokens.accessToken };
  return {
    what: 'rotated',
    call: `back ${id}`,
    subject,
    session: id,
    generation: generation + 1,
    ...renewed,
  };
}

/** Everything that was told is asked of an instance that has nothing but the file. */
async function judge(path: string, told: Told[]): Promise<number> {
  await assertNothingHalfDone(path, told);
  const auth = await createWatchword({
    issuer: ISSUER,
    store: sqlite(path),
    raceWindowMs: 0,
  });
  try {
    const alerts: string[] = [];
    auth.events.on('*', ({ type }) => alerts.push(type));
    const jtis = new Set(
      knownRevocations(told).flatMap(({ kind, id, acknowledged }) =>
        kind === 'token' && Number.isFinite(acknowledged) ? [id] : [],
      ),
    );
    for (const one of told) {
      if (!('accessToken' in one) || !jtis.has(claim(one.accessToken, 'jti'))) continue;
      const code = codeOf(() => auth.verify(one.accessToken));
      assert.ok(code === 'ERR_TOKEN_REVOKED' || code === 'ERR_TOKEN_EXPIRED', code);
    }
    const back = await Promise.all(knownSessions(told).map((session) => comeBack(auth, session)));
    for (const one of back) if (one !== undefined) told.push(one);
    for (const alert of ['refresh_reused', 'store_rolled_back', 'server_key_suspected']) {
      assert.ok(!alerts.includes(alert), alert);
    }
    return alerts.filter((type) => type === 'refresh_resent_late').length;
  } finally {
    await auth.close();
  }
}

async function survivesKills(t: TestContext, kills: number): Promise<void> {
  const folder = createTemporaryFolder();
  t.after(() => folder.remove());
  const path = join(folder.path, 'watchword.db');
  const random = createSeededRandom(seed);
  const everything: Told[] = [];
  let unheard = 0;
  for (let round = 1; round <= kills; round += 1) {
    const told = await liveUntilKilled(path, random);
    try {
      unheard += await judge(path, told);
    } catch (error) {
      throw new Error(`after kill ${round} [WATCHWORD_SEED=${seed}]`, { cause: error });
    }
    everything.push(...told);
  }
  await judge(path, everything);
  const count = (what: Told['what']): number => everything.filter((one) => one.what === what).length;
  const figures = `${count('started')} sessions, ${count('rotated')} rotations, ${count('revoked')} revocations`;
  t.diagnostic(`${figures} survived ${kills} kills; ${unheard} answers were lost (WATCHWORD_SEED=${seed})`);
  for (const what of ['started', 'rotated', 'revoked'] as const) assert.ok(count(what) > kills, what);
}

test('what clients were told survives kill -9: rotations, sign-outs, revocations; nothing is half done', (t) =>
  survivesKills(t, rounds(5, 60)));
