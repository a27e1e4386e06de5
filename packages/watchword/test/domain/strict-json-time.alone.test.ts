import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStrictJson } from '../../src/domain/json.ts';

/*
 * A parser that looks at each character a bounded number of times needs four times as long for four times the input; one
 * that looks back needs sixteen times. The bound lies between the two, far from both.
 */

const SIZE = 250_000;
const adversaries: Readonly<Record<string, (size: number) => string>> = {
  'white space after each string': (size) => `{${'"a"    '.repeat(size / 8)}`,
  'one string and nothing but white space': (size) => `{"a"${' '.repeat(size)}`,
  'quotes only': (size) => '"'.repeat(size),
  'backslashes only': (size) => `{"${'\\'.repeat(size)}`,
  'an unfinished string': (size) => `{"${'a'.repeat(size)}`,
  'many different members': (size) =>
    `{${Array.from({ length: size / 10 }, (_, n) => `"${n}":1`).join(',')}}`,
  'many escaped members': (size) =>
    `{${Array.from({ length: size / 14 }, (_, n) => `"\\u0061${n}":1`).join(',')}}`,
  'one long escaped member': (size) => `{"${'\\u0061'.repeat(size / 6)}":1}`,
  'brackets that close what never opened': (size) => ']'.repeat(size),
  'open and closed': (size) => `[${'[],'.repeat(size / 3)}1]`,
  'members of many objects': (size) => `[${'{"a":1},'.repeat(size / 8)}1]`,
};

for (const [name, make] of Object.entries(adversaries)) {
  test(`time grows with the length and not with its square: ${name}`, () => {
    const small = fastest(make(SIZE));
    const large = fastest(make(4 * SIZE));
    assert.ok(large < 9 * small + 20, `1 MB took ${large} ms, a quarter of it ${small} ms`);
    assert.ok(large < 1000, `1 MB took ${large} ms`);
  });
}

function fastest(text: string): number {
  let bestMs = Infinity;
  for (let round = 0; round < 4; round += 1) {
    const startMs = performance.now();
    parseStrictJson(text, { maxDepth: 8 });
    bestMs = Math.min(bestMs, performance.now() - startMs);
  }
  return bestMs;
}
