import assert from 'node:assert/strict';
import test from 'node:test';
import { explore } from './explore.ts';
import { MUTANTS, REAL } from './mutants.ts';
import { all, PROPERTIES } from './properties.ts';
import {
  A_THIEF,
  BROWSER_CRASH,
  MOBILE,
  THIEF_AND_LOSSES,
  TWO_CRASHES,
  TWO_PROCESSES,
  TWO_TABS,
} from './scenarios.ts';

/** Scenarios that are explored to the end in seconds; the long run adds those that take minutes. */
const SCENARIOS =
  process.env['WATCHWORD_LONG'] === '1'
    ? [MOBILE, TWO_TABS, TWO_PROCESSES, A_THIEF, BROWSER_CRASH, TWO_CRASHES, THIEF_AND_LOSSES]
    : [MOBILE, TWO_TABS, TWO_PROCESSES, A_THIEF];

for (const scenario of SCENARIOS) {
  test(`every reachable state of ${scenario.name} keeps the promises`, (t) => {
    const { violation, complete, states, depth } = explore(scenario, REAL, all(PROPERTIES), {
      states: 8_000_000,
    });
    t.diagnostic(`${states} states, ${depth} moves deep`);
    assert.equal(violation, undefined, violation?.story.join('\n'));
    assert.ok(complete, 'the exploration has to come to its end');
  });
}

for (const { name, rules, scenario, noticedAs } of MUTANTS) {
  test(`an engine that is broken is noticed: ${name}`, (t) => {
    const { violation, states } = explore(scenario, rules, all(PROPERTIES), { states: 2_000_000 });
    t.diagnostic(`${violation?.what} (${violation?.story.length} moves, ${states} states)`);
    assert.match(violation?.what ?? 'nothing was noticed', noticedAs);
  });
}
