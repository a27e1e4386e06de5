import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertHarmlessClaims } from '../../src/engine/guards/claim-guard.ts';

/*
 * Who can choose a claim’s text must not be able to stop the process with it. A guard that looks at each character a bounded
 * number of times takes a thousand times as long for a thousand claims as for one of them, and for one some milliseconds at most.
 */

const SIZE = 4000;
const adversaries: Readonly<Record<string, string>> = {
  digits: '1'.repeat(SIZE),
  'digits in pairs': '12 '.repeat(SIZE / 3),
  'groups of digits': '4111 '.repeat(SIZE / 5),
  'groups with hyphens': '4111-'.repeat(SIZE / 5),
  'groups of an account': `DE12${' ABCD'.repeat(SIZE / 5)}`,
  'begun accounts': 'DE12 ABCD '.repeat(SIZE / 10),
  'white space': ' '.repeat(SIZE),
  'white space inside': `a${' '.repeat(SIZE)}b`,
  'full stops': `a${'.'.repeat(SIZE)}b `,
  'colons before a word': `${':'.repeat(SIZE)}b c`,
  'at signs': 'a@'.repeat(SIZE / 2),
  'labels of a domain': `a@${'b.'.repeat(SIZE / 2)}`,
  'schemes of URLs': 'a://'.repeat(SIZE / 4),
  'users of URLs': `a://${'b:'.repeat(SIZE / 2)}`,
  'begun keys': '-----BEGIN '.repeat(SIZE / 11),
  'parts of a JWT': `eyJ${'a.'.repeat(SIZE / 2)}!`,
  'begun parameters': '&password'.repeat(SIZE / 9),
  'brackets of JSON': '['.repeat(SIZE),
  'nested JSON': '['.repeat(SIZE / 2) + ']'.repeat(SIZE / 2),
  'plus and digits': `+1${' ()-1'.repeat(SIZE / 5)}`,
};

for (const [name, text] of Object.entries(adversaries)) {
  test(`a claim of 4 kB takes milliseconds: ${name}`, () => {
    const tookMs = fastest({ text });
    assert.ok(tookMs < 10, `${tookMs} ms`);
    const namedMs = fastest({ [`${text}_x`]: 'text' });
    assert.ok(namedMs < 10, `as a name ${namedMs} ms`);
  });
}

function fastest(claims: Readonly<Record<string, string>>): number {
  let bestMs = Infinity;
  for (let round = 0; round < 5; round += 1) {
    const startMs = performance.now();
    try {
      assertHarmlessClaims(claims, new Set());
    } catch {
      // Some of them are refused; how long that takes matters as well.
    }
    bestMs = Math.min(bestMs, performance.now() - startMs);
  }
  return bestMs;
}
