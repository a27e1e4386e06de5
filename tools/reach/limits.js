/**
 * What each entry point of the library may load. The rooms follow from the walls; the packages and built-ins are
 * promises to users: an embedder without Express, a resource server without a driver.
 *
 * @typedef {{ rooms: readonly string[], packages: readonly string[], notBuiltins?: readonly string[] }} Limit
 */

const core = ['domain', 'errors', 'ports'];
const whole = [...core, 'crypto', 'engine', 'http', 'platform', 'facade'];
/** What reaches for the network or the disk has no business in an import that only computes. */
const drivers = ['node:sqlite'];
const pgAndItsOwn = [
  'pg',
  'pg-connection-string',
  'pg-int8',
  'pg-pool',
  'pg-protocol',
  'pg-types',
  'postgres-array',
  'postgres-bytea',
  'postgres-date',
  'postgres-interval',
  'xtend',
];

/** @type {Readonly<Record<string, Limit>>} */
export const limits = {
  // argon2 is loaded when the first password is hashed, bcrypt when an imported hash of it is met: apps without accounts never load the native module.
  watchword: { rooms: whole, packages: ['zod'], notBuiltins: drivers },
  'watchword/jws': { rooms: [...core, 'crypto', 'facade'], packages: [], notBuiltins: drivers },
  // All that a resource server needs: no store, no driver, no schemas, no server.
  'watchword/verifier': {
    rooms: [...core, 'crypto', 'engine', 'platform', 'facade'],
    packages: [],
    notBuiltins: drivers,
  },
  'watchword/sqlite': { rooms: [...core, 'stores'], packages: [] },
  'watchword/memory': { rooms: [...core, 'stores'], packages: [], notBuiltins: drivers },
  'watchword/postgres': { rooms: [...core, 'stores'], packages: pgAndItsOwn, notBuiltins: drivers },
  'watchword/redis': { rooms: [...core, 'stores'], packages: ['@redis/client'], notBuiltins: drivers },
  // An adapter is handed the app and the facade; it loads neither a framework nor the engine's platform.
  'watchword/express': {
    rooms: [...core, 'crypto', 'engine', 'http', 'adapters'],
    packages: ['zod'],
    notBuiltins: drivers,
  },
  'watchword/node': {
    rooms: [...core, 'crypto', 'engine', 'http', 'adapters'],
    packages: ['zod'],
    notBuiltins: drivers,
  },
  'watchword/fastify': {
    rooms: [...core, 'crypto', 'engine', 'http', 'adapters'],
    packages: ['zod'],
    notBuiltins: drivers,
  },
  'watchword/hono': {
    rooms: [...core, 'crypto', 'engine', 'http', 'adapters'],
    packages: ['zod'],
    notBuiltins: drivers,
  },
  'watchword/web': {
    rooms: [...core, 'crypto', 'engine', 'http', 'adapters'],
    packages: ['zod'],
    notBuiltins: drivers,
  },
  // Options for plugins that the application has: none of them is loaded here.
  'watchword/headers': {
    rooms: [...core, 'crypto', 'platform', 'facade'],
    packages: [],
    notBuiltins: drivers,
  },
  'watchword/testing': { rooms: [...whole, 'stores', 'testing'], packages: ['zod'] },
};
