import { rooms } from '../../rooms.js';

/** @typedef {keyof typeof rooms} RoomName */
/**
 * One attempt to get through a wall. `compiler` and `lint` are what must refuse it; the compiler's part is a pattern
 * of its error codes, and false where it is known to be blind.
 *
 * @typedef {{ name: string, file: string, source: string, target?: string, targetSource?: string,
 *   reportedAt?: string, compiler: RegExp | false, lint: RegExp | false }} BreakIn
 */

const source = 'packages/watchword/src';
/** Where the compiler, or the lint rule, is known to see nothing. */
const blind = /** @type {const} */ (false);
export const roomNames = /** @type {RoomName[]} */ (Object.keys(rooms));
const pureRooms = roomNames.filter((room) => !rooms[room].nodeTypes);

/**
 * The rooms that a room reaches over its imports' imports: the compiler lets them all through.
 *
 * @param {RoomName} room
 * @returns {Set<string>}
 */
function reachable(room) {
  const imports = /** @type {RoomName[]} */ (rooms[room].imports);
  return new Set(imports.flatMap((other) => [other, ...reachable(other)]));
}

/** @param {string} room */
export const markOf = (room) => `${room}Mark`;

/**
 * Every pair of rooms that the table does not allow.
 *
 * @returns {BreakIn[]}
 */
export function forbiddenEdges() {
  return roomNames.flatMap((from) =>
    roomNames
      .filter((to) => to !== from && !rooms[from].imports.includes(/** @type {never} */ (to)))
      .map((to) => ({
        name: `${from} imports ${to}`,
        file: `${source}/${from}/break-in-edge-${to}.ts`,
        source: `import { ${markOf(to)} } from '../${to}/index.ts';\nexport const stolen: string = ${markOf(to)};\n`,
        compiler: reachable(from).has(to) ? false : /TS6307/,
        lint: new RegExp(`Room '${from}' may not import from '${to}'`),
      })),
  );
}

/**
 * What else an import can be written as, each from `engine`, which may not import `stores`. The compiler reports a
 * file that does not belong only once per project, so each of them has a target of its own.
 *
 * @returns {BreakIn[]}
 */
export function spellings() {
  const refused = /Room 'engine' may not import from 'stores'/;
  /** @type {Record<string, [string, RegExp, (RegExp | false)?]>} */
  const cases = {
    'a type-only import': [
      "import type { Treasure } from '../stores/TARGET.ts';\nexport type Stolen = Treasure;",
      refused,
      /TS6307/,
    ],
    'an inline type import': [
      "import { type Treasure } from '../stores/TARGET.ts';\nexport type Stolen = Treasure;",
      refused,
      /TS6307/,
    ],
    'an import type': ["export type Stolen = import('../stores/TARGET.ts').Treasure;", refused, /TS6307/],
    'a typeof import': ["export type Stolen = typeof import('../stores/TARGET.ts');", refused, /TS6307/],
    'a re-export': ["export { treasure } from '../stores/TARGET.ts';", refused, /TS6307/],
    'an export of everything': ["export * from '../stores/TARGET.ts';", refused, /TS6307/],
    'an import for its effects': ["import '../stores/TARGET.ts';", refused, /TS6307/],
    'a dynamic import': [
      "export const stolen = (): Promise<unknown> => import('../stores/TARGET.ts');",
      refused,
      /TS6307/,
    ],
    'a detour': ["export * from '../domain/../stores/TARGET.ts';", refused, /TS6307/],
    'a detour over the package': ["export * from '../../src/stores/TARGET.ts';", refused, /TS6307/],
    'a computed dynamic import': [
      "const name = '../stores/TARGET.ts';\nexport const stolen = (): Promise<unknown> => import(name);",
      /one string literal/,
    ],
    'a template': [
      'export const stolen = (): Promise<unknown> => import(`../stores/index.ts`);',
      /one string literal/,
    ],
    'the own name': ["export * from 'watchword';", /does not import itself by name/],
    'a subpath of the own name': ["export * from 'watchword/sqlite';", /does not import itself by name/],
    'a type by the own name': [
      "export type Stolen = typeof import('watchword/sqlite');",
      /does not import itself by name/,
    ],
    'build output': ["export * from '../../dist/stores/index.js';", /is build output/],
    'the tests': ["export * from '../../test/support.ts';", /leaves packages\/watchword\/src/],
    'another workspace': [
      "export * from '../../../../apps/server/src/index.ts';",
      /leaves packages\/watchword\/src/,
    ],
    'an address': ["export * from 'file:///x.js';", /is an address/],
    'a reference comment': [
      '/// <reference types="node" />\nexport const stolen = process.pid;',
      /reference comment walks around/,
    ],
    'a reference to a file': [
      '/// <reference path="../stores/index.ts" />\nexport {};',
      /reference comment walks around/,
    ],
  };
  return Object.entries(cases).map(([name, [text, lint, compiler = false]], index) => ({
    name: `engine reaches stores by ${name}`,
    file: `${source}/engine/break-in-spelling-${index}.ts`,
    source: `${text.replace('TARGET', `target-${index}`)}\n`,
    target: `${source}/stores/target-${index}.ts`,
    targetSource: 'export const treasure = 1;\nexport type Treasure = string;\n',
    compiler,
    lint,
  }));
}

/**
 * Packages and built-ins where they have no business.
 *
 * @returns {BreakIn[]}
 */
export function packages() {
  const pure = pureRooms.flatMap((room) =>
    ['express', 'jose', 'node:fs', ...(room === 'http' ? [] : ['zod'])].map((name) => ({
      name: `${room} imports ${name}`,
      file: `${source}/${room}/break-in-package-${name.replace(':', '-')}.ts`,
      source: `import * as stolen from '${name}';\nexport const use: unknown = stolen;\n`,
      compiler: name.startsWith('node:') ? /TS(2307|2591|2580)/ : blind,
      lint: /imports no package|may import only these packages/,
    })),
  );
  const others = /** @type {const} */ ([
    ['crypto', 'node:fs', /may import only these packages: node:crypto/],
    ['crypto', 'zod', /may import only these packages/],
    ['crypto', 'crypto', /Write 'node:crypto'/],
    ['stores', 'express', /may import only these packages: node:\*/],
    ['stores', 'fs', /Write 'node:fs'/],
    ['adapters', 'jose', /may import only these packages: node:\*, express/],
    ['platform', 'zod', /may import only these packages/],
    ['testing', 'fast-check', /may import only these packages: node:\*/],
  ]).map(([room, name, lint], index) => ({
    name: `${room} imports ${name}`,
    file: `${source}/${room}/break-in-other-${index}.ts`,
    source: `import * as stolen from '${name}';\nexport const use: unknown = stolen;\n`,
    compiler: blind,
    lint,
  }));
  const backDoor = {
    name: 'crypto asks for node:fs by getBuiltinModule',
    file: `${source}/crypto/break-in-builtin.ts`,
    source: "export const stolen: unknown = process.getBuiltinModule('node:fs');\n",
    compiler: blind,
    lint: /getBuiltinModule walks around/,
  };
  return [...pure, ...others, backDoor];
}

/**
 * Node's globals in every pure room, and their declaration by hand.
 *
 * @returns {BreakIn[]}
 */
export function globals() {
  const names = [
    'process',
    'Buffer',
    'setTimeout',
    'console',
    'fetch',
    'crypto',
    'performance',
    'require',
    '__dirname',
  ];
  const used = pureRooms.flatMap((room) =>
    names.map((name) => ({
      name: `${room} uses ${name}`,
      file: `${source}/${room}/break-in-global-${name.replaceAll('_', '')}.ts`,
      source: `export const stolen: unknown = ${name};\n`,
      compiler: /TS(2304|2580|2591|2584|2552)/,
      lint: blind,
    })),
  );
  const declared = [
    'declare const process: { env: Record<string, string> };\nexport const stolen: unknown = process;',
    'declare global {\n  const process: { env: Record<string, string> };\n}\nexport const stolen: unknown = process;',
    'declare function fetch(url: string): unknown;\nexport const stolen: unknown = fetch;',
    'declare class Buffer {}\nexport const stolen: unknown = Buffer;',
    "declare module 'node:fs' {\n  export const x: number;\n}\nexport {};",
  ].map((text, index) => ({
    name: `engine declares a global of Node by hand (${text.split('\n')[0]})`,
    file: `${source}/engine/break-in-declare-${index}.ts`,
    source: `${text}\n`,
    compiler: blind,
    lint: /declares no globals of its own/,
  }));
  const crossing = {
    name: "engine receives a type of Node's from crypto",
    file: `${source}/engine/break-in-crossing.ts`,
    source:
      "import { nodeTyped } from '../crypto/node-typed.ts';\nexport const stolen: number = nodeTyped();\n",
    target: `${source}/crypto/node-typed.ts`,
    targetSource:
      "import { createSecretKey, type KeyObject } from 'node:crypto';\nexport const nodeTyped = (): KeyObject => createSecretKey(new Uint8Array(32));\n",
    reportedAt: 'packages/watchword/dist/crypto/node-typed.d.ts',
    compiler: /TS2591/,
    lint: blind,
  };
  return [...used, ...declared, crossing];
}

/**
 * Files that stand nowhere, and apps that reach into packages.
 *
 * @returns {BreakIn[]}
 */
export function places() {
  /** @type {[string, string, string, RegExp][]} */
  const cases = [
    [
      'a file outside of every room',
      `${source}/break-in.ts`,
      "export * from './domain/index.ts';",
      /Every file of the library stands in a room/,
    ],
    [
      'a room that is not in the table',
      `${source}/cellar/break-in.ts`,
      "export * from '../domain/index.ts';",
      /'cellar' is not a room/,
    ],
    [
      'an app reaches the library by path',
      'apps/server/src/break-in-1.ts',
      "export * from '../../../packages/watchword/src/engine/index.ts';",
      /leaves apps\/server/,
    ],
    [
      'an app reaches another app by path',
      'apps/cli/src/break-in-2.ts',
      "export * from '../../server/src/index.ts';",
      /leaves apps\/cli/,
    ],
    [
      'an app reaches build output',
      'apps/server/src/break-in-3.ts',
      "export * from 'watchword/dist/engine/index.js';",
      /reaches into a package/,
    ],
    [
      'an app reaches sources',
      'apps/cli/src/break-in-4.ts',
      "export * from '@watchword/server/src/index.ts';",
      /reaches into a package/,
    ],
    [
      'an app reaches a server of the tests outside its own',
      'apps/server/src/break-in-6.ts',
      "export * from '../../../tools/test-servers/index.ts';",
      /leaves apps\/server/,
    ],
    [
      'a test of an app reaches another tool',
      'apps/server/test/break-in-7.ts',
      "export * from '../../../tools/setup/root.js';",
      /leaves apps\/server/,
    ],
    [
      'an example reaches the library by path',
      'examples/express/break-in-5.js',
      "import '../../packages/watchword/dist/facade/index.js';",
      /leaves examples\/express/,
    ],
  ];
  return cases.map(([name, file, text, lint]) => ({
    name,
    file,
    source: `${text}\n`,
    compiler: false,
    lint,
  }));
}
