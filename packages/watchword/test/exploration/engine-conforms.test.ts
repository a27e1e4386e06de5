import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import type { SessionTokens, Watchword } from '../../src/facade/index.ts';
import type { WatchwordError } from '../../src/errors/watchword-error.ts';
import { sqlite } from '../../src/stores/sqlite/index.ts';
import { rounds, seed } from '../domain/support/property.ts';
import { createInstallation, type Installation, type Opened } from '../facade/support/installation.ts';
import type { Move } from './move.ts';
import { movesFrom } from './moves.ts';
import { REAL } from './mutants.ts';
import { all, PROPERTIES } from './properties.ts';
import { A_THIEF } from './scenarios.ts';
import { firstWorld, type World } from './world.ts';

/*
 * What was explored is a model. Here the engine itself, on SQLite, lives through random stories of that model, move by
 * move, and has to give the same answer to each presentation: what holds of the model holds of the engine.
 */

const RACE_WINDOW_MS = 1000;
const TICK_MS = RACE_WINDOW_MS / 2;

type Tokens = Pick<SessionTokens, 'accessToken' | 'refreshToken'>;

class RealWorld {
  readonly #installation: Installation;
  readonly #opened: Opened;
  #client: Tokens;
  #thief: Tokens | undefined;

  constructor(installation: Installation, opened: Opened, client: Tokens) {
    this.#installation = installation;
    this.#opened = opened;
    this.#client = client;
  }

  close(): Promise<void> {
    return this.#auth.close();
  }

  /** Does what the move says; gives the engine's answer where it is asked. */
  async play(label: string): Promise<string | undefined> {
    switch (label) {
      case 'half a race window goes by':
        await this.#installation.pass(TICK_MS);
        return undefined;
      case 'the client refreshes':
        return this.#refresh(this.#client, (tokens) => (this.#client = tokens));
      case 'the client refreshes, and the answer is lost':
        return this.#refresh(this.#client, () => undefined);
      case 'the client uses its access token':
        return this.#use(this.#client);
      case 'the thief copies the client’s tokens':
        this.#thief = { ...this.#client };
        return undefined;
      case 'the thief presents its token':
        return this.#refresh(this.#thief, (tokens) => (this.#thief = tokens));
      case 'the thief uses its access token':
        return this.#use(this.#thief);
      default:
        return assert.fail(`nobody knows how to play “${label}”`);
    }
  }

  async #refresh(holder: Tokens | undefined, arrive: (tokens: Tokens) => unknown): Promise<string> {
    this.#opened.newTypes();
    try {
      arrive(await this.#auth.sessions.refresh(holder?.refreshToken ?? ''));
    } catch (error) {
      return (error as WatchwordError).detail ?? 'nothing';
    }
    return this.#opened.newTypes().join().replace('refresh_', '');
  }

  /** A use settles a moment later; that moment is taken back, so that ages stay whole ticks. */
  async #use(holder: Tokens | undefined): Promise<undefined> {
    this.#auth.verify(holder?.accessToken ?? '');
    const beforeMs = this.#installation.clock.nowMs();
    await this.#installation.settle();
    this.#installation.clock.jump(beforeMs - this.#installation.clock.nowMs());
  }

  get #auth(): Watchword {
    return this.#opened.auth;
  }
}

async function begin(t: TestContext, folder: string, round: number): Promise<RealWorld> {
  const installation = createInstallation(t);
  // A token has to live as long as the longest story: expiry is not what is played here.
  const opened = await installation.open({
    store: sqlite(join(folder, `${round}.db`)),
    raceWindowMs: RACE_WINDOW_MS,
    accessTokenTtlSeconds: 3600,
  });
  return new RealWorld(installation, opened, await opened.auth.sessions.start({ subject: 'ada' }));
}

/** Which of the possible moves is next: in two of three cases time passes, which is the first of them. */
const choices = fc.array(fc.nat({ max: 1000 }), { minLength: 60, maxLength: 200, size: 'max' });

test('the engine on SQLite answers as the explored model does', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-conforms-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const outcomes = new Map<string, number>();
  let round = 0;
  const property = fc.asyncProperty(choices, async (picks) => {
    const real = await begin(t, folder, (round += 1));
    let world: World = firstWorld(A_THIEF);
    const story: string[] = [];
    for (const pick of picks) {
      const moves = movesFrom(world, A_THIEF, REAL);
      const move: Move | undefined = pick % 3 < 2 ? moves[0] : moves[Math.floor(pick / 3) % moves.length];
      if (move === undefined) break;
      story.push(move.label);
      const answer = await real.play(move.label);
      assert.equal(answer, move.answer?.outcome, story.join('\n'));
      assert.equal(all(PROPERTIES)(world, move), undefined, story.join('\n'));
      if (answer !== undefined) outcomes.set(answer, (outcomes.get(answer) ?? 0) + 1);
      world = move.world;
    }
    await real.close();
  });
  await fc.assert(property, { seed, numRuns: rounds(30, 500) });
  t.diagnostic(`${round} stories: ${JSON.stringify(Object.fromEntries(outcomes))}`);
  for (const outcome of ['rotated', 'current', 'resent', 'resent_late', 'reused']) {
    assert.ok((outcomes.get(outcome) ?? 0) > 0, `no story came to ${outcome} (WATCHWORD_SEED=${seed})`);
  }
});
