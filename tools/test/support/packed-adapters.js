import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../setup/root.js';

const folder = join(root, 'packages/watchword/test/adapters');

/** What the suite of each adapter consists of, where it is run from the sources. */
const SHARED = ['adapter-suite', 'serving', 'express-application'];
export const SUITES = ['express-suite', 'fastify-suite', 'hono-suite', 'node-suite', 'web-suite'];

/** The one that is installed under another name. */
const EXPRESS_4 = `import express from 'express-4';
import { adapterSuite } from './adapter-suite.ts';
import { expressAdapter } from './express-application.ts';

adapterSuite(expressAdapter('watchword/express in Express 4', express as unknown as Parameters<typeof expressAdapter>[1]));
`;

/** Express 4 brings no types, and the ones of 5 are under its successor's name. */
const EXPRESS_4_TYPES = `declare module 'express-4' {
  const express: unknown;
  export default express;
}
`;

/**
 * The suites as somebody writes them who has the packed package, as ES modules (`mts`) or as CommonJS (`cts`).
 *
 * @param {'mts' | 'cts'} ending
 * @returns {readonly { name: string, text: string }[]}
 */
export function packedSuites(ending) {
  const files = [...SHARED, ...SUITES].map((name) => ({
    name,
    text: readFileSync(join(folder, SHARED.includes(name) ? `${name}.ts` : `${name}.test.ts`), 'utf8'),
  }));
  const all = [...files, { name: 'express-4-suite', text: EXPRESS_4 }];
  return [
    ...all.map(({ name, text }) => ({ name: `${name}.${ending}`, text: asPackaged(text, ending) })),
    { name: 'express-4.d.ts', text: EXPRESS_4_TYPES },
  ];
}

/**
 * @param {string} text
 * @param {'mts' | 'cts'} ending
 */
function asPackaged(text, ending) {
  const packaged = text
    .replaceAll(/'(?:\.\.\/)+src\/facade\/index\.ts'/g, "'watchword'")
    .replaceAll(/'(?:\.\.\/)+src\/(?:adapters|stores)\/(\w+)\/index\.ts'/g, "'watchword/$1'")
    .replaceAll(/'(?:\.\.\/)+src\/testing\/index\.ts'/g, "'watchword/testing'")
    .replaceAll(/'\.\/([\w-]+)\.ts'/g, `'./$1.${ending.replace('t', 'j')}'`);
  const inner = /'(?:\.\.\/)+src\/[^']*'/.exec(packaged);
  if (inner !== null) throw new Error(`the suite reaches into the package: ${inner[0]}`);
  return packaged;
}
