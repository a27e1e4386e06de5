import type { Scenario } from './moves.ts';
import { RACE_WINDOW_TICKS } from './world.ts';

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
