import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { TemporaryWorkspace } from './support/temporary-workspace.js';

const source = 'packages/watchword/src';

/** What is refused, and the name that the message must give it. */
const refused = {
  'export const a = Date.now();': 'Date.now',
  'export const a = Date.now;': 'Date.now',
  "export const a = Date['now']();": 'Date.now',
  'export const a = new Date();': 'new Date()',
  'export const a = Date();': 'Date',
  'export const clock = Date;': 'Date',
  'export const { now } = Date;': 'Date',
  'export const a = performance.now();': 'performance',
  "import { performance } from 'node:perf_hooks';\nexport const a = performance.now();": 'performance',
  'export const a = Math.random();': 'Math.random',
  'export const { random } = Math;': 'Math.random',
  'setTimeout(() => undefined, 1);': 'setTimeout',
  'export const a = setTimeout;': 'setTimeout',
  'setInterval(() => undefined, 1);': 'setInterval',
  'setImmediate(() => undefined);': 'setImmediate',
  'globalThis.setTimeout(() => undefined, 1);': 'setTimeout',
  "export const a = globalThis['process'];\nexport const b = globalThis.process.env;": 'process.env',
  "import { setTimeout } from 'node:timers/promises';\nawait setTimeout(1);": 'node:timers/promises',
  "import * as timers from 'node:timers';\nexport { timers };": 'node:timers',
  "export const a = await import('node:timers/promises');": 'node:timers/promises',
  'export const a = AbortSignal.timeout(5);': 'AbortSignal.timeout',
  'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);': 'Atomics.wait',
  "export const a = process.env['HOME'];": 'process.env',
  'export const { env } = process;': 'process.env',
  "import { env } from 'node:process';\nexport const a = env;": 'env',
  "import process from 'node:process';\nexport const a = process.env;": 'process.env',
  'export const a = process.hrtime.bigint();': 'process.hrtime',
  'export const a = crypto.randomUUID();': 'crypto.randomUUID',
  'export const a = globalThis.crypto.getRandomValues(new Uint8Array(8));': 'crypto.getRandomValues',
  "import { randomBytes } from 'node:crypto';\nexport const a = randomBytes(8);": 'randomBytes',
  "import { randomUUID as id } from 'node:crypto';\nexport const a = id();": 'randomUUID',
  "import * as c from 'node:crypto';\nexport const a = c.randomBytes(8);": 'crypto.randomBytes',
  "import c from 'node:crypto';\nexport const a = c.randomInt(8);": 'crypto.randomInt',
  "export { randomBytes } from 'node:crypto';": 'randomBytes',
  "export * from 'node:crypto';": 'node:crypto',
  "export const a = await import('node:crypto');": 'node:crypto',
};

const harmless = [
  'export const a = new Date(0).toISOString();',
  "export const a = Date.parse('2020-01-01T00:00:00Z');",
  'export const a = Date.UTC(2020, 1);',
  'export const a = (x: unknown): boolean => x instanceof Date;',
  'export const a = (x: Date): number => x.getTime();',
  'export const a = Math.floor(1.5);',
  'export const a = (performance: { now(): number }): number => performance.now();',
  'export const a = (clock: { Date: { now(): number } }): number => clock.Date.now();',
  'export const a = (scheduler: { setTimeout(ms: number): void }): void => scheduler.setTimeout(1);',
  "import { createHash, timingSafeEqual } from 'node:crypto';\nexport const a = [createHash, timingSafeEqual];",
  "import type { webcrypto } from 'node:crypto';\nexport type A = webcrypto.CryptoKey;",
  "import * as c from 'node:crypto';\nexport const a = c.createHash('sha256');",
  'export const a = process.version;',
  'export const a = (random: { randomBytes(n: number): Uint8Array }): Uint8Array => random.randomBytes(8);',
];

describe('ambient time, randomness and environment', () => {
  /** @type {TemporaryWorkspace} */
  let workspace;
  /** @type {Map<string, string[]>} */
  const messages = new Map();
  const ambient = Object.entries(refused);

  before(() => {
    workspace = new TemporaryWorkspace();
    ambient.forEach(([text], index) => {
      workspace.write(`${source}/stores/refused-${index}.ts`, `${text}\n`);
      workspace.write(`${source}/testing/refused-${index}.ts`, `${text}\n`);
      workspace.write(`${source}/platform/allowed-${index}.ts`, `${text}\n`);
      workspace.write(`packages/watchword/test/allowed-${index}.test.ts`, `${text}\n`);
    });
    harmless.forEach((text, index) => workspace.write(`${source}/stores/harmless-${index}.ts`, `${text}\n`));
    for (const { file, rule, message } of workspace.lint()) {
      if (rule === 'watchword(ambient-time)') messages.set(file, [...(messages.get(file) ?? []), message]);
    }
  });
  after(() => workspace.remove());

  for (const [index, [text, name]] of ambient.entries()) {
    test(`is refused: ${text.replaceAll('\n', ' ')}`, () => {
      const said = messages.get(`${source}/stores/refused-${index}.ts`) ?? [];
      assert.ok(
        said.some((message) => message.startsWith(`'${name}' is ambient: `)),
        `it said: ${said.join()}`,
      );
    });
  }

  for (const [index, text] of harmless.entries()) {
    test(`is let through: ${text.replaceAll('\n', ' ')}`, () => {
      assert.equal(messages.get(`${source}/stores/harmless-${index}.ts`), undefined);
    });
  }

  test('is let through in platform and in tests', () => {
    assert.deepEqual(
      [...messages.keys()].filter((file) => file.includes('allowed-')),
      [],
    );
  });

  test('but for timers, is refused in testing too', () => {
    const said = Object.fromEntries(
      ambient.map(([text], index) => [text, messages.has(`${source}/testing/refused-${index}.ts`)]),
    );
    assert.equal(said['setTimeout(() => undefined, 1);'], false);
    assert.equal(said["import { setTimeout } from 'node:timers/promises';\nawait setTimeout(1);"], false);
    for (const text of ['export const a = Date.now();', 'export const a = Math.random();'])
      assert.ok(said[text], text);
  });

  test('names the port to take instead', () => {
    const said = [...messages.values()].flat();
    for (const port of ['clock port', 'scheduler port', 'random port', 'options']) {
      assert.ok(
        said.some((message) => message.includes(port)),
        port,
      );
    }
  });
});
