import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { SessionTokens, Watchword } from '../../src/facade/index.ts';
import { sqlite } from '../../src/stores/sqlite/index.ts';
import { codeOf, rejection } from '../facade/support/errors.ts';
import { createInstallation, type Installation, type Opened } from '../facade/support/installation.ts';
import { claim, readToken } from '../facade/support/tokens.ts';
import { rounds, seed } from '../stores/seed.ts';
import { createTemporaryFolder } from '../stores/temporary-folder.ts';
import { allJumps, jumpBefore, told, type Jump } from './jumps.ts';

const W = 10_000;
const S = 4 * W;
/** Once a minute what has expired is dropped. */
const UPKEEP_MS = 60_001;
/** One story in so many is played; the seed says which. */
const STORIES = rounds(3, 1);

async function open(t: TestContext, onDisk: boolean): Promise<{ installation: Installation } & Opened> {
  const installation = createInstallation(t);
  if (!onDisk) return { installation, ...(await installation.open()) };
  const folder = createTemporaryFolder();
  const opened = await installation.open({ store: sqlite(join(folder.path, 'watchword.db')) });
  t.after(() => folder.remove());
  return { installation, ...opened };
}

/** A client that keeps what it is given, and comes back with it when its access token is not good any more. */
function honestClient(auth: Watchword, { installation }: { readonly installation: Installation }) {
  let tokens: SessionTokens | undefined;
  const kept = (): SessionTokens => tokens ?? assert.fail('the story begins with a sign-in');

  async function refresh(): Promise<void> {
    tokens = await auth.sessions.refresh(kept().refreshToken);
    assert.equal(auth.verify(tokens.accessToken).subject, 'ada');
  }

  async function use(): Promise<void> {
    try {
      auth.verify(kept().accessToken);
    } catch {
      const code = codeOf(() => auth.verify(kept().accessToken));
      assert.ok(['ERR_TOKEN_EXPIRED', 'ERR_TOKEN_NOT_YET_VALID'].includes(code), code);
      await refresh();
    }
    await installation.settle();
  }

  return {
    'the sign-in': async () => {
      tokens = await auth.sessions.start({ subject: 'ada' });
    },
    'the first rotation': refresh,
    'the lost answer': async () => {
      installation.later(S + 1);
      await auth.sessions.refresh(kept().refreshToken);
      installation.later(W + 1);
    },
    'the late resend': refresh,
    'the use that settles': async () => {
      installation.later(S + 1);
      await use();
    },
    'the rotation of the signing key': () => installation.through(auth.keys.rotate()),
    'the rotation of the refresh key': () => installation.through(auth.keys.rotateRefreshKey()),
    'the second rotation': async () => {
      installation.later(S + 1);
      await refresh();
    },
    'the upkeep': () => installation.pass(UPKEEP_MS),
    'the last refresh': refresh,
    'the last use': use,
  };
}

for (const onDisk of [false, true]) {
  test(`a clock that jumps an hour, and back, signs nobody out (${onDisk ? 'sqlite' : 'memory'})`, async (t) => {
    const names = Object.keys(honestClient({} as Watchword, { installation: {} as Installation }));
    let stories = 0;
    for (const [number, jumps] of [...allJumps(names.length)].entries()) {
      if (onDisk && jumps.length > 1) continue;
      if ((number + seed) % STORIES !== 0) continue;
      stories += 1;
      const opened = await open(t, onDisk);
      const { installation, auth, events } = opened;
      const client = honestClient(auth, opened);
      for (const [step, go] of Object.values(client).entries()) {
        jumpBefore(step, jumps, installation);
        await Promise.resolve(go()).catch((error: unknown) => {
          throw new Error(`at ${names[step]}, the clock having jumped ${told(jumps, names)}`, {
            cause: error,
          });
        });
      }
      jumpBefore(names.length, jumps, installation);
      await client['the last refresh']();
      assert.equal((await auth.sessions.list('ada')).length, 1, told(jumps, names));
      const harm = events.filter(({ type }) =>
        ['session_ended', 'refresh_reused', 'refresh_refused', 'store_rolled_back'].includes(type),
      );
      assert.deepEqual(harm, [], told(jumps, names));
    }
    t.diagnostic(`${stories} stories (WATCHWORD_SEED=${seed})`);
  });
}

const KINDS = ['token', 'session', 'subject', 'all', 'key'] as const;
const STEPS = ['the sign-in', 'the rotation', 'the revocation', 'the next sign-in', 'the upkeep'];

async function revoke(auth: Watchword, kind: (typeof KINDS)[number], tokens: SessionTokens): Promise<void> {
  if (kind === 'token') await auth.revoke.token(claim(tokens.accessToken, 'jti'));
  if (kind === 'session') await auth.revoke.session(tokens.session.id);
  if (kind === 'subject') await auth.revoke.subject('ada');
  if (kind === 'all') await auth.revoke.all();
  if (kind === 'key') await auth.keys.compromise(String(readToken(tokens.accessToken).header['kid']));
}

async function revokedStaysDead(t: TestContext, kind: (typeof KINDS)[number], jumps: readonly Jump[]) {
  const { installation, auth } = await open(t, false);
  const what = told(jumps, STEPS);
  const jump = (step: number): void => jumpBefore(step, jumps, installation);
  const assertDead = async (tokens: SessionTokens, here: Watchword): Promise<void> => {
    assert.throws(
      () => here.verify(tokens.accessToken),
      /./,
      `its access token lives, the clock having jumped ${what}`,
    );
    if (kind === 'token' || kind === 'key') return;
    assert.equal((await rejection(here.sessions.refresh(tokens.refreshToken))).detail, 'ended', what);
    assert.equal(await here.sessions.get(tokens.session.id), undefined, what);
  };
  jump(0);
  const first = await auth.sessions.start({ subject: 'ada' });
  jump(1);
  const second = await auth.sessions.refresh(first.refreshToken);
  jump(2);
  await revoke(auth, kind, second);
  await assertDead(second, auth);
  jump(3);
  await assertDead(second, auth);
  const next = await auth.sessions.start({ subject: 'ada' });
  assert.equal(auth.verify(next.accessToken).subject, 'ada', what);
  jump(4);
  await installation.pass(UPKEEP_MS);
  await assertDead(second, auth);
  jump(5);
  const fresh = (await installation.open()).auth;
  for (const here of [auth, fresh]) {
    await assertDead(second, here);
    if (kind !== 'token' && kind !== 'key') await assertDead(first, here);
    const renewed = await here.sessions.refresh(next.refreshToken);
    assert.equal(here.verify(renewed.accessToken).subject, 'ada', `who came later lives, ${what}`);
  }
}

/** The clock is ahead while expired entries of the log are dropped, and set right afterwards. */
function isAheadInUpkeep([jump, back]: readonly Jump[]): boolean {
  return (jump?.byMs ?? 0) > 0 && (jump?.before ?? 0) > 2 && back?.before === STEPS.length;
}

describe('a clock that jumps an hour, and back, revives nothing, and whoever came later lives', () => {
  const all = [...allJumps(STEPS.length)].filter((_, number) => (number + seed) % STORIES === 0);
  for (const kind of KINDS) {
    test(kind, async (t) => {
      for (const jumps of all) if (!isAheadInUpkeep(jumps)) await revokedStaysDead(t, kind, jumps);
    });
    test(`${kind}, with expired entries dropped while it is ahead`, async (t) => {
      for (const jumps of all) if (isAheadInUpkeep(jumps)) await revokedStaysDead(t, kind, jumps);
    });
  }
});
