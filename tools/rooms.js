/**
 * The rooms of `packages/watchword/src` and whom each may import: the one place where the walls are written down.
 * The TypeScript projects, the lint rule `watchword/walls` and their tests all follow this table.
 *
 * - `imports`: the rooms that may be imported by a relative path.
 * - `packages`: the only bare specifiers that may be imported (`node:*` means every built-in of Node).
 * - `nodeTypes`: whether Node's ambient types exist in the room. Where they do not, the room is pure.
 */
export const rooms = {
  domain: { imports: [], packages: [], nodeTypes: false },
  errors: { imports: ['domain'], packages: [], nodeTypes: false },
  ports: { imports: ['domain', 'errors'], packages: [], nodeTypes: false },
  crypto: {
    imports: ['domain', 'errors', 'ports'],
    packages: ['node:crypto', 'node:zlib', 'node:buffer', 'node:util'],
    nodeTypes: true,
  },
  engine: { imports: ['domain', 'errors', 'ports', 'crypto'], packages: [], nodeTypes: false },
  http: { imports: ['domain', 'errors', 'ports', 'engine'], packages: ['zod'], nodeTypes: false },
  adapters: {
    imports: ['domain', 'errors', 'http'],
    packages: ['node:*', 'express', 'fastify', 'hono'],
    nodeTypes: true,
  },
  stores: {
    imports: ['domain', 'errors', 'ports'],
    packages: ['node:*', 'pg', '@redis/client'],
    nodeTypes: true,
  },
  platform: {
    imports: ['domain', 'errors', 'ports'],
    packages: ['node:*', '@node-rs/argon2', '@node-rs/bcrypt'],
    nodeTypes: true,
  },
  facade: {
    imports: ['domain', 'errors', 'ports', 'crypto', 'engine', 'http', 'platform'],
    packages: [],
    nodeTypes: false,
  },
  testing: {
    imports: ['domain', 'errors', 'ports', 'crypto', 'engine', 'http', 'platform', 'facade', 'stores'],
    packages: ['node:*'],
    nodeTypes: true,
  },
};
