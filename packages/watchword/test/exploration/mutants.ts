import { judgeRefresh, type ChainVerdict } from '../../src/domain/refresh-chain.ts';
import type { Scenario } from './move.ts';
import { A_THIEF, BROWSER_CRASH, MOBILE, TWO_PROCESSES, TWO_TABS } from './scenarios.ts';
import { recoverIfAccepted, type Rules } from './server.ts';
import { SETTLING_TICKS } from './world.ts';

type Judge = typeof judgeRefresh;

/** The engine as it is: the real table, a guarded step, settling as documented, reuse that ends the session. */
export const REAL: Rules = {
  judge: judgeRefresh,
  recover: recoverIfAccepted,
  guard: 'compare and set',
  settlesAfter: SETTLING_TICKS,
  revokes: true,
  believesReplicaOn: [],
  looksAgainAt: 'primary',
};

/** The engine with one thing broken, where that is noticed, and as what. */
export interface Mutant {
  readonly name: string;
  readonly rules: Rules;
  readonly scenario: Scenario;
  readonly noticedAs: RegExp;
}

/** Sees the newest token after the time that `current` lasts, whenever it is. */
const withoutCurrent: Judge = (chain, presented, policy) =>
  presented.generation === chain.generation
    ? judgeRefresh({ ...chain, deliveredMs: presented.nowMs }, presented, { ...policy, raceWindowMs: 0 })
    : judgeRefresh(chain, presented, policy);

/** S of three windows in place of four. */
const withShorterSettling: Judge = (chain, presented, policy) => {
  const age = presented.nowMs - chain.deliveredMs;
  return presented.generation === chain.generation && age > 3 * policy.raceWindowMs
    ? withoutCurrent(chain, presented, policy)
    : judgeRefresh(chain, presented, policy);
};

const withSlidingWindow: Judge = (chain, presented, policy) => {
  const verdict = judgeRefresh(chain, presented, policy);
  if (verdict.outcome !== 'resent') return verdict;
  const slid = { ...chain, deliveredMs: presented.nowMs };
  return { outcome: 'resent', next: slid } as ChainVerdict;
};

const withForgivenGrandparents: Judge = (chain, presented, policy) =>
  judgeRefresh(
    chain,
    { ...presented, generation: Math.max(presented.generation, chain.generation - 1) },
    policy,
  );

const withEndlessPatience: Judge = (chain, presented, policy) =>
  judgeRefresh({ ...chain, late: 0 }, presented, policy);

const withoutMemoryOfLateness: Judge = (chain, presented, policy) => {
  const verdict = judgeRefresh(chain, presented, policy);
  return verdict.outcome === 'rotated' ? { ...verdict, next: { ...verdict.next, late: 0 } } : verdict;
};

const withTwoLateDeliveries: Judge = (chain, presented, policy) =>
  judgeRefresh({ ...chain, late: chain.late + 2 }, presented, policy);

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'drop the guard',
    rules: { ...REAL, guard: 'none' },
    scenario: TWO_PROCESSES,
    noticedAs: /two calls rotated one generation/,
  },
  {
    name: 'read, then write',
    rules: { ...REAL, guard: 'read, then write' },
    scenario: TWO_PROCESSES,
    noticedAs: /two calls rotated one generation/,
  },
  {
    name: 'never settle',
    rules: { ...REAL, settlesAfter: Number.POSITIVE_INFINITY },
    scenario: A_THIEF,
    noticedAs: /successor was in use/,
  },
  {
    name: 'settle at once',
    rules: { ...REAL, settlesAfter: -1 },
    scenario: MOBILE,
    noticedAs: /honest client was signed out/,
  },
  {
    name: 'settle after a race window',
    rules: { ...REAL, settlesAfter: 2 },
    scenario: BROWSER_CRASH,
    noticedAs: /honest client/,
  },
  {
    name: 'drop `current`',
    rules: { ...REAL, judge: withoutCurrent },
    scenario: TWO_TABS,
    noticedAs: /honest client/,
  },
  {
    name: 'S of three windows',
    rules: { ...REAL, judge: withShorterSettling, settlesAfter: 6 },
    scenario: BROWSER_CRASH,
    noticedAs: /honest client/,
  },
  {
    name: 'let the window slide',
    rules: { ...REAL, judge: withSlidingWindow },
    scenario: A_THIEF,
    noticedAs: /after the race window/,
  },
  {
    name: 'resend a grandchild to a grandparent',
    rules: { ...REAL, judge: withForgivenGrandparents },
    scenario: A_THIEF,
    noticedAs: /older than the parent/,
  },
  {
    name: 'forgive late deliveries for ever',
    rules: { ...REAL, judge: withEndlessPatience },
    scenario: A_THIEF,
    noticedAs: /a thief got through/,
  },
  {
    name: 'forget late deliveries at each rotation',
    rules: { ...REAL, judge: withoutMemoryOfLateness },
    scenario: A_THIEF,
    noticedAs: /a thief got through/,
  },
  {
    name: 'convict at the second late delivery',
    rules: { ...REAL, judge: withTwoLateDeliveries },
    scenario: MOBILE,
    noticedAs: /honest client was signed out/,
  },
  {
    name: 'forget to revoke',
    rules: { ...REAL, revokes: false },
    scenario: A_THIEF,
    noticedAs: /the session goes on/,
  },
];
