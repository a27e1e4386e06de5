import type { Scenario } from './move.ts';
import { RACE_WINDOW_TICKS, SETTLING_TICKS } from './world.ts';

/** Half a race window: how soon a client that keeps its promise has stored what it was given. */
const AT_ONCE = 1;
/** Three race windows, 30 s by default: how late browsers write cookies to disk. */
const LIKE_A_BROWSER = 3 * RACE_WINDOW_TICKS;

export const MOBILE: Scenario = {
  name: 'a mobile client that may crash before it stores a token, as often as it likes',
  tabs: 1,
  savesWithinTicks: AT_ONCE,
  maxCrashes: Number.POSITIVE_INFINITY,
  thief: false,
  messages: 'slow',
};

export const TWO_TABS: Scenario = {
  name: 'two tabs with one cookie jar',
  tabs: 2,
  savesWithinTicks: AT_ONCE,
  maxCrashes: 0,
  thief: false,
  messages: 'slow',
};

export const BROWSER_CRASH: Scenario = {
  name: 'two tabs, and a crash from which the browser comes back with an older cookie',
  tabs: 2,
  savesWithinTicks: LIKE_A_BROWSER,
  maxCrashes: 1,
  thief: false,
  messages: 'slow',
};

export const TWO_PROCESSES: Scenario = {
  name: 'two tabs, answered by processes that interleave',
  tabs: 2,
  savesWithinTicks: AT_ONCE,
  maxCrashes: 0,
  thief: false,
  messages: 'interleaved',
};

export const A_THIEF: Scenario = {
  name: 'a thief who copies the tokens at any time, races, shadows and waits',
  tabs: 0,
  savesWithinTicks: AT_ONCE,
  maxCrashes: 0,
  thief: true,
  messages: 'instant',
};

export const TWO_CRASHES: Scenario = {
  ...BROWSER_CRASH,
  name: 'one tab, and two crashes from which the browser comes back with an older cookie',
  tabs: 1,
  maxCrashes: 2,
};

export const THIEF_AND_LOSSES: Scenario = {
  ...A_THIEF,
  name: 'a thief, and a victim whose messages take time and get lost',
  tabs: 1,
  messages: 'slow',
};

/*
 * Opaque sessions: what is used is the id, which is the same text each time and does not say when it was given out. A guard takes it for
 * as old as the row says that its generation is, which is older than it can be where it was resent within W.
 */
export function withOpaqueIds(scenario: Scenario): Scenario {
  return { ...scenario, name: `${scenario.name}, with opaque ids`, opaque: true };
}

/** A clock that is coarse and still tells apart within W, within S, and later. */
const COARSE_TICKS = 3;

/*
 * A replica that lags. The engine reads the primary, as `SessionStore.find` demands. What a process would tell from a stale
 * row is explored with `BELIEVING_WHAT_STAYS` and the mutants: a step needs no fresh row, since the compare and set decides;
 * nor do `reused` and `ended`, for what convicts once convicts for ever. But `current`, `resent`, `ahead` and `unknown` write
 * nothing and may be over, and so may what is read again after a lost race: these have to come from the primary.
 */
export const LAGGING_REPLICA_TABS: Scenario = {
  ...TWO_TABS,
  name: 'two tabs, and two processes, one of which reads a replica that lags',
  replica: true,
  reach: 1,
  ticksAtOnce: COARSE_TICKS,
};

export const LAGGING_REPLICA: Scenario = {
  ...A_THIEF,
  name: 'a thief, and two processes, one of which reads a replica that lags',
  replica: true,
  reach: 2,
  revocation: true,
  ticksAtOnce: COARSE_TICKS,
};

/*
 * A backup that is restored. Whoever is ahead is told so, and goes on once the operator accepts; nobody is convicted, if the
 * store has answered nobody for S before it comes back. A shorter pause can sign an honest client out: a late delivery of a
 * moment ago is forgotten, the row rotates too soon, and a parent that is still under way is two behind. Exploration finds that
 * up to a pause of W with two tabs, and of 3 W with a browser that crashes. What is lost for good: revocations.
 */
export const RESTORED_BACKUP_TABS: Scenario = {
  ...TWO_TABS,
  name: 'two tabs, and a backup that is restored',
  backup: true,
  downTicks: SETTLING_TICKS,
  reach: 1,
  ticksAtOnce: COARSE_TICKS,
};

export const RESTORED_BACKUP_CRASH: Scenario = {
  ...RESTORED_BACKUP_TABS,
  name: 'two tabs and a browser crash, and a backup that is restored',
  savesWithinTicks: LIKE_A_BROWSER,
  maxCrashes: 1,
};

export const RESTORED_TOO_SOON: Scenario = {
  ...RESTORED_BACKUP_TABS,
  name: 'two tabs, and a backup that is restored while messages are under way',
  downTicks: 0,
};

export const RESTORED_BACKUP_MOBILE: Scenario = {
  ...MOBILE,
  name: 'a mobile client that may crash, and a backup that is restored',
  backup: true,
  downTicks: SETTLING_TICKS,
  reach: 2,
};

export const RESTORED_BACKUP: Scenario = {
  ...A_THIEF,
  name: 'a thief, and a backup that is restored',
  backup: true,
  reach: 2,
  revocation: true,
  ticksAtOnce: COARSE_TICKS,
};
