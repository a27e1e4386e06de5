import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WatchwordOptions } from '../../src/facade/index.ts';
import { refusedSentence } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';

type Times = Pick<
  WatchwordOptions,
  | 'accessTokenTtlSeconds'
  | 'unsafeAccessTokenTtlSeconds'
  | 'idleTtlSeconds'
  | 'absoluteTtlSeconds'
  | 'unrememberedTtlSeconds'
  | 'raceWindowMs'
  | 'maxStalenessMs'
  | 'rotation'
>;
const DAY = 86_400;

describe('times that are possible', () => {
  const good: readonly Times[] = [
    {},
    { accessTokenTtlSeconds: 3600 },
    { accessTokenTtlSeconds: 10, raceWindowMs: 2000 },
    { accessTokenTtlSeconds: 10, rotation: 'strict' },
    { unsafeAccessTokenTtlSeconds: DAY },
    { unsafeAccessTokenTtlSeconds: 2 * DAY },
    { unrememberedTtlSeconds: 900 },
    { unrememberedTtlSeconds: 30 * DAY },
    { unsafeAccessTokenTtlSeconds: 8 * DAY, idleTtlSeconds: 8 * DAY },
    { raceWindowMs: 0 },
    { raceWindowMs: 60_000 },
    { maxStalenessMs: 100 },
    { maxStalenessMs: 3_600_000 },
    { idleTtlSeconds: 900, absoluteTtlSeconds: 900 },
    { absoluteTtlSeconds: 365 * DAY, idleTtlSeconds: 365 * DAY },
    // A shorter absolute life alone: the default of the idle one gives way.
    { absoluteTtlSeconds: DAY },
  ];
  for (const times of good) {
    test(JSON.stringify(times), async (t) => {
      const { auth } = await createInstallation(t).open(times);
      assert.ok((await auth.sessions.start({ subject: 'ada' })).accessToken);
    });
  }
});

describe('times that are not possible are refused with what would be', () => {
  const bad: readonly (readonly [Times, RegExp])[] = [
    [
      { accessTokenTtlSeconds: 3601 },
      /`accessTokenTtlSeconds` may be 3600 at most.*`unsafeAccessTokenTtlSeconds`/,
    ],
    [{ accessTokenTtlSeconds: 9 }, /from 10 to 3600/],
    [
      { unrememberedTtlSeconds: 899 },
      /`unrememberedTtlSeconds` has to be a whole number from 900 to 2592000/,
    ],
    [{ unrememberedTtlSeconds: 31 * DAY }, /`unrememberedTtlSeconds`/],
    [{ accessTokenTtlSeconds: 0 }, /from 10 to 3600/],
    [{ accessTokenTtlSeconds: -900 }, /from 10 to 3600/],
    [{ accessTokenTtlSeconds: 900.5 }, /whole number/],
    [{ accessTokenTtlSeconds: Number.NaN }, /whole number/],
    [{ accessTokenTtlSeconds: Infinity }, /3600 at most/],
    [{ accessTokenTtlSeconds: '900' as unknown as number }, /whole number/],
    [{ accessTokenTtlSeconds: null as unknown as number }, /`accessTokenTtlSeconds`|whole number/],
    [{ accessTokenTtlSeconds: 900, unsafeAccessTokenTtlSeconds: 900 }, /not both/],
    [{ unsafeAccessTokenTtlSeconds: 366 * DAY }, /`unsafeAccessTokenTtlSeconds`/],
    [{ unsafeAccessTokenTtlSeconds: 0 }, /`unsafeAccessTokenTtlSeconds`/],
    [{ absoluteTtlSeconds: 899 }, /`absoluteTtlSeconds`/],
    [{ absoluteTtlSeconds: 366 * DAY }, /`absoluteTtlSeconds`/],
    [{ idleTtlSeconds: 899 }, /`idleTtlSeconds`/],
    [{ idleTtlSeconds: 31 * DAY }, /`idleTtlSeconds`/],
    [{ idleTtlSeconds: 2 * DAY, absoluteTtlSeconds: DAY }, /`idleTtlSeconds`/],
    [{ raceWindowMs: -1 }, /`raceWindowMs`/],
    [{ raceWindowMs: 60_001 }, /`raceWindowMs`/],
    [{ raceWindowMs: 1.5 }, /`raceWindowMs`/],
    [{ raceWindowMs: '0' as unknown as number }, /`raceWindowMs`/],
    [{ maxStalenessMs: 99 }, /`maxStalenessMs`/],
    [{ maxStalenessMs: 3_600_001 }, /`maxStalenessMs`/],
    [{ maxStalenessMs: Infinity }, /`maxStalenessMs`/],
    [{ accessTokenTtlSeconds: 39, raceWindowMs: 10_000 }, /`raceWindowMs`.*four windows/],
    [{ accessTokenTtlSeconds: 10 }, /`raceWindowMs`/],
  ];
  for (const [times, sentence] of bad) {
    test(JSON.stringify(times), async (t) => {
      assert.match(await refusedSentence(createInstallation(t).open(times)), sentence);
    });
  }
});
