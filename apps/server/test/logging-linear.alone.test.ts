import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redactLine } from '../src/logging/redact-line.ts';

/** Each is built to make a careless pattern try every beginning against every end. */
const ADVERSARIAL: readonly string[] = [
  'eyJ',
  'eyJ.',
  'eyJaaaaaaaaaaaa.',
  'wwr_',
  'a',
  '.',
  ' ',
  '"',
  '\\',
  '\\"',
  "token'",
  'token ',
  'token=',
  'token:"',
  'token:\\"',
  'token="\\',
  'token:\n',
  'token%25',
  'token:"a"+',
  'password',
  'password"',
  'secret_access_',
  'bearer ',
  'bearer+',
  'Bearer%20',
  'Basic ',
  'Basic a',
  'cookie',
  '__Host-',
  '__Host-a=',
  '-----BEGIN ',
  '-----BEGIN PRIVATE KEY-----',
  '//a:',
  '//:a',
  '?a',
  '?a=',
  '%25',
  'kty"d":"',
  'Unexpected token ',
  '\u2028',
  '[{"',
];

const LENGTH = process.env['WATCHWORD_LONG'] === undefined ? 200_000 : 1_000_000;

test(`${LENGTH} characters of anything are checked in linear time`, () => {
  for (const piece of ADVERSARIAL) {
    for (const [begin, end] of [
      ['', ''],
      ['token', ' is not valid JSON PRIVATE KEY kty eyJ wwr_ __ // ?'],
      ['password="', ''],
      ['Bearer', 'x'],
    ] as const) {
      const line = JSON.stringify({ msg: begin + piece.repeat(Math.ceil(LENGTH / piece.length)) + end });
      const started = performance.now();
      redactLine(line);
      // A million takes some 30 ms; quadratic time would take minutes.
      const tookMs = performance.now() - started;
      assert.ok(tookMs < LENGTH / 300, `${JSON.stringify(begin + piece)}… took ${Math.round(tookMs)} ms`);
    }
  }
});
