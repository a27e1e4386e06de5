import assert from 'node:assert/strict';
import test from 'node:test';
import { explore } from './explore.ts';
import { MUTANTS, REAL } from './mutants.ts';
import { all, PROPERTIES, revocationOutlivesRestore, type Property } from './properties.ts';
import {
  A_THIEF,
  BROWSER_CRASH,
  LAGGING_REPLICA,
  LAGGING_REPLICA_TABS,
  MOBILE,
  RESTORED_BACKUP,
  RESTORED_BACKUP_CRASH,
  RESTORED_BACKUP_MOBILE,
  RESTORED_BACKUP_TABS,
  RESTORED_TOO_SOON,
  THIEF_AND_LOSSES,
  TWO_CRASHES,
  TWO_PROCESSES,
  TWO_TABS,
  withOpaqueIds,
} from './scenarios.ts';
import type { Scenario } from './move.ts';
import type { Rules } from './server.ts';
import { BELIEVING_WHAT_STAYS, STORE_MUTANTS } from './store-mutants.ts';

interface Exploration {
  readonly scenario: Scenario;
  readonly rules?: Rules;
}

/** The ordinary run visits the first states of these, the long run all that there are, and those of the others. */
const EXPLORED: readonly Exploration[] = [
  ...[MOBILE, TWO_TABS, TWO_PROCESSES, A_THIEF, RESTORED_BACKUP_TABS].map((scenario) => ({ scenario })),
  { scenario: withOpaqueIds(MOBILE) },
  { scenario: LAGGING_REPLICA_TABS, rules: BELIEVING_WHAT_STAYS },
];
const EXPLORED_LONG: readonly Exploration[] = [
  ...[
    BROWSER_CRASH,
    TWO_CRASHES,
    THIEF_AND_LOSSES,
    RESTORED_BACKUP_MOBILE,
    RESTORED_BACKUP_CRASH,
    RESTORED_BACKUP,
  ].map((scenario) => ({
    scenario,
  })),
  ...[
    TWO_TABS,
    TWO_PROCESSES,
    A_THIEF,
    BROWSER_CRASH,
    TWO_CRASHES,
    THIEF_AND_LOSSES,
    RESTORED_BACKUP_TABS,
    RESTORED_BACKUP_CRASH,
    RESTORED_BACKUP_MOBILE,
    RESTORED_BACKUP,
  ].map((scenario) => ({ scenario: withOpaqueIds(scenario) })),
  { scenario: LAGGING_REPLICA, rules: BELIEVING_WHAT_STAYS },
];
const isLong = process.env['WATCHWORD_LONG'] === '1';
const STATES = isLong ? 8_000_000 : 80_000;

for (const { scenario, rules = REAL } of isLong ? [...EXPLORED, ...EXPLORED_LONG] : EXPLORED) {
  test(`${isLong ? 'every reachable state' : 'each visited state'} of ${scenario.name} keeps the promises`, (t) => {
    const { violation, complete, states, depth } = explore(scenario, rules, all(PROPERTIES), {
      states: STATES,
    });
    t.diagnostic(`${states} states, ${depth} moves deep${complete ? ', which are all' : ''}`);
    assert.equal(violation, undefined, violation?.story.join('\n'));
    assert.ok(complete || !isLong, 'the exploration has to come to its end');
    assert.ok(complete || states >= STATES, `${states} states`);
  });
}

/** What a restore costs: that these stories exist is why the documentation does not promise more. */
const PRICES: readonly {
  readonly scenario: Scenario;
  readonly property: Property;
  readonly noticedAs: RegExp;
}[] = [
  { scenario: RESTORED_TOO_SOON, property: all(PROPERTIES), noticedAs: /honest client was signed out/ },
  { scenario: RESTORED_BACKUP, property: revocationOutlivesRestore, noticedAs: /is live again/ },
];

for (const { scenario, property, noticedAs } of PRICES) {
  test(`is not promised of ${scenario.name}: ${noticedAs.source}`, (t) => {
    const { violation, states } = explore(scenario, REAL, property, { states: 2_000_000 });
    t.diagnostic(`${violation?.what} (${violation?.story.length} moves, ${states} states)`);
    assert.match(violation?.what ?? 'nothing was noticed', noticedAs);
  });
}

/** Noticed only after some hundred thousand states. */
const NOTICED_LATE = new Set(['forgive late deliveries for ever', 'forget late deliveries at each rotation']);

for (const { name, rules, scenario, noticedAs } of [...MUTANTS, ...STORE_MUTANTS]) {
  if (!isLong && NOTICED_LATE.has(name)) continue;
  test(`an engine that is broken is noticed: ${name}`, (t) => {
    const { violation, states } = explore(scenario, rules, all(PROPERTIES), { states: 2_000_000 });
    t.diagnostic(`${violation?.what} (${violation?.story.length} moves, ${states} states)`);
    assert.match(violation?.what ?? 'nothing was noticed', noticedAs);
  });
}
