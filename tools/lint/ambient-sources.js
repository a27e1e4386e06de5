const time = 'take the time from the clock port, so that a test can set it.';
/** The advice on timers, which `testing` may ignore. */
export const timers =
  'take timers from the scheduler port, so that a test can run them and closing can stop them.';
const randomness = 'take randomness from the random port, so that a test can seed it.';
const environment =
  'settings come in as options, which are checked at start-up; only a composition root reads the environment.';

const randomSources = [
  'getRandomValues',
  'randomBytes',
  'randomFill',
  'randomFillSync',
  'randomInt',
  'randomUUID',
  'randomUUIDv7',
  'webcrypto',
];

/**
 * The globals by which time, randomness and the environment come in, and what to take instead. With `members`, only
 * those members are ambient.
 *
 * @type {Readonly<Record<string, { advice: string, members?: readonly string[] }>>}
 */
export const globals = {
  AbortSignal: { advice: timers, members: ['timeout'] },
  Atomics: { advice: timers, members: ['wait', 'waitAsync'] },
  Date: { advice: time },
  Math: { advice: randomness, members: ['random'] },
  Temporal: { advice: time, members: ['Now'] },
  crypto: { advice: randomness, members: randomSources },
  global: { advice: environment, members: [] },
  globalThis: { advice: environment, members: [] },
  perf_hooks: { advice: time, members: ['performance', 'timerify'] },
  performance: { advice: time },
  process: { advice: environment, members: ['argv', 'env', 'hrtime', 'uptime'] },
  setImmediate: { advice: timers },
  setInterval: { advice: timers },
  setTimeout: { advice: timers },
};

/**
 * Modules whose default export has the members of a global above.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const aliasedModules = {
  'node:crypto': 'crypto',
  'node:perf_hooks': 'perf_hooks',
  'node:process': 'process',
};

/**
 * Modules that are nothing but a source of time.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const refusedModules = {
  'node:timers': timers,
  'node:timers/promises': timers,
};
